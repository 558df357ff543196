// SPDX-License-Identifier: Apache-2.0
// All goroutines with their stacks, each taken at one moment of its own: the world does not stop.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "event/census.h"
#include "profile/labels.h"

namespace vole::profile {

struct goroutine_record {
  std::uint64_t id = 0;
  std::uint64_t parent_id = 0;
  std::uintptr_t creation_pc = 0;
  event::goroutine_state state = event::goroutine_state::dead;
  event::wait_reason reason = event::wait_reason::none;
  std::int64_t waited_ns = 0;
  std::string name;
  std::uintptr_t address = 0;   // of the goroutine's record
  pid_t thread_id = 0;          // the thread that it was on or is bound to; 0: none
  std::uint64_t bubble_id = 0;  // synctest's; 0: none
  bool is_durable = false;
  bool is_locked_to_thread = false;
  bool is_caller = false;
  bool has_stack = false;  // false: it ran on a thread that did not answer
  std::vector<std::uintptr_t> pcs;
  label_reference labels;
};

// The calling goroutine alone; id 0 on a thread that is none.
goroutine_record snapshot_of_caller();

// All user goroutines by rising id, the runtime's own as well if asked for. Blocks the thread;
// goroutines that run elsewhere are stopped for some microseconds by a signal each.
std::vector<goroutine_record> snapshot_of_all(bool with_system = false);

}  // namespace vole::profile
