// SPDX-License-Identifier: Apache-2.0
// What contexts and the semaphore announce: a cancellation is a close, and whoever learns of it has
// seen that close.
#include <gtest/gtest.h>
#include <vole/context.h>
#include <vole/go.h>
#include <vole/sync.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/announcements.h"
#include "tests/support/blocked.h"

using vole_test::recorder;
using lines = std::vector<std::string>;

namespace {

struct context_announcement : ::testing::Test {
  void SetUp() override {
    static_cast<void>(vole::goroutine_id());
    recorder::name_self("main");
  }
  recorder heard;

  // What was heard, but for the counting of references.
  lines heard_of_contexts() {
    lines all = heard.taken();
    std::erase_if(all, [](const std::string& line) {
      return line.ends_with(" waited") || (line.ends_with(" done") && !line.ends_with("once done"));
    });
    return all;
  }
};

TEST_F(context_announcement, whoever_learns_of_the_end_has_observed_it) {
  auto [ctx, cancel] = vole::with_cancel(vole::background());
  static_cast<void>(ctx.err());
  EXPECT_EQ(heard_of_contexts(), lines{}) << "that it has not ended orders nothing";
  cancel();
  EXPECT_EQ(heard_of_contexts(), (lines{"main once done"}));
  heard.clear();
  static_cast<void>(ctx.err());
  EXPECT_EQ(heard_of_contexts(), (lines{"main once observed"}));
  heard.clear();
  static_cast<void>(ctx.cause());
  EXPECT_EQ(heard_of_contexts(), (lines{"main once observed"}));
}

TEST_F(context_announcement, the_done_channel_is_closed_after_the_end_is_announced) {
  auto [ctx, cancel] = vole::with_cancel(vole::background());
  const auto done = ctx.done();
  heard.clear();
  cancel();
  EXPECT_EQ(heard_of_contexts(), (lines{"main once done", "main closed"}));
}

TEST_F(context_announcement, a_done_channel_asked_for_late_is_closed_by_one_who_has_observed) {
  auto [ctx, cancel] = vole::with_cancel(vole::background());
  cancel();
  heard.clear();
  const auto done = ctx.done();
  EXPECT_EQ(heard_of_contexts(), (lines{"main once observed", "main closed"}));
  done.recv();
  EXPECT_TRUE(done == ctx.done());
}

TEST_F(context_announcement, after_func_is_armed_before_its_function_runs) {
  auto [ctx, cancel] = vole::with_cancel(vole::background());
  const auto stop = vole::after_func(ctx, [] {});
  EXPECT_EQ(heard_of_contexts(), (lines{"main armed"}));
  heard.clear();
  cancel();
  vole_test::until_alone();
  const lines said = heard_of_contexts();
  EXPECT_EQ(std::count(said.begin(), said.end(), "? got the firing"), 1);
}

TEST_F(context_announcement, a_release_comes_before_the_acquire_it_lets_through) {
  vole::weighted_semaphore s(1);
  static_cast<void>(s.acquire(vole::background()));
  vole::go([&] {
    recorder::name_self("g");
    static_cast<void>(s.acquire(vole::background()));
  });
  vole_test::until_blocked(vole::event::wait_reason::select);
  s.release();
  vole_test::until_alone();
  const lines said = heard.taken();
  const auto gave = std::find(said.begin(), said.end(), "main gave back");
  EXPECT_EQ(said.front(), "main took");
  EXPECT_NE(std::find(gave, said.end(), "g took"), said.end());
}

}  // namespace
