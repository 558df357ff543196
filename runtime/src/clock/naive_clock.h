// SPDX-License-Identifier: Apache-2.0
// The obvious vector clock, a map: slow, plainly right, and what the fast one is compared with.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>

#include "clock/epoch.h"

namespace vole::clock {

class naive_clock {
 public:
  std::uint64_t get(component who) const {
    const auto found = clocks_.find(who);
    return found == clocks_.end() ? 0 : found->second;
  }
  bool raise(component who, std::uint64_t clock) {
    if (clock <= get(who)) return false;
    clocks_[who] = clock;
    return true;
  }
  bool join(const naive_clock& other) {
    bool is_changed = false;
    for (const auto& [who, clock] : other.clocks_) is_changed |= raise(who, clock);
    return is_changed;
  }
  bool covers(const naive_clock& other) const {
    return std::all_of(other.clocks_.begin(), other.clocks_.end(),
                       [this](const auto& entry) { return get(entry.first) >= entry.second; });
  }
  void clear() { clocks_.clear(); }
  bool is_empty() const { return clocks_.empty(); }

 private:
  std::map<component, std::uint64_t> clocks_;
};

}  // namespace vole::clock
