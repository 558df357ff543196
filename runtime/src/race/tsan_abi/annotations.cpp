// SPDX-License-Identifier: Apache-2.0
// What programs call of ThreadSanitizer's interface (<sanitizer/tsan_interface.h>).
//
// Fibers: one that is switched to on a plain thread is a context of its own, ordered with the one
// before unless the flag says no. On a goroutine the calls do nothing: its switches are known.
// What asks about reports or memory has no counterpart here and does nothing either: reports come
// through <vole/race.h>.
#include <vole/race.h>

#include "event/goroutine.h"
#include "race/access_check.h"
#include "race/interceptors/interceptors.h"
#include "race/notes/lock_edges.h"

namespace vole::race {
namespace {

// <sanitizer/tsan_interface.h>
constexpr unsigned kMutexReadLock = 1 << 3;
constexpr unsigned kMutexTryLockFailed = 1 << 5;
constexpr unsigned kSwitchWithoutEdge = 1 << 0;

void ignore(bool is_begin) {
  on_behalf([&](context& self) {
    if (is_begin) {
      ++self.ignore_depth;
    } else if (self.ignore_depth != 0) {
      --self.ignore_depth;
    }
  });
}

event::lock_mode mode_of(unsigned flags) {
  return (flags & kMutexReadLock) != 0 ? event::lock_mode::shared : event::lock_mode::exclusive;
}

// The thread's own context, where it may be changed for another: not on a goroutine.
context* fiber_of_thread() {
  context* self = current_context();
  return self != nullptr && self == this_thread.of_thread && event::current() == nullptr ? self
                                                                                         : nullptr;
}

}  // namespace
}  // namespace vole::race

using vole::race::access_kind;
using vole::race::context;

VOLE_INTERCEPTOR void __tsan_acquire(void* tag) { vole::race::acquire(tag); }
VOLE_INTERCEPTOR void __tsan_release(void* tag) { vole::race::release_merge(tag); }

// What a mutex does inside itself is not looked at, as its announcements say it all.
VOLE_INTERCEPTOR void __tsan_mutex_create(void*, unsigned) {}
VOLE_INTERCEPTOR void __tsan_mutex_destroy(void* mutex, unsigned) {
  vole::race::forget_object(mutex);
}
VOLE_INTERCEPTOR void __tsan_mutex_pre_lock(void*, unsigned) { vole::race::ignore(true); }
VOLE_INTERCEPTOR void __tsan_mutex_post_lock(void* mutex, unsigned flags, int) {
  vole::race::ignore(false);
  if ((flags & vole::race::kMutexTryLockFailed) != 0) return;
  const vole::race::call_site site = VOLE_CALL_SITE();
  vole::race::on_behalf([&](context& self) {
    vole::race::acquire_lock(self, mutex, vole::race::mode_of(flags), site);
  });
}
VOLE_INTERCEPTOR int __tsan_mutex_pre_unlock(void* mutex, unsigned flags) {
  const vole::race::call_site site = VOLE_CALL_SITE();
  vole::race::on_behalf([&](context& self) {
    vole::race::release_lock(self, mutex, vole::race::mode_of(flags), site);
  });
  vole::race::ignore(true);
  return 0;
}
VOLE_INTERCEPTOR void __tsan_mutex_post_unlock(void*, unsigned) { vole::race::ignore(false); }
VOLE_INTERCEPTOR void __tsan_mutex_pre_signal(void*, unsigned) { vole::race::ignore(true); }
VOLE_INTERCEPTOR void __tsan_mutex_post_signal(void*, unsigned) { vole::race::ignore(false); }
VOLE_INTERCEPTOR void __tsan_mutex_pre_divert(void*, unsigned) { vole::race::ignore(false); }
VOLE_INTERCEPTOR void __tsan_mutex_post_divert(void*, unsigned) { vole::race::ignore(true); }
VOLE_INTERCEPTOR void __tsan_check_no_mutexes_held() {}

VOLE_INTERCEPTOR void __tsan_ignore_thread_begin() { vole::race::ignore(true); }
VOLE_INTERCEPTOR void __tsan_ignore_thread_end() { vole::race::ignore(false); }

// An object of a library as one: its first byte stands for it.
VOLE_INTERCEPTOR void* __tsan_external_register_tag(const char* type) {
  return const_cast<char*>(type);
}
VOLE_INTERCEPTOR void __tsan_external_register_header(void*, const char*) {}
VOLE_INTERCEPTOR void __tsan_external_assign_tag(void*, void*) {}
VOLE_INTERCEPTOR void __tsan_external_read(void* object, void*, void*) {
  vole::race::check_range(reinterpret_cast<std::uintptr_t>(object), 1, access_kind::read,
                          VOLE_CALL_SITE());
}
VOLE_INTERCEPTOR void __tsan_external_write(void* object, void*, void*) {
  vole::race::check_range(reinterpret_cast<std::uintptr_t>(object), 1, access_kind::write,
                          VOLE_CALL_SITE());
}

VOLE_INTERCEPTOR void* __tsan_get_current_fiber() { return vole::race::fiber_of_thread(); }
VOLE_INTERCEPTOR void* __tsan_create_fiber(unsigned) {
  const vole::race::call_site site = VOLE_CALL_SITE();
  context* creator = vole::race::fiber_of_thread();
  if (creator == nullptr) return nullptr;
  vole::race::inside_guard guard;
  return vole::race::make_context(
      creator, vole::race::unwind_stack(site, creator->stack_low, creator->stack_high));
}
VOLE_INTERCEPTOR void __tsan_destroy_fiber(void* fiber) {
  if (fiber == nullptr || fiber == vole::race::this_thread.of_thread) return;
  vole::race::inside_guard guard;
  vole::race::retire_context(static_cast<context*>(fiber));
}
VOLE_INTERCEPTOR void __tsan_switch_to_fiber(void* fiber, unsigned flags) {
  context* self = vole::race::fiber_of_thread();
  if (self == nullptr || fiber == nullptr || fiber == self) return;
  vole::race::inside_guard guard;
  auto* next = static_cast<context*>(fiber);
  if ((flags & vole::race::kSwitchWithoutEdge) == 0)
    vole::race::acquire(*next, vole::race::release(*self));
  vole::race::this_thread.of_thread = vole::race::this_thread.current = next;
}
VOLE_INTERCEPTOR void __tsan_set_fiber_name(void*, const char*) {}

VOLE_INTERCEPTOR void __tsan_flush_memory() {}
VOLE_INTERCEPTOR void* __tsan_get_current_report() { return nullptr; }
