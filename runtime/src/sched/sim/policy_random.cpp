// SPDX-License-Identifier: Apache-2.0
// The random walk.
#include "sched/sim/policy.h"

namespace vole::sched {
namespace {

class random_policy final : public policy {
 public:
  explicit random_policy(std::uint64_t seed) : seeds_(seed) {}

  void begin_run() override { random_ = base::prng(seeds_.next()); }
  std::uint32_t pick(const choice& question) override { return random_.below(question.count); }
  std::uint32_t tie_seed() override { return random_.below(1U << 16); }

 private:
  base::prng seeds_;
  base::prng random_{0};
};

}  // namespace

std::unique_ptr<policy> make_random_policy(std::uint64_t seed) {
  return std::make_unique<random_policy>(seed);
}

}  // namespace vole::sched
