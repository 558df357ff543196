// SPDX-License-Identifier: Apache-2.0
// The contract of <vole/time.h>: the clock, sleeping, timers and tickers as of Go 1.23.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/select.h>
#include <vole/time.h>

#include <chrono>
#include <optional>
#include <ratio>
#include <type_traits>
#include <utility>

#include "support.h"

using namespace std::chrono_literals;

static_assert(std::chrono::is_clock_v<vole::steady_clock>);
static_assert(vole::steady_clock::is_steady);
static_assert(std::is_same_v<vole::duration, std::chrono::nanoseconds>);
static_assert(std::is_same_v<vole::time_point, std::chrono::time_point<vole::steady_clock>>);
static_assert(std::is_move_constructible_v<vole::timer>);
static_assert(std::is_move_constructible_v<vole::ticker>);

namespace {

TEST(sleep, lasts_at_least_as_long_as_asked) {
  const auto start = vole::steady_clock::now();
  vole::sleep(2ms);
  EXPECT_GE(vole::steady_clock::now() - start, 2ms);
  vole::sleep(0ns);
  vole::sleep(-1s);
}

TEST(sleep, others_run_meanwhile) {
  const int before = vole::max_procs(1);
  const auto out = vole::make_chan<int>(1);
  vole::go([out] { out.send(1); });
  while (out.len() == 0) vole::sleep(1us);
  vole::max_procs(before);
  EXPECT_EQ(out.recv(), 1);
}

TEST(after, delivers_the_time_once_it_has_passed) {
  const auto start = vole::steady_clock::now();
  const vole::recv_chan<vole::time_point> ch = vole::after(1ms);
  const std::optional<vole::time_point> fired = ch.recv();
  ASSERT_TRUE(fired);
  EXPECT_GE(*fired, start + 1ms);
}

TEST(timer, fires_once) {
  vole::timer t{1ms};
  EXPECT_TRUE(t.c().recv());
  EXPECT_EQ(vole::select(vole::on_recv(t.c()), vole::on_default()), 1u);
  EXPECT_FALSE(t.stop()) << "it has fired";
}

TEST(timer, after_stop_no_value_is_received_even_if_it_had_expired) {
  vole::timer t{1us};
  vole::sleep(2ms);
  t.stop();
  EXPECT_EQ(vole::select(vole::on_recv(t.c()), vole::on_default()), 1u);
}

TEST(timer, after_reset_no_stale_value_is_received) {
  vole::timer t{1us};
  vole::sleep(2ms);
  const auto start = vole::steady_clock::now();
  t.reset(5ms);
  const auto fired = t.c().recv();
  ASSERT_TRUE(fired);
  EXPECT_GE(*fired, start + 5ms);
  t.reset(1h);
  EXPECT_TRUE(t.stop());
  EXPECT_FALSE(t.stop());
}

TEST(timer, its_channel_shows_no_buffer) {
  vole::timer t{1us};
  vole::sleep(2ms);
  EXPECT_EQ(t.c().len(), 0u);
  EXPECT_EQ(t.c().cap(), 0u);
  EXPECT_TRUE(t.c().recv());
}

TEST(timer, can_be_moved) {
  vole::timer a{1ms};
  vole::timer b = std::move(a);
  EXPECT_TRUE(b.c().recv());
}

TEST(timer, many_timers_fire_in_order_of_their_times) {
  const auto base = vole::steady_clock::now();
  vole::timer t3{30ms}, t1{10ms}, t2{20ms};
  std::optional<vole::time_point> f1 = t1.c().recv(), f2 = t2.c().recv(), f3 = t3.c().recv();
  EXPECT_GE(*f1, base + 10ms);
  EXPECT_GE(*f2, base + 20ms);
  EXPECT_GE(*f3, base + 30ms);
  EXPECT_LE(*f1, *f2);
  EXPECT_LE(*f2, *f3);
}

TEST(ticker, ticks_again_and_again_until_stopped) {
  vole::ticker t{1ms};
  const auto first = t.c().recv();
  const auto second = t.c().recv();
  EXPECT_LT(*first, *second);
  EXPECT_EQ(t.c().len(), 0u);
  EXPECT_EQ(t.c().cap(), 0u);
  t.stop();
  EXPECT_EQ(vole::select(vole::on_recv(t.c()), vole::on_default()), 1u);
  t.reset(1ms);
  EXPECT_TRUE(t.c().recv());
  vole::ticker moved = std::move(t);
  EXPECT_TRUE(moved.c().recv());
}

TEST(after_func, runs_in_a_goroutine_of_its_own_and_its_handle_may_be_dropped) {
  const auto out = vole::make_chan<std::uint64_t>();
  {
    const vole::timer dropped = vole::after_func(1ms, [out] { out.send(vole::goroutine_id()); });
  }
  EXPECT_NE(out.recv(), vole::goroutine_id());
}

TEST(after_func, stop_before_it_runs_keeps_it_from_running) {
  const auto out = vole::make_chan<int>(1);
  vole::timer t = vole::after_func(1h, [out] { out.send(1); });
  EXPECT_TRUE(t.stop());
  t.reset(1ms);
  EXPECT_EQ(out.recv(), 1);
  EXPECT_FALSE(t.stop());
}

TEST(time, timers_are_not_goroutines_of_the_users) {
  vole_test::settle();
  vole::timer t{1h};
  vole::ticker k{1h};
  vole::timer f = vole::after_func(1h, [] {});
  EXPECT_EQ(vole::num_goroutine(), 1u);
  f.stop();
}

}  // namespace
