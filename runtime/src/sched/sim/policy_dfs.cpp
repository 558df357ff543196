// SPDX-License-Identifier: Apache-2.0
// Depth-first search through all answers, with a bound on preemptions.
//
// The questions of a run are a path from the root of a tree. The next run takes the same answers up
// to the last question that has an answer left, the next answer there, and answer 0 from then on.
// The bound cuts off: once a path has used its preemptions up, whoever runs goes on as long as it
// can. Musuvathi and Qadeer, "Iterative Context Bounding for Systematic Testing of Multithreaded
// Programs", PLDI 2007.
#include "base/check.h"
#include "sched/sim/policy.h"

namespace vole::sched {
namespace {

class dfs_policy final : public policy {
 public:
  dfs_policy(std::uint32_t preemptions_max, std::uint32_t tie_seed)
      : preemptions_max_(preemptions_max), tie_seed_(tie_seed) {}

  void begin_run() override {
    depth_ = 0;
    preemptions_ = 0;
    complaint_.clear();
  }

  std::uint32_t pick(const choice& question) override {
    const bool may_preempt = preemptions_ < preemptions_max_;
    const std::uint32_t count = question.has_current && !may_preempt ? 1 : question.count;
    if (depth_ == path_.size()) {
      path_.push_back({0, count});
    } else if (path_[depth_].count != count) {
      if (complaint_.empty())
        complaint_ = "the program does not repeat itself: after the same " +
                     std::to_string(depth_) + " decisions it had " +
                     std::to_string(path_[depth_].count) + " ways on, and now has " +
                     std::to_string(count);
      path_.resize(depth_);
      path_.push_back({0, count});
    }
    const std::uint32_t answer = path_[depth_++].answer;
    if (question.has_current && answer != 0) ++preemptions_;
    return answer;
  }

  bool end_run() override {
    path_.resize(depth_);
    while (!path_.empty() && path_.back().answer + 1 == path_.back().count) path_.pop_back();
    if (path_.empty()) return false;
    ++path_.back().answer;
    return true;
  }

  std::uint32_t tie_seed() override { return tie_seed_; }

  std::string complaint() const override { return complaint_; }

 private:
  struct node {
    std::uint32_t answer;
    std::uint32_t count;
  };
  const std::uint32_t preemptions_max_;
  const std::uint32_t tie_seed_;
  std::vector<node> path_;
  std::size_t depth_ = 0;
  std::uint32_t preemptions_ = 0;
  std::string complaint_;
};

}  // namespace

std::unique_ptr<policy> make_dfs_policy(std::uint32_t preemptions_max, std::uint32_t tie_seed) {
  return std::make_unique<dfs_policy>(preemptions_max, tie_seed);
}

}  // namespace vole::sched
