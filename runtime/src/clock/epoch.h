// SPDX-License-Identifier: Apache-2.0
// One moment of one component of logical time, packed into a word so that it can be compared and
// stored at once.
#pragma once

#include <cstdint>

namespace vole::clock {

// A component numbers a line of execution. Numbers are dense: a vector clock's cost follows them.
using component = std::uint32_t;

inline constexpr unsigned kClockBits = 40;      // 10^12 releases by one component; at half, 2^20
inline constexpr unsigned kComponentBits = 24;  // 16 million lines of execution that nothing joins
static_assert(kClockBits + kComponentBits == 64, "an epoch is one word");
inline constexpr std::uint64_t kClockMax = (std::uint64_t{1} << kClockBits) - 1;
inline constexpr component kComponentMax = (component{1} << kComponentBits) - 1;

// The zero epoch means "never": clocks of components start at 1.
struct epoch {
  std::uint64_t word = 0;

  static constexpr epoch of(component who, std::uint64_t clock) {
    return {static_cast<std::uint64_t>(who) << kClockBits | clock};
  }
  constexpr component who() const { return static_cast<component>(word >> kClockBits); }
  constexpr std::uint64_t clock() const { return word & kClockMax; }
  constexpr bool is_none() const { return word == 0; }
  constexpr bool operator==(const epoch&) const = default;
};

}  // namespace vole::clock
