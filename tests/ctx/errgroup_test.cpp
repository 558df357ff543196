// SPDX-License-Identifier: Apache-2.0
// Laws of errgroup.
#include <gtest/gtest.h>
#include <vole/errgroup.h>
#include <vole/go.h>
#include <vole/panic.h>
#include <vole/select.h>
#include <vole/wait_group.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/blocked.h"

using vole::errgroup;
using vole::event::wait_reason;
using vole_test::until_blocked;

namespace {

TEST(errgroup, the_first_of_many_failures_is_kept) {
  for (int round = 0; round < 100; ++round) {
    auto [group, ctx] = errgroup::with_context(vole::background());
    for (int i = 0; i < 5; ++i) group.go([i] { throw std::runtime_error(std::to_string(i)); });
    std::string thrown;
    try {
      group.wait();
    } catch (const std::runtime_error& e) {
      thrown = e.what();
    }
    try {
      std::rethrow_exception(ctx.cause());
    } catch (const std::runtime_error& e) {
      EXPECT_EQ(thrown, e.what());
    }
    EXPECT_THROW(group.wait(), std::runtime_error) << "and stays the group's failure";
  }
}

TEST(errgroup, go_waits_while_the_limit_is_reached) {
  errgroup group;
  group.set_limit(2);
  const auto gate = vole::make_chan<vole::unit>();
  for (int i = 0; i < 2; ++i) group.go([gate] { gate.recv(); });
  vole::wait_group starter;
  std::atomic<bool> is_through = false;
  starter.go([&] {
    group.go([] {});
    is_through = true;
  });
  until_blocked(wait_reason::chan_send);
  EXPECT_FALSE(is_through);
  EXPECT_FALSE(group.try_go([] {}));
  gate.send({});
  starter.wait();
  gate.send({});
  group.wait();
}

TEST(errgroup, the_limit_can_be_changed_only_between_functions) {
  errgroup group;
  group.set_limit(3);
  const auto gate = vole::make_chan<vole::unit>();
  group.go([gate] { gate.recv(); });
  try {
    group.set_limit(1);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const vole::panic& p) {
    EXPECT_STREQ(p.what(),
                 "errgroup: modify limit while 1 goroutines in the group are still active");
  }
  gate.send({});
  group.wait();
  group.set_limit(-1);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(group.try_go([] {}));
  group.wait();
  group.set_limit(0);
  EXPECT_FALSE(group.try_go([] {}));
}

TEST(errgroup, a_function_that_exits_has_not_failed) {
  errgroup group;
  group.go([] { vole::goexit(); });
  group.wait();
}

TEST(errgroup, the_end_of_the_parent_context_reaches_its_functions) {
  auto [parent, cancel] = vole::with_cancel(vole::background());
  auto [group, ctx] = errgroup::with_context(parent);
  for (int i = 0; i < 3; ++i) group.go([ctx = ctx] { ctx.done().recv(); });
  cancel();
  group.wait();
}

TEST(errgroup, a_function_may_start_more) {
  errgroup group;
  std::atomic<int> ran = 0;
  group.go([&] {
    for (int i = 0; i < 10; ++i) group.go([&] { ++ran; });
  });
  group.wait();
  EXPECT_EQ(ran, 10);
}

TEST(errgroup, functions_may_be_move_only_and_are_gone_when_wait_returns) {
  const auto held = std::make_shared<int>();
  errgroup group;
  for (int i = 0; i < 20; ++i)
    group.go([kept = held, owned = std::make_unique<int>(i)] { static_cast<void>(*owned); });
  group.wait();
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
