// SPDX-License-Identifier: Apache-2.0
// Knowing, without a clock, that a goroutine has got as far as waiting: the census tells.
#pragma once

#include <vole/go.h>

#include <cstddef>

#include "event/census.h"

namespace vole_test {

// How many goroutines wait for `reason` now.
inline std::size_t count_blocked(vole::event::wait_reason reason) {
  struct count {
    vole::event::wait_reason reason;
    std::size_t found = 0;
  } result{reason};
  vole::event::for_each_goroutine(
      [](void* argument, const vole::event::goroutine_view& view) {
        auto& self = *static_cast<count*>(argument);
        if (view.state == vole::event::goroutine_state::waiting && view.reason == self.reason)
          ++self.found;
      },
      &result);
  return result.found;
}

// Returns as soon as at least `n` goroutines wait for `reason`. Never gives up: an order that does
// not come about shows as the test's time limit.
inline void until_blocked(vole::event::wait_reason reason, std::size_t n = 1) {
  while (count_blocked(reason) < n) vole::yield();
}

// Returns as soon as done() holds, letting others run meanwhile.
template <class Done>
void until(Done done) {
  while (!done()) vole::yield();
}

// Returns when the caller's is the only goroutine of the user's.
inline void until_alone() {
  until([] { return vole::num_goroutine() == 1; });
}

}  // namespace vole_test
