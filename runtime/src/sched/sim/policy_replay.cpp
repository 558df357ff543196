// SPDX-License-Identifier: Apache-2.0
// Doing once more what a schedule says.
#include "sched/sim/policy.h"
#include "sched/sim/schedule.h"

namespace vole::sched {
namespace {

class replay_policy final : public policy {
 public:
  replay_policy(const schedule& what, bool is_lenient) : what_(what), is_lenient_(is_lenient) {}

  void begin_run() override {
    asked_ = 0;
    complaint_.clear();
  }

  std::uint32_t pick(const choice& question) override {
    const std::size_t number = asked_++;
    if (number >= what_.answers.size()) return 0;
    const std::uint32_t answer = what_.answers[number];
    if (answer < question.count) return answer;
    if (!is_lenient_ && complaint_.empty())
      complaint_ = "decision " + std::to_string(number + 1) + " takes way " +
                   std::to_string(answer + 1) + ", but there are only " +
                   std::to_string(question.count);
    return 0;
  }

  std::uint32_t tie_seed() override { return what_.tie_seed; }

  std::string complaint() const override {
    if (is_lenient_ || !complaint_.empty() || asked_ == what_.answers.size()) return complaint_;
    return "the run has " + std::to_string(asked_) + " decisions, the schedule " +
           std::to_string(what_.answers.size());
  }

 private:
  const schedule what_;
  const bool is_lenient_;
  std::size_t asked_ = 0;
  std::string complaint_;
};

}  // namespace

std::unique_ptr<policy> make_replay_policy(const schedule& what, bool is_lenient) {
  return std::make_unique<replay_policy>(what, is_lenient);
}

}  // namespace vole::sched
