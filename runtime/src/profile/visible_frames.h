// SPDX-License-Identifier: Apache-2.0
// Which frames of a stack a reader wants to see.
//
// As Go hides its runtime: vole's own frames at the leaf are hidden, with the std frames between
// them and the user's code (a lock_guard's constructor), and at the root what lies below the user's
// outermost function: the goroutine's entry, std::invoke, the C library's start. Frames between
// user code stay. A stack of which nothing would be left is shown whole, and VOLE_TRACEBACK=system
// in the environment shows all of every stack.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "symbol/symbolizer.h"

namespace vole::profile {

struct visible_frame {
  std::uintptr_t pc = 0;                         // return address
  const symbol::source_frame* source = nullptr;  // null: no name is known; lives for ever
};

// Symbolizes. Not in a signal handler.
std::vector<visible_frame> visible_frames(std::span<const std::uintptr_t> pcs);

// The part of `pcs` that has something visible: whole addresses only, for profiles.
std::span<const std::uintptr_t> visible_part(std::span<const std::uintptr_t> pcs);

// Only the root's frames hidden: a CPU profile shows what the runtime itself costs.
std::span<const std::uintptr_t> part_above_root(std::span<const std::uintptr_t> pcs);

}  // namespace vole::profile
