// SPDX-License-Identifier: Apache-2.0
// Laws of timers and tickers: Go 1.23's.
#include <gtest/gtest.h>
#include <vole/go.h>
#include <vole/panic.h>
#include <vole/select.h>
#include <vole/time.h>
#include <vole/wait_group.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <thread>

#include "tests/support/announcements.h"
#include "tests/support/blocked.h"

using namespace std::chrono_literals;
using vole::on_default;
using vole::on_recv;
using vole::select;
using vole::steady_clock;
using vole::event::wait_reason;
using vole_test::recorder;
using vole_test::until_blocked;

namespace {

void let_pass(vole::time_point when) {
  while (steady_clock::now() < when) vole::yield();
}

TEST(timer, a_tick_carries_the_time_at_which_it_was_due) {
  const auto before = steady_clock::now();
  vole::timer t{50us};
  const auto after = steady_clock::now();
  vole::sleep(2ms);
  const auto tick = t.c().recv().value();
  EXPECT_GE(tick, before + 50us);
  EXPECT_LE(tick, after + 50us);
}

TEST(timer, stop_tells_whether_it_kept_a_tick_from_being_received) {
  vole::timer far{1h};
  EXPECT_TRUE(far.stop());
  EXPECT_FALSE(far.stop());
  vole::timer expired{1ns};
  let_pass(steady_clock::now() + 10us);
  EXPECT_TRUE(expired.stop()) << "expired, but not received";
  EXPECT_EQ(select(on_recv(expired.c()), on_default()), 1u);
  vole::timer received{1ns};
  received.c().recv();
  EXPECT_FALSE(received.stop());
}

TEST(timer, reset_tells_the_same_and_starts_anew) {
  vole::timer t{1h};
  EXPECT_TRUE(t.reset(2h));
  EXPECT_TRUE(t.stop());
  EXPECT_FALSE(t.reset(1ns));
  const auto tick = t.c().recv();
  ASSERT_TRUE(tick);
  EXPECT_FALSE(t.reset(1ns));
  EXPECT_TRUE(t.c().recv());
}

TEST(timer, a_reset_reaches_those_who_wait_already) {
  vole::timer t{1h};
  vole::wait_group receiver;
  receiver.go([&] { EXPECT_TRUE(t.c().recv()); });
  until_blocked(wait_reason::chan_receive);
  EXPECT_TRUE(t.reset(1us));
  receiver.wait();
}

TEST(timer, a_stopped_one_wakes_nobody) {
  vole::timer t{500us};
  std::atomic<bool> is_awake = false;
  vole::wait_group receiver;
  receiver.go([&] {
    t.c().recv();
    is_awake = true;
  });
  vole_test::until(
      [&] { return is_awake || vole_test::count_blocked(wait_reason::chan_receive) > 0; });
  if (t.stop()) {
    vole::sleep(2ms);
    EXPECT_FALSE(is_awake);
    t.reset(1us);
  }
  receiver.wait();
}

TEST(timer, one_tick_goes_to_one_of_many_receivers) {
  vole::timer t{1h};
  vole::wait_group all;
  const auto stop = vole::make_chan<vole::unit>();
  std::atomic<int> ticks = 0;
  for (std::size_t i = 0; i < 4; ++i)
    all.go([&] { select(on_recv(t.c(), [&](auto) { ++ticks; }), on_recv(stop)); });
  until_blocked(wait_reason::select, 4);
  t.reset(1us);
  vole_test::until([&] { return ticks == 1; });
  stop.close();
  all.wait();
  EXPECT_EQ(ticks, 1);
}

TEST(timer, a_deadline_that_has_passed_fires_at_once) {
  vole::timer zero{0ns}, past{-1h};
  EXPECT_TRUE(zero.c().recv());
  EXPECT_EQ(select(on_recv(past.c()), on_default()), 0u) << "without waiting";
}

TEST(timer, the_channel_outlives_the_timer_and_stays_silent) {
  std::optional<vole::recv_chan<vole::time_point>> kept;
  {
    vole::timer t{1us};
    kept = t.c();
  }
  vole::sleep(1ms);
  EXPECT_EQ(select(on_recv(*kept), on_default()), 1u);
}

TEST(timer, assignment_stops_the_one_that_was_there) {
  vole::timer a{1us};
  const auto old = a.c();
  a = vole::timer{1us};
  EXPECT_TRUE(a.c().recv());
  EXPECT_EQ(select(on_recv(old), on_default()), 1u);
  auto& same = a;
  a = std::move(same);
  a.reset(1us);
  EXPECT_TRUE(a.c().recv());
}

TEST(timer, one_that_was_moved_from_refuses) {
  vole::timer a{1h};
  const vole::timer b = std::move(a);
  EXPECT_THROW(a.stop(), vole::panic);
  EXPECT_THROW(a.reset(1s), vole::panic);
}

TEST(timer, stops_resets_and_receives_may_race) {
  vole::timer t{1us};
  vole::wait_group all;
  const auto over = vole::make_chan<vole::unit>();
  for (int g = 0; g < 2; ++g)
    all.go([&] {
      for (int i = 0; i < 300; ++i) {
        if (i % 3 == 0) t.stop();
        t.reset(std::chrono::microseconds(i % 5));
      }
    });
  vole::wait_group receivers;
  for (int g = 0; g < 3; ++g)
    receivers.go([&] {
      while (select(on_recv(t.c()), on_recv(over)) == 0) {
      }
    });
  all.wait();
  over.close();
  receivers.wait();
}

// Go's stale values: after stop() or reset() has returned, nothing of the old setting arrives,
// however the old deadline and the call meet.
TEST(timer, no_tick_of_an_old_setting_is_received_after_stop_or_reset) {
  vole::timer t{1h};
  for (int i = 0; i < 500; ++i) {
    t.reset(std::chrono::microseconds(i % 7));
    if (i % 10 == 0) vole::yield();
    t.stop();
    ASSERT_EQ(select(on_recv(t.c()), on_default()), 1u);
    const auto before = steady_clock::now();
    t.reset(2us);
    const auto tick = t.c().recv();
    ASSERT_TRUE(tick);
    ASSERT_GE(*tick, before + 2us) << "the tick is the new setting's";
  }
}

TEST(timer, each_setting_gives_one_tick_or_its_stop_says_so) {
  for (int i = 0; i < 500; ++i) {
    vole::timer t{std::chrono::microseconds(i % 5)};
    if (i % 10 == 0) vole::yield();
    const bool is_received = select(on_recv(t.c()), on_default()) == 0;
    ASSERT_EQ(t.stop(), !is_received);
  }
}

TEST(after, its_channel_may_be_dropped_at_once) {
  for (int i = 0; i < 1000; ++i) vole::after(std::chrono::microseconds(i % 50));
}

// Each round leaves a timer behind that nobody can see any more.
TEST(after, may_lose_a_select_again_and_again) {
  const auto ch = vole::make_chan<int>();
  vole::wait_group sender;
  sender.go([&] {
    for (int i = 0; i < 500; ++i) ch.send(i);
  });
  for (int i = 0; i < 500; ++i) EXPECT_EQ(select(on_recv(vole::after(1h)), on_recv(ch)), 1u);
  sender.wait();
}

TEST(ticker, ticks_are_a_period_apart_and_late_receivers_lose_some) {
  const auto start = steady_clock::now();
  vole::ticker t{500us};
  const auto first = t.c().recv().value();
  EXPECT_GE(first, start + 500us);
  let_pass(first + 5ms);  // some ten ticks
  const auto second = t.c().recv().value();
  EXPECT_EQ((second - first) % 500us, 0us);
  const auto third = t.c().recv().value();
  EXPECT_EQ((third - first) % 500us, 0us);
  EXPECT_GE(third - second, 500us);
}

// However late its receiver comes, the ticks stay on the grid that the start has set.
TEST(ticker, does_not_drift) {
  const auto start = steady_clock::now();
  vole::ticker t{200us};
  const auto made = steady_clock::now();
  for (int i = 0; i < 50; ++i) {
    const auto tick = t.c().recv().value();
    const auto phase = (tick - start) % 200us;
    EXPECT_LE(phase, made - start) << "tick " << i;
    if (i % 10 == 0) let_pass(tick + 300us);
  }
}

TEST(ticker, a_stopped_one_gives_no_tick_and_a_reset_one_does_again) {
  vole::ticker t{1us};
  t.c().recv();
  t.stop();
  let_pass(steady_clock::now() + 20us);
  EXPECT_EQ(select(on_recv(t.c()), on_default()), 1u);
  t.reset(1us);
  EXPECT_TRUE(t.c().recv());
}

TEST(ticker, reset_changes_the_period) {
  vole::ticker t{1h};
  t.reset(200us);
  const auto first = t.c().recv().value();
  const auto second = t.c().recv().value();
  EXPECT_GE(second - first, 200us);
}

TEST(ticker, an_interval_must_be_positive) {
  EXPECT_THROW(vole::ticker{0ns}, vole::panic);
  vole::ticker t{1h};
  EXPECT_THROW(t.reset(-1ns), vole::panic);
}

TEST(after_func, each_reset_is_one_call_more) {
  const auto calls = vole::make_chan<int>(10);
  int n = 0;
  vole::timer t = vole::after_func(1us, [&] { calls.send(++n); });
  EXPECT_EQ(calls.recv(), 1);
  EXPECT_FALSE(t.reset(1us));
  EXPECT_EQ(calls.recv(), 2);
  EXPECT_FALSE(static_cast<bool>(t.c())) << "no channel";
}

TEST(after_func, no_delay_needs_no_timer_and_cannot_be_stopped) {
  const auto calls = vole::make_chan<int>(4);
  vole::timer t = vole::after_func(0ns, [&] { calls.send(1); });
  EXPECT_FALSE(t.stop());
  EXPECT_EQ(calls.recv(), 1);
  EXPECT_FALSE(t.reset(-1s));
  EXPECT_EQ(calls.recv(), 1);
  EXPECT_FALSE(t.reset(1h));
  EXPECT_TRUE(t.reset(0ns));
  EXPECT_EQ(calls.recv(), 1);
  EXPECT_FALSE(t.stop());
}

TEST(after_func, a_function_may_reset_its_own_timer) {
  const auto done = vole::make_chan<vole::unit>();
  int left = 20;
  std::optional<vole::timer> t;
  t = vole::after_func(1h, [&] {
    if (--left == 0) return done.close();
    t->reset(1us);
  });
  t->reset(1us);
  done.recv();
  EXPECT_EQ(left, 0);
}

TEST(after_func, the_function_goes_when_nobody_can_start_it_any_more) {
  const auto held = std::make_shared<int>();
  {
    vole::timer t = vole::after_func(1h, [held] {});
    EXPECT_EQ(held.use_count(), 2);
    EXPECT_TRUE(t.stop());
  }
  EXPECT_EQ(held.use_count(), 1);
  {
    const auto called = vole::make_chan<vole::unit>();
    static_cast<void>(vole::after_func(1us, [held, called] { called.send({}); }));
    called.recv();
  }
  vole_test::until([&] { return held.use_count() == 1; });
}

TEST(after_func, stop_and_reset_may_race_with_the_firing) {
  std::atomic<int> calls = 0, stopped = 0, armed = 0;
  {
    vole::timer t = vole::after_func(1us, [&] { ++calls; });
    ++armed;
    vole::wait_group all;
    for (int g = 0; g < 3; ++g)
      all.go([&] {
        for (int i = 0; i < 200; ++i) {
          if (t.reset(std::chrono::microseconds(i % 3))) ++stopped;
          ++armed;
        }
      });
    all.wait();
    if (t.stop()) ++stopped;
  }
  vole_test::until_alone();
  EXPECT_EQ(calls + stopped, armed) << "each arming is called or stopped, never both";
}

TEST(timer_announcement, arming_comes_before_the_receive_of_the_tick) {
  static_cast<void>(vole::goroutine_id());
  const recorder heard;
  recorder::name_self("main");
  vole::timer t{1us};
  t.c().recv();
  t.reset(1us);
  vole::sleep(1ms);
  t.c().recv();
  EXPECT_EQ(recorder::taken(), (std::vector<std::string>{"main armed", "main got the firing",
                                                         "main armed", "main got the firing"}));
}

TEST(timer_announcement, arming_comes_before_the_function) {
  static_cast<void>(vole::goroutine_id());
  std::atomic<bool> ran = false;
  const recorder heard;
  recorder::name_self("main");
  {
    const vole::timer t = vole::after_func(100us, [&] { ran = true; });
    vole_test::until([&] { return ran.load(); });
    vole_test::until_alone();
  }
  const auto said = recorder::taken();
  ASSERT_GE(said.size(), 2u);
  EXPECT_EQ(said[0], "main armed");
  EXPECT_EQ(said[1], "? got the firing");
}

TEST(timer_death, a_ticker_that_nobody_listens_to_does_not_hide_a_deadlock) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        const vole::ticker t{1ms};
        t.c().recv();
        vole::make_chan<int>().recv();
      },
      ::testing::ExitedWithCode(2), "all goroutines are asleep - deadlock!");
}

}  // namespace
