// SPDX-License-Identifier: Apache-2.0
// Laws of once, once_func and once_value.
#include <gtest/gtest.h>
#include <vole/go.h>
#include <vole/sync.h>

#include <atomic>
#include <memory>
#include <stdexcept>

#include "tests/support/blocked.h"

using vole::event::wait_reason;
using vole_test::until_blocked;

namespace {

TEST(once, others_wait_for_the_first_call_to_end) {
  vole::once once;
  vole::wait_group gate, all;
  gate.add();
  int value = 0;
  for (int g = 0; g < 4; ++g)
    all.go([&] {
      once.call([&] {
        gate.wait();
        value = 5;
      });
      EXPECT_EQ(value, 5);
    });
  until_blocked(wait_reason::mutex_lock, 3);
  gate.done();
  all.wait();
}

TEST(once, a_call_that_throws_or_exits_counts_and_lets_the_others_go) {
  for (const bool throws : {true, false}) {
    vole::once once;
    vole::wait_group first, others;
    std::atomic<int> calls = 0;
    vole::wait_group gate;
    gate.add();
    first.go([&] {
      try {
        once.call([&] {
          ++calls;
          gate.wait();
          if (throws) throw std::runtime_error("x");
          vole::goexit();
        });
      } catch (const std::runtime_error&) {
      }
    });
    until_blocked(wait_reason::wait_group_wait);
    others.go([&] { once.call([&] { ++calls; }); });
    until_blocked(wait_reason::mutex_lock);
    gate.done();
    first.wait();
    others.wait();
    EXPECT_EQ(calls, 1);
  }
}

TEST(once, value_is_computed_once_by_racing_callers) {
  for (int i = 0; i < 200; ++i) {
    std::atomic<int> calls = 0;
    const auto value = vole::once_value([&] { return std::make_unique<int>(++calls); });
    vole::wait_group all;
    for (int g = 0; g < 4; ++g) all.go([value] { EXPECT_EQ(*value(), 1); });
    all.wait();
    EXPECT_EQ(calls, 1);
  }
}

TEST(once, the_function_is_gone_after_its_call) {
  const auto held = std::make_shared<int>(1);
  const auto f = vole::once_func([held] {});
  EXPECT_EQ(held.use_count(), 2);
  f();
  EXPECT_EQ(held.use_count(), 1);
}

TEST(once, a_first_call_that_exits_ends_every_caller) {
  vole::wait_group all;
  std::atomic<int> returned = 0;
  const auto f = vole::once_func([] { vole::goexit(); });
  for (int g = 0; g < 3; ++g)
    all.go([&] {
      f();
      ++returned;
    });
  all.wait();
  EXPECT_EQ(returned, 0);
}

}  // namespace
