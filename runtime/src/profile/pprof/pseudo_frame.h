// SPDX-License-Identifier: Apache-2.0
// Functions that nobody calls: they stand in profiles where there is no stack, and their names say
// why. Real functions, so that every reader and format can name them.
#pragma once

#include <cstdint>

namespace vole::profile {

enum class pseudo_frame : std::uint8_t {
  lost_samples,       // ticks for which the ring had no room
  stack_unavailable,  // a goroutine whose thread did not answer
  thread_created,     // a thread: who made it is not recorded
};

// A "return address" in the function.
std::uintptr_t pc_of(pseudo_frame which);

}  // namespace vole::profile
