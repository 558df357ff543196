// SPDX-License-Identifier: Apache-2.0
// Time and randomness of the real machine.
#include "sched/driver.h"

#include <sys/random.h>

#include "base/clock.h"
#include "sched/timer.h"

namespace vole::sched {

std::int64_t now_ns() { return base::monotonic_ns(); }

std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != sizeof seed)
    seed = static_cast<std::uint64_t>(base::monotonic_ns());
  return seed;
}

}  // namespace vole::sched
