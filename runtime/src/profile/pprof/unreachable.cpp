// SPDX-License-Identifier: Apache-2.0
// The finder, in an object of its own: boot links it without linking all profiles.
#include "profile/pprof/unreachable.h"

#include <atomic>

namespace vole::profile {
namespace {
constinit std::atomic<unreachable_finder*> finder_of_unreachable{nullptr};
}  // namespace

void set_unreachable_finder(unreachable_finder* finder) {
  // release: pairs with the acquire below
  finder_of_unreachable.store(finder, std::memory_order_release);
}

std::vector<std::uint64_t> unreachable_goroutines() {
  // acquire: pairs with the release above
  unreachable_finder* const find = finder_of_unreachable.load(std::memory_order_acquire);
  return find != nullptr ? find() : std::vector<std::uint64_t>();
}

}  // namespace vole::profile
