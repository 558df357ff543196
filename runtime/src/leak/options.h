// SPDX-License-Identifier: Apache-2.0
// What a list of options asks for, sorted out once before the first look.
#pragma once

#include <vole/leak.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace vole::leak {

// Twenty waits, doubling from 1 us to 100 ms: what goleak waits, and so 21 looks.
inline constexpr std::chrono::nanoseconds kWaitDefault = std::chrono::microseconds(431'071);
inline constexpr std::chrono::nanoseconds kWaitStepMax = std::chrono::milliseconds(100);

struct rules {
  std::vector<std::uint64_t> known_ids;  // sorted: goroutines to leave out
  std::vector<std::string> top_functions;
  std::vector<std::string> any_functions;
  std::vector<std::string> creators;
  std::chrono::nanoseconds wait_max = kWaitDefault;  // the last max_wait wins
  bool checks_after_failure = false;                 // run_on_failure
  std::vector<std::function<void(int)>> calls_at_end;

  bool needs_functions() const {
    return !top_functions.empty() || !any_functions.empty() || !creators.empty();
  }
  bool knows(std::uint64_t id) const;
};

rules make_rules(std::span<const option> options);

}  // namespace vole::leak
