// SPDX-License-Identifier: Apache-2.0
// The two orders of a select: random for looking (fairness), by address for locking (no deadlock
// with another select on the same channels).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>

#include "chan/chan_core.h"

namespace vole::channel {

// Uniform in [0, limit), from this thread's generator; limit must not be 0.
std::uint32_t random_below(std::uint32_t limit);

// Fills `order` with the numbers of the cases that have a channel, in a random order, each
// equally likely (inside-out Fisher-Yates). Returns how many there are.
inline std::size_t make_poll_order(std::span<const detail::case_view> cases, std::uint32_t* order) {
  std::uint32_t used = 0;
  for (std::uint32_t i = 0; i < cases.size(); ++i) {
    if (cases[i].kind == detail::case_kind::none || cases[i].chan == nullptr) continue;
    const std::uint32_t place = used == 0 ? 0 : random_below(used + 1);
    order[used] = order[place];
    order[place] = i;
    ++used;
  }
  return used;
}

// Fills `order` with the channels of the polled cases, each once, by rising address. Returns how
// many there are.
inline std::size_t make_lock_order(std::span<const detail::case_view> cases,
                                   std::span<const std::uint32_t> polled, chan_core** order) {
  std::size_t used = 0;
  for (const std::uint32_t i : polled) order[used++] = cases[i].chan;
  std::sort(order, order + used, std::less<>());
  return static_cast<std::size_t>(std::unique(order, order + used) - order);
}

}  // namespace vole::channel
