// SPDX-License-Identifier: Apache-2.0
// Making a failing schedule simpler, in two ways.
//
// Leaving decisions out, many at once and then fewer, as long as the run still fails. Left out
// means answer 0: whoever runs goes on, or else the one who has been ready longest. What comes
// after it may be asked differently then; where an answer fits no more it is 0 as well. Each run's
// own answers are what the next attempt starts from, so that the result is a run that has been.
// Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", TSE 2002, but without
// the tests of complements.
//
// And, since a decision that goes shifts all that follow, a look at the plainest schedules there
// are: few bugs need more than two preemptions.
#include "explore/shrink.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace vole::exploring {
namespace {

// Half: random walks of a hundred points keep some moves that do nothing; twice: a failing test
// takes up to twice as long.
constexpr int kAttemptsMax = 250;
constexpr int kPlainMax = 150;  // with each bound on preemptions
constexpr std::uint32_t kBoundMax = 2;

std::vector<std::size_t> moves_of(const sched::schedule& of) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < of.answers.size(); ++i)
    if (of.answers[i] != 0) places.push_back(i);
  return places;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

bool is_same_failure(const sched::run_result& one, const sched::run_result& other) {
  if (one.end != other.end || (one.races != 0) != (other.races != 0)) return false;
  return one.end != sched::run_end::exception || first_line(one.text) == first_line(other.text);
}

class shrinker {
 public:
  shrinker(const job& work, sched::run_result failed) : work_(work), best_(std::move(failed)) {}

  sched::run_result shrink() {
    for (std::uint32_t bound = 0; bound <= kBoundMax; ++bound)
      if (look_at_plain_ones(bound)) break;
    bool has_helped = true;
    while (has_helped) {
      has_helped = false;
      for (std::size_t size = moves_of(best_.answers).size(); size > 0; size /= 2)
        has_helped = leave_out_chunks(size) || has_helped;
    }
    return std::move(best_);
  }

 private:
  // From the end, where a move matters least. Chunks overlap: two neighbours often are one detour,
  // there and back.
  bool leave_out_chunks(std::size_t size) {
    bool has_helped = false;
    std::vector<std::size_t> places = moves_of(best_.answers);
    std::size_t end = places.size();
    while (end >= size && attempts_ < kAttemptsMax) {
      sched::schedule fewer = best_.answers;
      for (std::size_t i = end - size; i < end; ++i) fewer.answers[places[i]] = 0;
      end -= (size + 1) / 2;
      if (!try_out(fewer)) continue;
      has_helped = true;
      places = moves_of(best_.answers);
      end = std::min(end, places.size());
    }
    return has_helped && attempts_ < kAttemptsMax;
  }

  bool look_at_plain_ones(std::uint32_t preemptions_max) {
    const auto decides = sched::make_dfs_policy(preemptions_max, best_.answers.tie_seed);
    for (int i = 0; i < kPlainMax; ++i) {
      if (try_under(*decides)) return true;
      if (!decides->end_run()) break;
    }
    return false;
  }

  bool try_out(const sched::schedule& fewer) {
    ++attempts_;
    const auto decides = sched::make_replay_policy(fewer, true);
    return try_under(*decides);
  }

  bool try_under(sched::policy& decides) {
    sched::run_result run = run_once(work_, decides);
    if (!has_failed(run) || !is_same_failure(run, best_)) return false;
    if (moves_of(run.answers).size() >= moves_of(best_.answers).size()) return false;
    best_ = std::move(run);
    return true;
  }

  const job& work_;
  sched::run_result best_;
  int attempts_ = 0;
};

}  // namespace

sched::run_result run_once(const job& work, sched::policy& decides) {
  sched::simulation::limits allowed;
  allowed.points_max = work.points_max;
  allowed.catches_exceptions = true;
  return sched::simulate(decides, allowed, work.body, work.f, work.creation_pc);
}

bool has_failed(const sched::run_result& run) {
  return run.end != sched::run_end::finished || run.races != 0;
}

std::string failure_text(const sched::run_result& run) {
  if (run.races == 0) return run.text;
  const std::string races = "data race: " + std::to_string(run.races) + " seen";
  return run.text.empty() ? races : run.text + "\n" + races;
}

sched::run_result shrink(const job& work, sched::run_result failed) {
  return shrinker(work, std::move(failed)).shrink();
}

}  // namespace vole::exploring
