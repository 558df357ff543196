// SPDX-License-Identifier: Apache-2.0
// Laws of the weighted semaphore.
#include <gtest/gtest.h>
#include <vole/context.h>
#include <vole/go.h>
#include <vole/panic.h>
#include <vole/sync.h>

#include <atomic>
#include <vector>

#include "tests/support/blocked.h"

using namespace std::chrono_literals;
using vole::background;
using vole::event::wait_reason;
using vole_test::until_blocked;

namespace {

TEST(weighted_semaphore, never_gives_more_than_it_has) {
  vole::weighted_semaphore s(10);
  std::atomic<int> held = 0;
  vole::wait_group all;
  for (int g = 1; g <= 6; ++g)
    all.go([&, g] {
      for (int i = 0; i < 200; ++i) {
        EXPECT_FALSE(s.acquire(background(), g));
        EXPECT_LE(held += g, 10);
        if (i % 4 == 0) vole::yield();
        held -= g;
        s.release(g);
      }
    });
  all.wait();
  EXPECT_TRUE(s.try_acquire(10));
}

TEST(weighted_semaphore, a_release_lets_all_in_that_fit) {
  vole::weighted_semaphore s(4);
  EXPECT_TRUE(s.try_acquire(4));
  vole::wait_group all;
  for (std::size_t i = 0; i < 4; ++i) {
    all.go([&] { EXPECT_FALSE(s.acquire(background())); });
    until_blocked(wait_reason::select, i + 1);
  }
  s.release(4);
  all.wait();
  EXPECT_FALSE(s.try_acquire());
}

TEST(weighted_semaphore, one_that_gives_up_lets_those_behind_it_in) {
  vole::weighted_semaphore s(2);
  EXPECT_TRUE(s.try_acquire(1));
  auto [ctx, cancel] = vole::with_cancel(background());
  vole::wait_group large, small;
  large.go([&, ctx = ctx] { EXPECT_EQ(s.acquire(ctx, 2), vole::context_errc::canceled); });
  until_blocked(wait_reason::select, 1);
  small.go([&] { EXPECT_FALSE(s.acquire(background(), 1)); });
  until_blocked(wait_reason::select, 2);
  cancel();
  large.wait();
  small.wait();
}

TEST(weighted_semaphore, a_request_that_can_never_be_met_waits_for_its_context) {
  vole::weighted_semaphore s(1);
  auto [ctx, cancel] = vole::with_timeout(background(), 1ms);
  EXPECT_EQ(s.acquire(ctx, 2), vole::context_errc::deadline_exceeded);
  EXPECT_TRUE(s.try_acquire(1)) << "it has not stood in anybody's way";
}

TEST(weighted_semaphore, amounts_are_conserved_when_contexts_end_all_the_time) {
  vole::weighted_semaphore s(3);
  vole::wait_group all;
  for (int g = 0; g < 5; ++g)
    all.go([&, g] {
      for (int i = 0; i < 200; ++i) {
        auto [ctx, cancel] = vole::with_timeout(background(), std::chrono::microseconds(i % 20));
        const int n = 1 + (g + i) % 3;
        if (!s.acquire(ctx, n)) {
          vole::yield();
          s.release(n);
        }
      }
    });
  all.wait();
  EXPECT_TRUE(s.try_acquire(3));
  s.release(3);
  EXPECT_THROW(s.release(), vole::panic);
}

}  // namespace
