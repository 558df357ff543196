// SPDX-License-Identifier: Apache-2.0
// Where the goroutineleak profile learns who can never wake: the leak room knows, and boot tells.
#pragma once

#include <cstdint>
#include <vector>

namespace vole::profile {

// Gives the ids of goroutines that are proven never to wake. Without a finder there are none.
using unreachable_finder = std::vector<std::uint64_t>();
void set_unreachable_finder(unreachable_finder* finder);
std::vector<std::uint64_t> unreachable_goroutines();

}  // namespace vole::profile
