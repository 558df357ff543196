// SPDX-License-Identifier: Apache-2.0
// Holds the fast vector clock to the naive one: the same random operations on both, the same
// answers.
#include "clock/vector_clock.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "base/prng.h"
#include "clock/naive_clock.h"

namespace vole::clock {
namespace {

struct twin {
  vector_clock fast;
  naive_clock naive;
};

component random_component(base::prng& random, unsigned width_bits) {
  return random.below(1u << (1 + random.below(width_bits)));
}

void check_equal(const twin& pair, base::prng& random, unsigned width_bits, std::uint64_t seed) {
  ASSERT_TRUE(pair.fast.is_valid()) << "seed " << seed;
  for (int i = 0; i < 40; ++i) {
    const component who = random_component(random, width_bits);
    ASSERT_EQ(pair.fast.get(who), pair.naive.get(who)) << "component " << who << " seed " << seed;
  }
}

void fuzz(std::uint64_t seed, unsigned width_bits) {
  base::prng random(seed);
  std::vector<twin> twins(6);
  for (int step = 0; step < 1500; ++step) {
    twin& a = twins[random.below(6)];
    twin& b = twins[random.below(6)];
    switch (random.below(8)) {
      case 0:
      case 1:
      case 2: {
        const component who = random_component(random, width_bits);
        const std::uint64_t clock = 1 + random.below(50);
        ASSERT_EQ(a.fast.raise(who, clock), a.naive.raise(who, clock)) << "seed " << seed;
        break;
      }
      case 3:
      case 4:
        ASSERT_EQ(a.fast.join(b.fast), a.naive.join(b.naive)) << "seed " << seed;
        ASSERT_TRUE(a.fast.covers(b.fast));
        break;
      case 5:
        a = b;
        break;
      case 6:
        ASSERT_EQ(a.fast.covers(b.fast), a.naive.covers(b.naive)) << "seed " << seed;
        break;
      case 7:
        if (random.below(10) == 0) {
          a.fast.clear();
          a.naive.clear();
        }
        break;
    }
    check_equal(a, random, width_bits, seed);
  }
}

TEST(vector_clock, agrees_with_the_naive_clock_on_random_operations) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    fuzz(seed, 1 + static_cast<unsigned>(seed % kComponentBits));
    if (HasFatalFailure()) return;
  }
}

TEST(vector_clock, gives_every_node_back) {
  const std::size_t before = clock_nodes_in_use();
  fuzz(7, 12);
  EXPECT_EQ(clock_nodes_in_use(), before);
}

TEST(vector_clock, a_copy_does_not_see_what_the_original_learns_later) {
  vector_clock original;
  original.raise(3, 5);
  const vector_clock copy = original;
  EXPECT_TRUE(copy.shares_all_with(original));
  original.raise(3, 6);
  original.raise(70'000, 1);
  EXPECT_EQ(copy.get(3), 5u);
  EXPECT_EQ(copy.get(70'000), 0u);
  EXPECT_EQ(original.get(3), 6u);
}

TEST(vector_clock, a_join_that_takes_everything_shares_the_other_tree) {
  vector_clock a, b;
  for (component who = 0; who < 1000; ++who) b.raise(who, who + 1);
  a.raise(5, 1);
  a.raise(999, 3);
  EXPECT_TRUE(a.join(b));
  EXPECT_TRUE(a.shares_all_with(b));
}

TEST(vector_clock, the_greatest_component_and_clock_are_kept) {
  vector_clock a;
  a.raise(kComponentMax, kClockMax);
  a.raise(0, 1);
  EXPECT_EQ(a.get(kComponentMax), kClockMax);
  EXPECT_EQ(a.get(kComponentMax - 1), 0u);
  const epoch last = epoch::of(kComponentMax, kClockMax);
  EXPECT_EQ(last.who(), kComponentMax);
  EXPECT_EQ(last.clock(), kClockMax);
}

TEST(vector_clock, trees_that_share_nodes_may_live_on_different_threads) {
  const std::size_t before = clock_nodes_in_use();
  {
    vector_clock common;
    for (component who = 0; who < 300; ++who) common.raise(who, 1);
    std::vector<std::thread> threads;
    for (component self = 0; self < 4; ++self) {
      threads.emplace_back([mine = common, self]() mutable {
        for (std::uint64_t k = 2; k < 3000; ++k) {
          const vector_clock released = mine;
          mine.raise(self * 70, k);
          ASSERT_EQ(released.get(self * 70), k - 1);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(clock_nodes_in_use(), before);
}

}  // namespace
}  // namespace vole::clock
