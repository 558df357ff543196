// SPDX-License-Identifier: Apache-2.0
// Who decides in a simulation: one question at a time, answered by a number.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/prng.h"

namespace vole::sched {

// A question with at least two answers.
struct choice {
  std::uint32_t count = 0;  // answers: [0, count)
  // Whose turn answer k would be, by number of their making; null: which ready case a select takes.
  const std::uint32_t* members = nullptr;
  bool has_current = false;  // answer 0 lets the one that runs go on; any other preempts it
};

// Used by one goroutine at a time.
class policy {
 public:
  policy() = default;
  virtual ~policy() = default;
  policy(const policy&) = delete;
  policy& operator=(const policy&) = delete;

  virtual void begin_run() = 0;
  virtual std::uint32_t pick(const choice& question) = 0;
  // `member` has said that it only waits for others.
  virtual void note_yield(std::uint32_t member) { static_cast<void>(member); }
  // False: there is nothing left to try.
  virtual bool end_run() { return true; }
  // Decides in which order timers of one instant fire in this run.
  virtual std::uint32_t tie_seed() { return 0; }
  // What made this run another one than the schedule that it was to repeat; empty: nothing.
  virtual std::string complaint() const { return {}; }
};

// Each answer as likely as the others.
std::unique_ptr<policy> make_random_policy(std::uint64_t seed);

// PCT: Burckhardt, Kothari, Musuvathi, Nagarakatte, "A Randomized Scheduler with Probabilistic
// Guarantees of Finding Bugs", ASPLOS 2010. A bug that depth - 1 preemptions bring about is found
// by a run with a probability of at least 1 / (goroutines * questions^(depth - 1)).
// `length`: questions of the first run, a guess; from the second run on it is known.
std::unique_ptr<policy> make_pct_policy(std::uint64_t seed, std::uint32_t depth,
                                        std::uint32_t length);

// All schedules of at most that many preemptions, one after the other, the one without first.
std::unique_ptr<policy> make_dfs_policy(std::uint32_t preemptions_max, std::uint32_t tie_seed = 0);

// What a schedule says: see schedule.h. Lenient: where it can't be followed, answer 0.
struct schedule;
std::unique_ptr<policy> make_replay_policy(const schedule& what, bool is_lenient);

// NAME[:KEY=VALUE,...], see <vole/explore.h>. `seed` is for specs that name none. Null, and what
// is wrong in `error`, when `spec` is no policy.
struct policy_spec {
  std::string name;
  std::uint64_t seed = 0;
  std::uint32_t depth = 3;
  std::uint32_t length = 1000;
  std::uint32_t preemptions = 2;
};
bool parse_policy_spec(std::string_view text, policy_spec& into, std::string& error);
std::unique_ptr<policy> make_policy(const policy_spec& spec);

}  // namespace vole::sched
