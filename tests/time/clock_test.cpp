// SPDX-License-Identifier: Apache-2.0
// Laws of the clock and of sleep.
#include <gtest/gtest.h>
#include <vole/go.h>
#include <vole/time.h>
#include <vole/wait_group.h>

#include <array>
#include <atomic>
#include <chrono>
#include <thread>

#include "tests/support/blocked.h"

using namespace std::chrono_literals;
using vole::steady_clock;

namespace {

TEST(clock, never_goes_back) {
  auto last = steady_clock::now();
  for (int i = 0; i < 10'000; ++i) {
    const auto now = steady_clock::now();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(clock, the_end_of_time_can_be_reached) {
  EXPECT_EQ(vole::detail::later(vole::duration::max()), vole::time_point::max());
  EXPECT_EQ(vole::detail::saturated(std::chrono::hours::max()), vole::duration::max());
  EXPECT_EQ(vole::detail::saturated(std::chrono::hours::min()), vole::duration::min());
  EXPECT_EQ(vole::detail::saturated(std::chrono::duration<double>(1e-10)), 1ns) << "rounded up";
}

TEST(sleep, is_seen_as_a_sleep) {
  vole::wait_group sleeper;
  std::atomic<bool> has_been_seen = false;
  sleeper.go([&] {
    while (!has_been_seen) vole::sleep(1ms);
  });
  vole_test::until_blocked(vole::event::wait_reason::sleep);
  has_been_seen = true;
  sleeper.wait();
}

TEST(sleep, shorter_ones_end_first) {
  vole::wait_group all;
  const auto start = steady_clock::now();
  std::array<vole::time_point, 3> end;
  for (std::size_t i = 0; i < 3; ++i)
    all.go([&, i] {
      vole::sleep(std::chrono::milliseconds(2 + 4 * i));
      end[i] = steady_clock::now();
    });
  all.wait();
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_GE(end[i] - start, std::chrono::milliseconds(2 + 4 * i));
}

TEST(sleep, thousands_sleep_at_once) {
  vole::wait_group all;
  const auto start = steady_clock::now();
  for (int i = 0; i < 2000; ++i) all.go([i] { vole::sleep(std::chrono::microseconds(i % 100)); });
  std::thread foreign([] { vole::sleep(1ms); });
  all.wait();
  foreign.join();
  EXPECT_GE(steady_clock::now() - start, 1ms);
}

}  // namespace
