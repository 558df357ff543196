// SPDX-License-Identifier: Apache-2.0
// Laws of after_func on contexts.
#include <gtest/gtest.h>
#include <vole/context.h>
#include <vole/go.h>
#include <vole/wait_group.h>

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "tests/support/blocked.h"

using namespace std::chrono_literals;

namespace {

TEST(context_after_func, runs_at_once_when_the_context_has_ended) {
  auto [ctx, cancel] = vole::with_cancel(vole::background());
  cancel();
  const auto ran = vole::make_chan<std::uint64_t>();
  const auto stop = vole::after_func(ctx, [ran] { ran.send(vole::goroutine_id()); });
  EXPECT_NE(ran.recv(), vole::goroutine_id()) << "in a goroutine of its own";
  EXPECT_FALSE(stop());
}

TEST(context_after_func, runs_though_its_result_was_dropped) {
  auto [ctx, cancel] = vole::with_timeout(vole::background(), 1ms);
  const auto ran = vole::make_chan<vole::unit>();
  static_cast<void>(vole::after_func(ctx, [ran] { ran.send({}); }));
  EXPECT_TRUE(ran.recv());
}

TEST(context_after_func, each_of_many_runs_once_unless_it_was_stopped) {
  for (int round = 0; round < 100; ++round) {
    auto [ctx, cancel] = vole::with_cancel(vole::background());
    std::atomic<int> ran = 0, stopped = 0;
    std::vector<std::function<bool()>> stops;
    for (int i = 0; i < 10; ++i) stops.push_back(vole::after_func(ctx, [&] { ++ran; }));
    vole::wait_group all;
    all.go([&] {
      for (const auto& stop : stops) stopped += stop();
    });
    cancel();
    all.wait();
    vole_test::until_alone();
    EXPECT_EQ(ran + stopped, 10);
  }
}

TEST(context_after_func, the_function_goes_with_the_context_that_never_ended) {
  const auto held = std::make_shared<int>();
  {
    auto [ctx, cancel] = vole::with_cancel(vole::background());
    cancel.detach();
    static_cast<void>(vole::after_func(ctx, [held] {}));
    EXPECT_EQ(held.use_count(), 2);
  }
  EXPECT_EQ(held.use_count(), 1);
}

TEST(context_after_func, on_the_background_never_runs_and_stops_once) {
  const auto held = std::make_shared<int>();
  {
    const auto stop = vole::after_func(vole::background(), [held] {});
    EXPECT_TRUE(stop());
    EXPECT_FALSE(stop());
  }
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
