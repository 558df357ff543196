// SPDX-License-Identifier: Apache-2.0
// Laws of the bridges between contexts and std::stop_token.
#include <gtest/gtest.h>
#include <vole/context.h>
#include <vole/go.h>
#include <vole/wait_group.h>

#include <atomic>
#include <stop_token>
#include <thread>

#include "tests/support/blocked.h"

using namespace std::chrono_literals;
using vole::context;

namespace {

TEST(stop_token, a_request_ends_the_context_and_what_is_below) {
  std::stop_source source;
  const context ctx = source.get_token();
  auto [child, cancel] = vole::with_cancel(ctx);
  vole::wait_group waiter;
  waiter.go([child = child] { child.done().recv(); });
  vole_test::until_blocked(vole::event::wait_reason::chan_receive);
  std::thread([&] { source.request_stop(); }).join();
  waiter.wait();
  EXPECT_EQ(child.err(), vole::context_errc::canceled);
}

TEST(stop_token, one_that_can_never_stop_is_the_background) {
  const context ctx = std::stop_token();
  EXPECT_FALSE(static_cast<bool>(ctx.done()));
  const std::stop_token back = vole::background();
  EXPECT_FALSE(back.stop_possible());
}

TEST(stop_token, a_request_that_came_first_has_ended_the_context) {
  std::stop_source source;
  source.request_stop();
  const context ctx = source.get_token();
  EXPECT_TRUE(ctx.err());
}

TEST(stop_token, the_contexts_end_requests_the_stop) {
  auto [ctx, cancel] = vole::with_cancel(vole::background());
  const std::stop_token token = ctx, again = ctx;
  EXPECT_TRUE(token == again) << "one source for each context";
  int called = 0;
  const std::stop_callback callback(token, [&] { ++called; });
  cancel();
  EXPECT_EQ(called, 1) << "when cancel returns";
  const std::stop_token late = ctx;
  EXPECT_TRUE(late.stop_requested());
}

TEST(stop_token, a_deadline_requests_the_stop_in_a_goroutine) {
  auto [ctx, cancel] = vole::with_timeout(vole::background(), 1ms);
  const std::stop_token token = ctx;
  const auto called = vole::make_chan<vole::unit>(1);
  // The callback waits: it may, since it does not run on the timer thread.
  const std::stop_callback callback(token, [&] {
    vole::sleep(10us);
    called.send({});
  });
  EXPECT_TRUE(called.recv());
}

TEST(stop_token, contexts_may_go_while_stops_are_requested) {
  for (int i = 0; i < 300; ++i) {
    std::stop_source source;
    vole::wait_group all;
    for (int g = 0; g < 3; ++g)
      all.go([token = source.get_token()] {
        const context ctx = token;
        auto [child, cancel] = vole::with_cancel(ctx);
        const std::stop_token below = child;
      });
    all.go([&] { source.request_stop(); });
    all.wait();
  }
}

TEST(stop_token, there_and_back_again) {
  std::stop_source source;
  const context ctx = source.get_token();
  const std::stop_token token = ctx;
  EXPECT_FALSE(token.stop_requested());
  source.request_stop();
  EXPECT_TRUE(token.stop_requested());
}

}  // namespace
