// SPDX-License-Identifier: Apache-2.0
// The order of vole's own locks: a thread takes them only in rising rank. Checked where
// VOLE_ASSERTS is on. Locks of equal rank may be held together only where their own protocol orders
// them (select: by channel address).
#pragma once

#include <cstdint>

namespace vole::base {

enum class lock_rank : std::uint8_t {
  context = 10,       // a context's children and cause
  timer_client = 15,  // a timer or ticker object
  chan = 20,          // one channel
  sync = 25,          // one mutex, condition variable, wait group ...
  poll = 28,          // the deadlines of one descriptor
  timer_heap = 30,    // the scheduler's timers
  sched = 40,         // the global queue, idle lists
  registry = 50,      // the list of all goroutines
  stack_pool = 60,    // free stacks
  listener = 70,      // tables of race, leak and profile
  leaf = 90,          // held for a few instructions, takes nothing else
};

}  // namespace vole::base
