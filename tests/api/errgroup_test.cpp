// SPDX-License-Identifier: Apache-2.0
// The contract of <vole/errgroup.h> and <vole/singleflight.h>.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/context.h>
#include <vole/errgroup.h>
#include <vole/go.h>
#include <vole/singleflight.h>
#include <vole/sync.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include "support.h"

static_assert(std::is_move_constructible_v<vole::errgroup>);
static_assert(std::is_default_constructible_v<vole::errgroup>);
static_assert(std::is_same_v<decltype(vole::errgroup::with_context(vole::background())),
                             std::pair<vole::errgroup, vole::context>>);

namespace {

TEST(errgroup, wait_waits_for_all) {
  vole::errgroup g;
  std::atomic<int> ran = 0;
  for (int i = 0; i < 20; ++i) g.go([&] { ++ran; });
  g.wait();
  EXPECT_EQ(ran, 20);
}

TEST(errgroup, wait_rethrows_the_first_failure_after_all_have_ended) {
  vole::errgroup g;
  const auto failed = vole::make_chan<vole::unit>();
  std::atomic<bool> other_ended = false;
  g.go([&] {
    const auto signal = failed;
    vole::go([signal] { signal.close(); });
    throw std::runtime_error("first");
  });
  g.go([&] {
    failed.recv();
    other_ended = true;
  });
  try {
    g.wait();
    FAIL() << "nothing was thrown";
  } catch (const std::runtime_error& e) {
    EXPECT_STREQ(e.what(), "first");
    EXPECT_TRUE(other_ended);
  }
}

TEST(errgroup, the_first_failure_cancels_the_context_and_is_its_cause) {
  auto [g, ctx] = vole::errgroup::with_context(vole::background());
  g.go([] { throw std::runtime_error("root of it"); });
  g.go([ctx = ctx] {
    ctx.done().recv();
    throw std::logic_error("second");
  });
  EXPECT_THROW(g.wait(), std::runtime_error);
  EXPECT_EQ(ctx.err(), vole::context_errc::canceled);
  ASSERT_TRUE(ctx.cause());
  try {
    std::rethrow_exception(ctx.cause());
  } catch (const std::runtime_error& e) {
    EXPECT_STREQ(e.what(), "root of it");
  }
}

TEST(errgroup, wait_cancels_the_context_also_without_a_failure) {
  auto [g, ctx] = vole::errgroup::with_context(vole::background());
  g.go([] {});
  EXPECT_FALSE(ctx.err());
  g.wait();
  EXPECT_EQ(ctx.err(), vole::context_errc::canceled);
}

TEST(errgroup, set_limit_bounds_how_many_run_at_once) {
  vole::errgroup g;
  g.set_limit(3);
  std::atomic<int> now = 0, most = 0;
  for (int i = 0; i < 30; ++i) {
    g.go([&] {
      const int mine = ++now;
      for (int seen = most; seen < mine && !most.compare_exchange_weak(seen, mine);) {
      }
      vole::yield();
      --now;
    });
  }
  g.wait();
  EXPECT_LE(most, 3);
  EXPECT_GE(most, 1);
}

TEST(errgroup, try_go_refuses_beyond_the_limit) {
  vole::errgroup g;
  g.set_limit(1);
  const auto gate = vole::make_chan<vole::unit>();
  EXPECT_TRUE(g.try_go([&] { gate.recv(); }));
  EXPECT_FALSE(g.try_go([] {}));
  gate.close();
  g.wait();
  EXPECT_TRUE(g.try_go([] {}));
  g.wait();
}

TEST(errgroup, its_destructor_cancels_and_waits) {
  std::atomic<bool> ended = false;
  {
    auto [g, ctx] = vole::errgroup::with_context(vole::background());
    g.go([&ended, ctx = ctx] {
      ctx.done().recv();
      ended = true;
    });
  }
  EXPECT_TRUE(ended);
}

TEST(errgroup, can_be_moved_while_it_runs) {
  vole::errgroup a;
  const auto gate = vole::make_chan<vole::unit>();
  std::atomic<bool> ended = false;
  a.go([&] {
    gate.recv();
    ended = true;
  });
  vole::errgroup b = std::move(a);
  gate.close();
  b.wait();
  EXPECT_TRUE(ended);
}

TEST(singleflight, calls_at_the_same_time_share_one_result) {
  vole::singleflight<std::string, int> flights;
  const auto gate = vole::make_chan<vole::unit>();
  std::atomic<int> calls = 0, shared = 0, waiting = 0;
  vole::wait_group all;
  for (int i = 0; i < 5; ++i) {
    all.go([&] {
      ++waiting;
      const auto result = flights.call("key", [&] {
        ++calls;
        gate.recv();
        return 42;
      });
      EXPECT_EQ(result.value, 42);
      if (result.shared) ++shared;
    });
  }
  // All five have begun; those that came while the first flew share its result.
  vole_test::until([&] { return waiting == 5; });
  for (int i = 0; i < 100; ++i) vole::yield();
  gate.close();
  all.wait();
  EXPECT_GE(calls, 1);
  EXPECT_LE(calls, 5);
  if (calls == 1) {
    EXPECT_EQ(shared, 5);
  }
}

TEST(singleflight, a_call_alone_is_not_shared_and_forget_starts_anew) {
  vole::singleflight<int, std::string> flights;
  const auto first = flights.call(1, [] { return std::string("a"); });
  EXPECT_EQ(first.value, "a");
  EXPECT_FALSE(first.shared);
  const auto entered = vole::make_chan<vole::unit>();
  const auto gate = vole::make_chan<vole::unit>();
  vole::wait_group slow;
  slow.go([&] {
    EXPECT_EQ(flights
                  .call(1,
                        [&] {
                          entered.send({});
                          gate.recv();
                          return std::string("old");
                        })
                  .value,
              "old");
  });
  entered.recv();
  flights.forget(1);
  EXPECT_EQ(flights.call(1, [] { return std::string("new"); }).value, "new");
  gate.close();
  slow.wait();
}

TEST(singleflight, an_exception_reaches_every_caller) {
  vole::singleflight<int, int> flights;
  EXPECT_THROW(flights.call(1, []() -> int { throw std::runtime_error("x"); }), std::runtime_error);
  EXPECT_EQ(flights.call(1, [] { return 3; }).value, 3);
}

}  // namespace
