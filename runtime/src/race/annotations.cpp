// SPDX-License-Identifier: Apache-2.0
// The functions of <vole/race.h>, where the detector is, and those of <vole/detail/unchecked.h>.
#include <vole/detail/race_scope.h>
#include <vole/detail/unchecked.h>
#include <vole/race.h>

#include "base/spin_lock.h"
#include "race/access_check.h"
#include "race/context.h"
#include "race/report/race_report.h"
#include "race/sync_object.h"

namespace vole::race {
namespace {

constinit base::spin_lock callback_lock{base::lock_rank::leaf};
// Never destroyed: a goroutine may report while static destructors run.
constinit std::function<void(std::string_view)>* callback VOLE_GUARDED_BY(callback_lock) = nullptr;

void call_back(std::string_view text) {
  std::function<void(std::string_view)> copy;
  {
    base::spin_guard guard(callback_lock);
    if (callback != nullptr) copy = *callback;
  }
  if (copy) copy(text);
}

template <class F>
void with_context(F f) {
  if (this_thread.inside != 0) return;
  if (context* self = current_context()) {
    inside_guard guard;
    f(*self);
  }
}

void check_annotated(const volatile void* memory, std::size_t bytes, access_kind kind,
                     call_site site) {
  check_range(reinterpret_cast<std::uintptr_t>(memory), bytes, kind, site);
}

sync_key key_of(const volatile void* tag) {
  return sync_key::of(const_cast<const void*>(tag), sync_role::annotation);
}

}  // namespace

bool enabled() noexcept { return true; }
std::size_t error_count() noexcept { return race_count(); }

void acquire(const volatile void* tag) {
  const call_site site = VOLE_CALL_SITE();
  with_context([&](context& self) {
    const sync_scope scope(&self, sync_op::annotated_acquire, const_cast<const void*>(tag), site);
    sync_acquire(self, key_of(tag));
  });
}
void release(const volatile void* tag) {
  const call_site site = VOLE_CALL_SITE();
  with_context([&](context& self) {
    const sync_scope scope(&self, sync_op::annotated_release, const_cast<const void*>(tag), site);
    sync_release_store(self, key_of(tag));
  });
}
void release_merge(const volatile void* tag) {
  const call_site site = VOLE_CALL_SITE();
  with_context([&](context& self) {
    const sync_scope scope(&self, sync_op::annotated_release, const_cast<const void*>(tag), site);
    sync_release_merge(self, key_of(tag));
  });
}
void read(const volatile void* memory, std::size_t bytes) {
  check_annotated(memory, bytes, access_kind::read, VOLE_CALL_SITE());
}
void write(const volatile void* memory, std::size_t bytes) {
  check_annotated(memory, bytes, access_kind::write, VOLE_CALL_SITE());
}
void disable() {
  with_context([](context& self) { ++self.ignore_depth; });
}
void enable() {
  with_context([](context& self) {
    VOLE_CHECK(self.ignore_depth != 0, "race::enable() without race::disable()");
    --self.ignore_depth;
  });
}

void set_report_callback(std::function<void(std::string_view)> f) {
  inside_guard inside;
  auto* fresh = f ? new std::function<void(std::string_view)>(std::move(f)) : nullptr;
  std::function<void(std::string_view)>* before = nullptr;
  {
    base::spin_guard guard(callback_lock);
    before = std::exchange(callback, fresh);
  }
  set_report_hook(fresh == nullptr ? nullptr : &call_back);
  delete before;
}

std::string detail::reports_since(std::size_t count) {
  inside_guard inside;
  std::string all;
  for (const std::string& text : race::reports_since(count)) all += text;
  return all;
}

}  // namespace vole::race

extern "C" [[gnu::visibility("default")]] void __vole_ignore_begin() { vole::race::disable(); }
extern "C" [[gnu::visibility("default")]] void __vole_ignore_end() { vole::race::enable(); }
