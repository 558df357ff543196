// SPDX-License-Identifier: Apache-2.0
// A run's answers as a short printable string: written by explore(), read by replay().
//
//   v1:SEED:MOVES.COUNT           v1:2f:3a12b.40
//   v1:SEED:MOVES.COUNT~POINTS    v1:2f:3a12b.40~1000000
//
// SEED decides the order of timers that are due at one instant (base 36). MOVES are the answers but
// 0, which are most of them: how many zeros come before (decimal; none for 0), and the answer: a
// for 1 to z for 26, (27) and so on beyond. COUNT is how many questions the run asked in all.
// POINTS stands for a run that was cut off after so many scheduling points.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vole::sched {

struct schedule {
  std::uint32_t tie_seed = 0;
  std::vector<std::uint32_t> answers;
  std::uint32_t points = 0;  // 0: the run came to an end
};

// More questions than that, or a larger answer, are refused by parse_schedule().
inline constexpr std::uint32_t kAnswersMax = 100'000'000;

std::string encode_schedule(const schedule& what);
// False: `text` is none, and `error` says where and what was expected.
bool parse_schedule(std::string_view text, schedule& into, std::string& error);

}  // namespace vole::sched
