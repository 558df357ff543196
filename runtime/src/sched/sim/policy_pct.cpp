// SPDX-License-Identifier: Apache-2.0
// PCT: random priorities, and a few random moments at which the one that runs falls behind all.
//
//   1. Each goroutine gets a random priority when it is first seen; the highest always runs.
//   2. depth - 1 moments are drawn among the questions that a run asks. At the i-th of them the one
//      that runs gets the priority -i: below all that step 1 gives.
//   3. Who yields falls behind everybody, those of step 2 included; else one that spins until
//      another has done something would spin for ever.
// Selects take any ready case.
#include <algorithm>

#include "sched/sim/policy.h"

namespace vole::sched {
namespace {

class pct_policy final : public policy {
 public:
  pct_policy(std::uint64_t seed, std::uint32_t depth, std::uint32_t length)
      : seeds_(seed), depth_(depth), length_(length) {}

  void begin_run() override {
    random_ = base::prng(seeds_.next());
    priorities_.clear();
    lowest_ = -static_cast<std::int64_t>(depth_);
    asked_ = 0;
    moments_.clear();
    for (std::uint32_t i = 1; i < depth_; ++i) moments_.push_back(random_.below(length_));
    std::sort(moments_.begin(), moments_.end());
    next_moment_ = 0;
  }

  std::uint32_t pick(const choice& question) override {
    if (question.members == nullptr) return random_.below(question.count);
    std::uint32_t best = highest(question);
    for (; next_moment_ < moments_.size() && moments_[next_moment_] <= asked_; ++next_moment_) {
      const std::uint32_t runs = question.has_current ? 0 : best;
      priority(question.members[runs]) = -static_cast<std::int64_t>(next_moment_) - 1;
      best = highest(question);
    }
    ++asked_;
    return best;
  }

  void note_yield(std::uint32_t member) override { priority(member) = --lowest_; }

  bool end_run() override {
    longest_ = std::max(longest_, asked_);
    length_ = std::max<std::uint32_t>(longest_, 1);
    return true;
  }

  std::uint32_t tie_seed() override { return random_.below(1U << 16); }

 private:
  std::int64_t& priority(std::uint32_t member) {
    while (priorities_.size() <= member)
      priorities_.push_back(static_cast<std::int64_t>(random_.next() >> 2) + 1);
    return priorities_[member];
  }
  std::uint32_t highest(const choice& question) {
    std::uint32_t best = 0;
    for (std::uint32_t i = 1; i < question.count; ++i)
      if (priority(question.members[i]) > priority(question.members[best])) best = i;
    return best;
  }

  base::prng seeds_;
  base::prng random_{0};
  const std::uint32_t depth_;
  std::uint32_t length_;
  std::uint32_t longest_ = 0;
  std::uint32_t asked_ = 0;
  std::vector<std::int64_t> priorities_;  // by member
  std::int64_t lowest_ = 0;
  std::vector<std::uint32_t> moments_;  // rising
  std::size_t next_moment_ = 0;
};

}  // namespace

std::unique_ptr<policy> make_pct_policy(std::uint64_t seed, std::uint32_t depth,
                                        std::uint32_t length) {
  return std::make_unique<pct_policy>(seed, depth, length);
}

}  // namespace vole::sched
