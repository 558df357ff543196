// SPDX-License-Identifier: Apache-2.0
// Every bug of the corpus is found within a bounded number of schedules, and no fixed twin fails
// under any of them; what was found can be repeated as often as one likes.
#include <gtest/gtest.h>
#include <vole/explore.h>

#include <string>
#include <tuple>

#include "tests/explore/corpus.h"

namespace {

using vole_test::bug;

constexpr std::size_t kRunsMax = 200;      // within which each policy finds each bug
constexpr std::size_t kDfsRunsMax = 2000;  // dfs starts from the plainest schedules

std::vector<bug> all_bugs() {
  std::vector<bug> all = vole_test::lock_bugs();
  all.insert(all.end(), vole_test::channel_bugs().begin(), vole_test::channel_bugs().end());
  return all;
}

vole::explore_options options_for(const char* policy, std::uint64_t seed) {
  vole::explore_options options;
  options.policy = policy;
  options.seed = seed;
  options.runs = std::string(policy).rfind("dfs", 0) == 0 ? kDfsRunsMax : kRunsMax;
  options.points = 20'000;
  return options;
}

class corpus : public ::testing::TestWithParam<std::tuple<bug, const char*>> {
 protected:
  bug what = std::get<0>(GetParam());
  const char* policy = std::get<1>(GetParam());
};

TEST_P(corpus, finds_the_bug_with_every_seed) {
  // Which of two timers fires first is not dfs's to try.
  if (std::string(what.name) == "time_limit_that_is_just_reached" && policy[0] == 'd') return;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const vole::exploration found = vole::explore(what.buggy, options_for(policy, seed));
    RecordProperty("runs_seed_" + std::to_string(seed), static_cast<int>(found.runs));
    ASSERT_TRUE(found) << "seed " << seed << ", " << found.runs << " runs";
    EXPECT_EQ(found.failure.rfind(what.failure, 0), 0U) << found.failure;
    const vole::exploration again = vole::replay(*found, what.buggy);
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, *found);
    EXPECT_EQ(again.order, found.order);
    if (policy[0] == 'd') break;  // has no seed
  }
}

TEST_P(corpus, leaves_the_fixed_twin_in_peace) {
  const vole::exploration found = vole::explore(what.fixed, options_for(policy, 1));
  EXPECT_FALSE(found) << *found << ": " << found.failure;
}

INSTANTIATE_TEST_SUITE_P(all, corpus,
                         ::testing::Combine(::testing::ValuesIn(all_bugs()),
                                            ::testing::Values("random", "pct:depth=3",
                                                              "dfs:preemptions=2")),
                         [](const auto& info) {
                           const std::string policy = std::get<1>(info.param);
                           return std::string(std::get<0>(info.param).name) + "_" +
                                  policy.substr(0, policy.find(':'));
                         });

TEST(replays, are_the_same_hundred_times) {
  for (const bug& what : all_bugs()) {
    const vole::exploration found = vole::explore(what.buggy, options_for("random", 7));
    ASSERT_TRUE(found) << what.name;
    const std::string first_line = found.failure.substr(0, found.failure.find('\n'));
    for (int i = 0; i < 100; ++i) {
      const vole::exploration again = vole::replay(*found, what.buggy);
      ASSERT_TRUE(again) << what.name << ", replay " << i;
      ASSERT_EQ(*again, *found) << what.name;
      ASSERT_EQ(again.order, found.order) << what.name;
      ASSERT_EQ(again.failure.substr(0, again.failure.find('\n')), first_line) << what.name;
    }
  }
}

}  // namespace
