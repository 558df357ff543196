// SPDX-License-Identifier: Apache-2.0
// The state of the lock-like types as it lies in the user's objects. Only the library reads and
// writes it, through functions that are not inlined; zero is a valid beginning.
#pragma once

#include <cstdint>

namespace vole::sync {
struct waiter;  // the library's: a goroutine that waits
}

namespace vole::detail {

// Laid out as the runtime's own spin lock.
struct guard_field {
  std::uint32_t word = 0;
  std::uint8_t rank = 25;  // base::lock_rank::sync
};

// First and last of a queue of waiters, which lie on their goroutines' stacks.
struct queue_field {
  sync::waiter* first = nullptr;
  sync::waiter* last = nullptr;
};

struct mutex_field {
  std::uintptr_t state = 0;  // who has it; see mutex_core.cpp
  guard_field guard;
  queue_field waiters;
};

}  // namespace vole::detail
