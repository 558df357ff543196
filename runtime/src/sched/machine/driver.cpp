// SPDX-License-Identifier: Apache-2.0
// Time and randomness of the real machine.
#include "sched/driver.h"

#include <sys/random.h>

#include "base/clock.h"
#include "sched/bubble/bubble.h"
#include "sched/timer.h"

namespace vole::sched {

std::int64_t now_ns() {
  const bubble* const here = current_bubble();
  if (here == nullptr) [[likely]]
    return base::monotonic_ns();
  return here->clock.now_ns.load(std::memory_order_relaxed);  // relaxed: stands still meanwhile
}

std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != sizeof seed)
    seed = static_cast<std::uint64_t>(base::monotonic_ns());
  return seed;
}

}  // namespace vole::sched
