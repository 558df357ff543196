// SPDX-License-Identifier: Apache-2.0
// Making goroutines from inside the runtime. User code comes through <vole/go.h>, whose core is
// declared in <vole/detail/spawn.h>.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "event/goroutine.h"

namespace vole::sched {

struct bubble;

struct spawn_request {
  void (*run)(void* closure) = nullptr;  // the goroutine's function; it owns the closure and
                                         // destroys it, also when it unwinds
  void* closure = nullptr;
  std::string_view name = {};   // copied
  std::size_t stack_bytes = 0;  // 0: the default
  std::uintptr_t creation_pc = 0;
  bool is_system = false;               // not counted, not shown
  bubble* into = nullptr;               // the synctest bubble to join; null: the creator's
  event::goroutine* creator = nullptr;  // null: the current goroutine, or none on the timer thread
};

// Makes it runnable and returns it; it may have finished already. Callable from any thread, the
// timer thread included.
event::goroutine* spawn(const spawn_request& request);

}  // namespace vole::sched
