// SPDX-License-Identifier: Apache-2.0
// What libstdc++.so synchronises inside itself: function-local statics and the reference counts of
// exceptions.
//
// The compiler tests a static's guard with an instrumented acquire load of its first byte; the
// release that pairs with it is inside __cxa_guard_release.
//
// Exceptions that travel by std::exception_ptr are counted inside the library, so that the last
// owner, which destroys them, would seem to race with the others' looks at them. Each of an owner's
// farewells releases what it did, and the next acquires it: what the count's acq_rel does.
#include <exception>

#include <cstring>

#include "race/atomics/atomic_step.h"
#include "race/interceptors/interceptors.h"

namespace vole::race {
namespace {

void draw_guard_edges(void* guard, effect what, int order) {
  if (this_thread.inside != 0) return;
  context* self = current_context();
  if (self == nullptr) return;
  ++self->ignore_depth;  // an edge, not an access of the program's
  {
    atomic_step step(guard, 1, {});
    step.announce(order);
    step.draw_edges(what, order);
  }
  --self->ignore_depth;
}

// One owner says farewell to the exception object.
void leave_exception(const void* object) {
  if (object == nullptr) return;
  on_behalf([&](context& self) {
    const sync_scope scope(&self, sync_op::exception, object, {});
    const sync_key key = sync_key::of(object, sync_role::annotation, 1);
    sync_acquire(self, key);
    sync_release_store(self, key);
  });
}

}  // namespace

void install_cxx_abi() {}

}  // namespace vole::race

using vole::race::next_definition;

VOLE_INTERCEPTOR int __cxa_guard_acquire(void* guard) {
  static constinit next_definition<decltype(__cxa_guard_acquire)> next("__cxa_guard_acquire");
  const int result = next(guard);
  vole::race::draw_guard_edges(guard, vole::race::effect::load, __ATOMIC_ACQUIRE);
  return result;
}
VOLE_INTERCEPTOR void __cxa_guard_release(void* guard) noexcept {
  static constinit next_definition<decltype(__cxa_guard_release)> next("__cxa_guard_release");
  vole::race::draw_guard_edges(guard, vole::race::effect::modify, __ATOMIC_RELEASE);
  next(guard);
}
VOLE_INTERCEPTOR void __cxa_guard_abort(void* guard) noexcept {
  static constinit next_definition<decltype(__cxa_guard_abort)> next("__cxa_guard_abort");
  vole::race::draw_guard_edges(guard, vole::race::effect::modify, __ATOMIC_RELEASE);
  next(guard);
}

// std::exception_ptr::_M_release(), which its destructor calls: `self` is the exception_ptr, whose
// only member points to the exception.
VOLE_INTERCEPTOR void vole_exception_ptr_release(void** self) noexcept
    __asm__("_ZNSt15__exception_ptr13exception_ptr10_M_releaseEv");
VOLE_INTERCEPTOR void vole_exception_ptr_release(void** self) noexcept {
  static constinit next_definition<void(void**)> next(
      "_ZNSt15__exception_ptr13exception_ptr10_M_releaseEv");
  vole::race::leave_exception(*self);
  next(self);
}

// The end of a handler gives up the handler's own share.
VOLE_INTERCEPTOR void __cxa_end_catch() {
  static constinit next_definition<void()> next("__cxa_end_catch");
  if (vole::race::this_thread.inside == 0) {
    const std::exception_ptr handled = std::current_exception();
    const void* object = nullptr;
    std::memcpy(&object, &handled, sizeof object);
    vole::race::leave_exception(object);
  }
  next();
}
