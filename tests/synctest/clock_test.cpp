// SPDX-License-Identifier: Apache-2.0
// Laws of a bubble's clock and of sleeping by it.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/context.h>
#include <vole/go.h>
#include <vole/sync.h>
#include <vole/synctest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "tests/support/blocked.h"

namespace synctest = vole::synctest;
using namespace std::chrono_literals;

namespace {

class clock : public ::testing::Test {
 protected:
  void TearDown() override { vole_test::until_alone(); }
};

using real_clock = std::chrono::steady_clock;

constexpr vole::system_clock::time_point kStart =
    vole::system_clock::from_sys(std::chrono::sys_days(std::chrono::year(2000) / 1 / 1));

TEST_F(clock, starts_at_midnight_of_the_first_of_january_2000) {
  for (int i = 0; i < 3; ++i) {
    synctest::test([] {
      EXPECT_EQ(vole::system_clock::now(), kStart);
      EXPECT_EQ(vole::steady_clock::now().time_since_epoch(), kStart.time_since_epoch());
      vole::go([] { EXPECT_EQ(vole::system_clock::now(), kStart); });
      vole::sleep(1s);
      EXPECT_EQ(vole::system_clock::now(), kStart + 1s);
    });
  }
}

TEST_F(clock, is_the_machines_outside) {
  const auto day = vole::system_clock::now();
  EXPECT_LT(vole::system_clock::to_sys(day) - std::chrono::system_clock::now(), 1h);
  EXPECT_GT(day, kStart + std::chrono::years(20));
  synctest::test([] { vole::sleep(1h); });
  EXPECT_LT(vole::system_clock::now() - day, 1h);
}

TEST_F(clock, stands_still_while_somebody_works) {
  synctest::test([] {
    const auto start = vole::steady_clock::now();
    std::atomic<bool> is_done = false;
    vole::go([&] {
      const auto until = real_clock::now() + 3ms;
      while (real_clock::now() < until) vole::yield();
      EXPECT_EQ(vole::steady_clock::now(), start);
      is_done = true;
    });
    vole::sleep(1ns);
    EXPECT_TRUE(is_done);
    EXPECT_EQ(vole::steady_clock::now() - start, 1ns);
  });
}

TEST_F(clock, sleepers_wake_in_the_order_of_their_deadlines) {
  synctest::test([] {
    const auto start = vole::steady_clock::now();
    std::vector<int> order;
    for (const int hours : {5, 1, 4, 2, 3}) {
      vole::go([&order, hours] {
        vole::sleep(std::chrono::hours(hours));
        order.push_back(hours);  // alone: nobody else wakes in the same hour
      });
    }
    vole::sleep(10h);
    EXPECT_EQ(order, (std::vector{1, 2, 3, 4, 5}));
    EXPECT_EQ(vole::steady_clock::now() - start, 10h);
  });
}

TEST_F(clock, a_sleep_of_nothing_takes_nothing) {
  synctest::test([] {
    vole::sleep(0ns);
    vole::sleep(-1s);
    EXPECT_EQ(vole::system_clock::now(), kStart);
  });
}

TEST_F(clock, a_day_of_seconds_takes_no_day) {
  const auto began = real_clock::now();
  synctest::test([] {
    int ticks = 0;
    vole::go([&] {
      for (int i = 0; i < 86'400; ++i) {
        vole::sleep(1s);
        ++ticks;
      }
    });
    vole::sleep(24h);
    synctest::wait();
    EXPECT_EQ(ticks, 86'400);
  });
  EXPECT_LT(real_clock::now() - began, 1h);
}

TEST_F(clock, ten_thousand_goroutines_sleep_for_a_day) {
  synctest::test([] {
    std::atomic<int> awake = 0;
    for (int i = 0; i < 10'000; ++i) {
      vole::go([&awake, i] {
        vole::sleep(24h + std::chrono::nanoseconds(i % 100));
        ++awake;
      });
    }
    vole::sleep(24h - 1ns);
    synctest::wait();
    EXPECT_EQ(awake, 0);
    synctest::sleep(1us);
    EXPECT_EQ(awake, 10'000);
  });
}

TEST_F(clock, synctest_sleep_lets_everything_of_that_instant_happen) {
  synctest::test([] {
    int done = 0;
    vole::go([&] {
      vole::sleep(1s);
      for (int i = 0; i < 50; ++i) vole::yield();
      ++done;
    });
    synctest::sleep(1s);
    EXPECT_EQ(done, 1);
  });
}

TEST_F(clock, sleepers_of_one_instant_wake_in_any_order) {
  synctest::test([] {
    bool has_seen[3] = {};
    for (int i = 0; i < 1000 && !(has_seen[1] && has_seen[2]); ++i) {
      std::atomic<int> first = 0;
      for (const int number : {1, 2}) {
        vole::go([&first, number] {
          vole::sleep(1ns);
          int nobody = 0;
          first.compare_exchange_strong(nobody, number);
        });
      }
      synctest::sleep(1ns);
      has_seen[first.load()] = true;
    }
    EXPECT_FALSE(has_seen[0]);
    EXPECT_TRUE(has_seen[1]);
    EXPECT_TRUE(has_seen[2]);
  });
}

TEST_F(clock, foreign_clocks_deadlines_are_taken_from_now) {
  synctest::test([] {
    const auto start = vole::steady_clock::now();
    vole::mutex m;
    vole::condition_variable never;
    std::unique_lock hold(m);
    EXPECT_EQ(never.wait_until(hold, vole::system_clock::now() + 1h), std::cv_status::timeout);
    EXPECT_EQ(vole::steady_clock::now() - start, 1h);
  });
}

TEST_F(clock, a_context_ends_at_its_deadline) {
  synctest::test([] {
    const auto start = vole::steady_clock::now();
    auto [ctx, cancel] = vole::with_timeout(vole::background(), 5s);
    vole::sleep(5s - 1ns);
    synctest::wait();
    EXPECT_FALSE(ctx.err());
    synctest::sleep(1ns);
    EXPECT_EQ(ctx.err(), vole::context_errc::deadline_exceeded);
    auto [other, stop] = vole::with_timeout(vole::background(), 24h);
    other.done().recv();
    EXPECT_EQ(vole::steady_clock::now() - start, 24h + 5s);
  });
}

TEST_F(clock, ten_thousand_contexts_time_out_after_a_day) {
  synctest::test([] {
    std::atomic<int> ended = 0;
    for (int i = 0; i < 10'000; ++i) {
      vole::go([&] {
        auto [ctx, cancel] = vole::with_timeout(vole::background(), 24h);
        ctx.done().recv();
        ++ended;
      });
    }
    vole::sleep(24h - 1ns);
    synctest::wait();
    EXPECT_EQ(ended, 0);
    synctest::sleep(1ns);
    EXPECT_EQ(ended, 10'000);
  });
}

TEST_F(clock, what_a_context_starts_belongs_to_the_bubble) {
  synctest::test([] {
    bool has_run = false;
    auto [ctx, cancel] = vole::with_timeout(vole::background(), 1s);
    vole::after_func(ctx, [&] {
      EXPECT_TRUE(synctest::is_in_bubble());
      vole::sleep(1s);
      has_run = true;
    });
    synctest::sleep(2s);
    EXPECT_TRUE(has_run);
  });
}

TEST_F(clock, a_canceled_context_needs_no_time) {
  synctest::test([] {
    auto [parent, cancel] = vole::with_timeout(vole::background(), 24h);
    auto [child, stop] = vole::with_timeout(parent, 1h);
    cancel();
    EXPECT_EQ(child.err(), vole::context_errc::canceled);
  });
}

}  // namespace
