// SPDX-License-Identifier: Apache-2.0
// The order in which a select locks its channels: by address, each once. Two selects on the same
// channels can't deadlock then.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>

#include "chan/chan_core.h"

namespace vole::channel {

inline constexpr std::size_t kInsertedMax = 8;  // more are sorted by the library

// Sorts `count` channels and drops duplicates. Returns how many are left.
inline std::size_t make_lock_order(chan_core** channels, std::size_t count) {
  const std::less<> is_below;
  if (count > kInsertedMax) {
    std::sort(channels, channels + count, is_below);
    return static_cast<std::size_t>(std::unique(channels, channels + count) - channels);
  }
  std::size_t used = 0;
  for (std::size_t i = 0; i < count; ++i) {
    chan_core* const one = channels[i];
    std::size_t at = used;
    while (at > 0 && is_below(one, channels[at - 1])) --at;
    if (at > 0 && channels[at - 1] == one) continue;
    for (std::size_t k = used; k > at; --k) channels[k] = channels[k - 1];
    channels[at] = one;
    ++used;
  }
  return used;
}

}  // namespace vole::channel
