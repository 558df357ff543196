// SPDX-License-Identifier: Apache-2.0
// Counted objects of the public headers, and telling failures from goexit.
#include <vole/detail/shared_state.h>

#include <cxxabi.h>

#include <atomic>
#include <typeinfo>

#include "event/emit.h"
#include "sched/ending/goexit.h"

namespace vole::detail {

void retain(shared_state* state) noexcept {
  // relaxed: who retains holds a reference
  std::atomic_ref(state->references_).fetch_add(1, std::memory_order_relaxed);
}

void release(shared_state* state) noexcept {
  const void* const identity = &state->references_;  // not the object: see announced_count.h
  const bool is_goroutine = event::current() != nullptr;
  if (is_goroutine) event::emit::group_done(identity);
  // acq_rel: what each holder did happens before the destruction
  if (std::atomic_ref(state->references_).fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  if (is_goroutine) event::emit::group_waited(identity);
  event::emit::object_destroyed(state, sizeof *state);
  delete state;
}

void announce_use(shared_state* state) noexcept { event::emit::group_done(&state->references_); }

std::exception_ptr captured_failure() noexcept {
  const std::type_info* const type = abi::__cxa_current_exception_type();
  if (type != nullptr && sched::is_goexit(*type)) return nullptr;
  return std::current_exception();
}

}  // namespace vole::detail
