// SPDX-License-Identifier: Apache-2.0
// Laws of timers, tickers and after_func that go by a bubble's clock.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/select.h>
#include <vole/sync.h>
#include <vole/synctest.h>
#include <vole/time.h>

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "tests/support/blocked.h"

namespace synctest = vole::synctest;
using namespace std::chrono_literals;

namespace {

class virtual_timer : public ::testing::Test {
 protected:
  void TearDown() override { vole_test::until_alone(); }
};

TEST_F(virtual_timer, is_received_at_its_deadline) {
  synctest::test([] {
    const auto start = vole::steady_clock::now();
    vole::timer five(5s);
    EXPECT_EQ(five.c().recv(), start + 5s);
    EXPECT_EQ(vole::steady_clock::now() - start, 5s);
  });
}

TEST_F(virtual_timer, is_received_late_with_the_time_at_which_it_was_due) {
  synctest::test([] {
    const auto start = vole::steady_clock::now();
    vole::timer one(1s);
    vole::sleep(2s);
    vole::time_point at;
    ASSERT_EQ(one.c().try_recv(at), vole::chan_status::ok);
    EXPECT_EQ(at, start + 1s);
    EXPECT_EQ(one.c().try_recv(at), vole::chan_status::would_block);
  });
}

TEST_F(virtual_timer, without_delay_is_there_at_once) {
  synctest::test([] {
    const auto start = vole::steady_clock::now();
    vole::timer none(0s);
    vole::time_point at;
    ASSERT_EQ(none.c().try_recv(at), vole::chan_status::ok);
    EXPECT_EQ(at, start);
  });
}

TEST_F(virtual_timer, reset_starts_it_anew) {
  synctest::test([] {
    const auto start = vole::steady_clock::now();
    vole::timer t(1s);
    EXPECT_EQ(t.c().recv(), start + 1s);
    t.reset(2s);
    EXPECT_EQ(t.c().recv(), start + 3s);
    t.reset(3s);
    vole::sleep(1s);
    t.reset(3s);
    EXPECT_EQ(t.c().recv(), start + 7s);
  });
}

TEST_F(virtual_timer, stopped_never_comes) {
  synctest::test([] {
    vole::timer t(1s);
    EXPECT_TRUE(t.stop());
    EXPECT_EQ(vole::select(vole::on_recv(t.c()), vole::on_recv(vole::after(24h))), 1u);
    EXPECT_FALSE(t.stop());
  });
}

TEST_F(virtual_timer, those_of_one_instant_fire_in_any_order) {
  synctest::test([] {
    bool has_seen[2] = {};
    for (int i = 0; i < 1000 && !(has_seen[0] && has_seen[1]); ++i) {
      vole::timer a(1ns), b(1ns);
      has_seen[vole::select(vole::on_recv(a.c()), vole::on_recv(b.c()))] = true;
      synctest::wait();
    }
    EXPECT_TRUE(has_seen[0]);
    EXPECT_TRUE(has_seen[1]);
  });
}

TEST_F(virtual_timer, each_of_several_is_the_first_at_some_time) {
  synctest::test([] {
    constexpr int kTimers = 9;  // more than two levels of the heap
    int first_count[kTimers] = {};
    for (int i = 0; i < 4000; ++i) {
      std::atomic<int> first = -1;
      for (int k = 0; k < kTimers; ++k) {
        vole::go([&first, k] {
          vole::sleep(1ns);
          int nobody = -1;
          first.compare_exchange_strong(nobody, k);
        });
      }
      synctest::sleep(1ns);
      ++first_count[first.load()];
    }
    for (const int count : first_count) EXPECT_GT(count, 0);
  });
}

TEST_F(virtual_timer, a_ticker_ticks_by_the_bubbles_clock) {
  synctest::test([] {
    const auto start = vole::steady_clock::now();
    vole::ticker every(1min);
    for (int i = 1; i <= 60; ++i) EXPECT_EQ(every.c().recv(), start + i * 1min);
    every.reset(1h);
    EXPECT_EQ(every.c().recv(), start + 2h);
    every.stop();
    vole::sleep(24h);
    vole::time_point at;
    EXPECT_EQ(every.c().try_recv(at), vole::chan_status::would_block);
  });
}

TEST_F(virtual_timer, a_ticker_drops_what_a_slow_receiver_misses) {
  synctest::test([] {
    const auto start = vole::steady_clock::now();
    vole::ticker every(1s);
    vole::sleep(10s + 500ms);
    EXPECT_EQ(every.c().recv(), start + 1s);
    EXPECT_EQ(every.c().recv(), start + 11s);
  });
}

TEST_F(virtual_timer, after_func_runs_in_the_bubble) {
  synctest::test([] {
    std::atomic<int> steps = 0;
    vole::after_func(1s, [&] {
      ++steps;
      vole::go([&] {
        vole::sleep(1s);
        ++steps;
      });
    });
    vole::sleep(1s - 1ns);
    synctest::wait();
    EXPECT_EQ(steps, 0);
    synctest::sleep(1ns);
    EXPECT_EQ(steps, 1);
    synctest::sleep(1s);
    EXPECT_EQ(steps, 2);
  });
}

TEST_F(virtual_timer, after_func_without_delay_runs_though_others_are_awake) {
  for (int i = 0; i < 100; ++i) {
    synctest::test([] {
      std::atomic<bool> has_run = false;
      vole::after_func(0s, [&] { has_run = true; });
      vole_test::until([&] { return has_run.load(); });
    });
  }
}

TEST_F(virtual_timer, many_without_delay_run_though_others_are_awake) {
  synctest::test([] {
    std::atomic<int> left = 0;
    for (int i = 0; i < 8; ++i) {
      vole::go([&] {
        for (int k = 0; k < 100; ++k) {
          ++left;
          vole::after_func(0s, [&] { --left; });
          if (k % 7 == 0) vole_test::until([&] { return left.load() <= 0; });
        }
      });
    }
    synctest::wait();
    EXPECT_EQ(left, 0);
    vole::after_func(0s, [&] { left = 5; });
    synctest::wait();
    EXPECT_EQ(left, 5);
  });
}

TEST_F(virtual_timer, after_func_stopped_does_not_run) {
  synctest::test([] {
    bool has_run = false;
    auto call = vole::after_func(1s, [&] { has_run = true; });
    EXPECT_TRUE(call.stop());
    vole::sleep(2s);
    synctest::wait();
    EXPECT_FALSE(has_run);
    call.reset(1s);
    synctest::sleep(1s);
    EXPECT_TRUE(has_run);
  });
}

TEST_F(virtual_timer, what_is_due_after_the_body_does_not_happen_but_is_freed) {
  bool has_run = false;
  const auto owned = std::make_shared<int>(1);
  synctest::test([&, owned] {
    vole::after_func(1s, [&has_run, owned] { has_run = true; });
    vole::go([owned] {});
  });
  EXPECT_FALSE(has_run);
  EXPECT_EQ(owned.use_count(), 1);
}

TEST_F(virtual_timer, may_be_dropped_outside_and_after_its_bubble) {
  for (int i = 0; i < 20; ++i) {
    std::optional<vole::timer> one, call;
    std::optional<vole::ticker> many;
    synctest::test([&] {
      one.emplace(1s);
      many.emplace(1s);
      call.emplace(vole::after_func(1s, [] {}));
      const auto at = one->c();
      vole::go([at] { vole::select(vole::on_recv(at), vole::on_recv(vole::after(1ms))); });
      vole::sleep(1ms);
    });
    synctest::test([&] { vole::sleep(1h); });  // likely to have the same memory
    one.reset();
    many.reset();
    call.reset();
  }
}

TEST_F(virtual_timer, one_from_outside_goes_by_the_machines_clock) {
  vole::timer outside(1h);
  std::atomic<bool> has_come = false;
  synctest::test([&] {
    const auto start = vole::steady_clock::now();
    vole::time_point at;
    EXPECT_EQ(outside.c().try_recv(at), vole::chan_status::would_block);
    outside.reset(3ms);
    outside.c().recv();
    has_come = true;
    EXPECT_EQ(vole::steady_clock::now(), start);  // no durable wait
    outside.reset(1ms);
    outside.c().recv();
    EXPECT_EQ(vole::steady_clock::now(), start);
  });
  EXPECT_TRUE(has_come);
}

TEST_F(virtual_timer, stop_and_fire_of_one_instant_agree) {
  synctest::test([] {
    for (int i = 0; i < 2000; ++i) {
      std::atomic<int> runs = 0;
      auto call = vole::after_func(1ns, [&] { ++runs; });
      bool was_stopped = false;
      vole::go([&] {
        vole::sleep(1ns);
        was_stopped = call.stop();
      });
      synctest::sleep(1ns);
      ASSERT_EQ(runs, was_stopped ? 0 : 1);
    }
  });
}

}  // namespace
