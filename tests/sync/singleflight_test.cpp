// SPDX-License-Identifier: Apache-2.0
// Laws of singleflight.
#include <gtest/gtest.h>
#include <vole/go.h>
#include <vole/singleflight.h>
#include <vole/sync.h>

#include <atomic>
#include <stdexcept>
#include <string>

#include "tests/support/blocked.h"

using vole::event::wait_reason;
using vole_test::until_blocked;

namespace {

// Starts `n` callers of `key`, the first of whose functions ends when `gate` is done, and returns
// once the others wait for it.
template <class F>
void pile_up(vole::wait_group& callers, vole::wait_group& gate, std::size_t n, F caller) {
  gate.add();
  callers.go(caller);
  until_blocked(wait_reason::wait_group_wait, 1);
  for (std::size_t i = 1; i < n; ++i) callers.go(caller);
  until_blocked(wait_reason::wait_group_wait, n);
}

TEST(singleflight, all_who_come_during_a_call_share_it) {
  vole::singleflight<std::string, std::string> flights;
  vole::wait_group callers, gate;
  std::atomic<int> calls = 0, shared = 0;
  pile_up(callers, gate, 5, [&] {
    const auto got = flights.call("key", [&] {
      ++calls;
      gate.wait();
      return std::string("value");
    });
    EXPECT_EQ(got.value, "value");
    shared += got.shared;
  });
  gate.done();
  callers.wait();
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(shared, 5);
  EXPECT_FALSE(flights.call("key", [] { return std::string("alone"); }).shared);
}

TEST(singleflight, other_keys_fly_on_their_own) {
  vole::singleflight<int, int> flights;
  EXPECT_EQ(flights.call(1, [&] { return flights.call(2, [] { return 20; }).value + 1; }).value,
            21);
}

TEST(singleflight, an_exception_reaches_all_who_share_the_call) {
  vole::singleflight<int, int> flights;
  vole::wait_group callers, gate;
  std::atomic<int> caught = 0;
  pile_up(callers, gate, 4, [&] {
    try {
      flights.call(1, [&]() -> int {
        gate.wait();
        throw std::runtime_error("no");
      });
    } catch (const std::runtime_error&) {
      ++caught;
    }
  });
  gate.done();
  callers.wait();
  EXPECT_EQ(caught, 4);
  EXPECT_EQ(flights.call(1, [] { return 3; }).value, 3);
}

TEST(singleflight, a_call_that_exits_ends_all_who_share_it) {
  vole::singleflight<int, int> flights;
  vole::wait_group callers, gate;
  std::atomic<int> returned = 0;
  pile_up(callers, gate, 3, [&] {
    flights.call(1, [&]() -> int {
      gate.wait();
      vole::goexit();
    });
    ++returned;
  });
  gate.done();
  callers.wait();
  EXPECT_EQ(returned, 0);
  EXPECT_EQ(flights.call(1, [] { return 3; }).value, 3);
}

TEST(singleflight, forget_lets_the_next_call_start_anew) {
  vole::singleflight<int, int> flights;
  vole::wait_group callers, gate;
  pile_up(callers, gate, 2, [&] {
    EXPECT_EQ(flights
                  .call(1,
                        [&] {
                          gate.wait();
                          return 1;
                        })
                  .value,
              1);
  });
  flights.forget(1);
  const auto anew = flights.call(1, [] { return 2; });
  EXPECT_EQ(anew.value, 2);
  EXPECT_FALSE(anew.shared);
  gate.done();
  callers.wait();
}

TEST(singleflight, every_call_of_a_crowd_gets_a_value_that_was_computed) {
  vole::singleflight<int, int> flights;
  std::atomic<int> clock = 0;
  vole::wait_group all;
  for (int g = 0; g < 4; ++g)
    all.go([&] {
      for (int i = 0; i < 300; ++i) {
        const int got = flights.call(i % 2, [&] { return ++clock; }).value;
        EXPECT_LE(got, clock);
        EXPECT_GE(got, 1);
      }
    });
  all.wait();
}

}  // namespace
