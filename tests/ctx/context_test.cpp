// SPDX-License-Identifier: Apache-2.0
// Laws of contexts: the tree, causes, deadlines, values.
#include <gtest/gtest.h>
#include <vole/context.h>
#include <vole/go.h>
#include <vole/select.h>
#include <vole/wait_group.h>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/blocked.h"

using namespace std::chrono_literals;
using vole::context;
using vole::context_errc;
using vole::event::wait_reason;

namespace {

std::exception_ptr because(const char* text) {
  return std::make_exception_ptr(std::runtime_error(text));
}

std::string text_of(const std::exception_ptr& e) {
  try {
    std::rethrow_exception(e);
  } catch (const std::exception& x) {
    return x.what();
  }
}

bool has_ended(const context& ctx) {
  return vole::select(vole::on_recv(ctx.done()), vole::on_default()) == 0;
}

TEST(context, everything_below_has_ended_when_cancel_returns) {
  auto [root, cancel] = vole::with_cancel(vole::background());
  static const vole::context_key<int> key{"depth"};
  std::vector<context> all{root};
  std::vector<vole::cancel_func> cancels;
  for (int i = 0; i < 100; ++i) {
    auto [child, cancel_child] = vole::with_cancel(vole::with_value(all[i / 2], key, i));
    all.push_back(child);
    cancels.push_back(std::move(cancel_child));
  }
  cancel(because("enough"));
  for (const context& ctx : all) {
    EXPECT_TRUE(has_ended(ctx));
    EXPECT_EQ(ctx.err(), context_errc::canceled);
    EXPECT_EQ(text_of(ctx.cause()), "enough");
  }
}

TEST(context, chains_may_be_very_long) {
  auto [root, cancel] = vole::with_cancel(vole::background());
  context last = root;
  for (int i = 0; i < 50'000; ++i) {
    auto [child, cancel_child] = vole::with_cancel(last);
    cancel_child.detach();
    last = child;
  }
  cancel();
  EXPECT_TRUE(has_ended(last));
}

TEST(context, a_child_of_an_ended_one_has_ended_with_its_cause) {
  auto [parent, cancel] = vole::with_cancel(vole::background());
  cancel(because("before"));
  auto [child, cancel_child] = vole::with_timeout(parent, 1h);
  EXPECT_TRUE(has_ended(child));
  EXPECT_EQ(child.err(), context_errc::canceled);
  EXPECT_EQ(text_of(child.cause()), "before");
}

TEST(context, the_first_end_counts) {
  auto [parent, cancel_parent] = vole::with_cancel(vole::background());
  auto [child, cancel_child] = vole::with_cancel(parent);
  cancel_child(because("child"));
  cancel_parent(because("parent"));
  EXPECT_EQ(text_of(child.cause()), "child");
  EXPECT_EQ(text_of(parent.cause()), "parent");
}

TEST(context, a_deadline_ends_the_children_too) {
  auto [parent, cancel] = vole::with_timeout(vole::background(), 1ms, because("slow"));
  auto [child, cancel_child] = vole::with_cancel(parent);
  EXPECT_EQ(child.deadline(), parent.deadline());
  EXPECT_FALSE(child.done().recv());
  EXPECT_EQ(child.err(), context_errc::deadline_exceeded);
  EXPECT_EQ(text_of(child.cause()), "slow");
}

TEST(context, a_later_deadline_than_the_parents_changes_nothing) {
  auto [parent, cancel] = vole::with_timeout(vole::background(), 1ms);
  auto [child, cancel_child] = vole::with_timeout(parent, 1h, because("not this one"));
  EXPECT_FALSE(child.done().recv());
  EXPECT_EQ(text_of(child.cause()), "context deadline exceeded");
}

TEST(context, err_is_there_for_whoever_saw_done) {
  for (int i = 0; i < 300; ++i) {
    auto [ctx, cancel] = vole::with_cancel(vole::background());
    vole::wait_group all;
    for (int g = 0; g < 3; ++g)
      all.go([ctx = ctx] {
        ctx.done().recv();
        EXPECT_EQ(ctx.err(), context_errc::canceled);
      });
    all.go([ctx = ctx] {
      vole_test::until([&] { return static_cast<bool>(ctx.err()); });
      EXPECT_TRUE(has_ended(ctx));
    });
    cancel();
    all.wait();
  }
}

TEST(context, many_may_cancel_at_once) {
  for (int i = 0; i < 200; ++i) {
    auto [root, cancel_root] = vole::with_cancel(vole::background());
    std::vector<context> leaves;
    std::vector<vole::cancel_func> cancels;
    for (int k = 0; k < 4; ++k) {
      auto [leaf, cancel] = vole::with_timeout(root, 20us);
      leaves.push_back(leaf);
      cancels.push_back(std::move(cancel));
    }
    vole::wait_group all;
    for (auto& cancel : cancels) all.go([&] { cancel(); });
    all.go([&] { cancel_root(); });
    all.wait();
    for (const context& leaf : leaves) EXPECT_TRUE(leaf.err());
  }
}

TEST(context, children_may_come_and_go_while_it_ends) {
  for (int i = 0; i < 100; ++i) {
    auto [root, cancel] = vole::with_timeout(vole::background(), 30us);
    vole::wait_group all;
    for (int g = 0; g < 4; ++g)
      all.go([root = root] {
        while (!root.err()) {
          auto [child, cancel_child] = vole::with_timeout(root, 10us);
          auto [grandchild, cancel_grandchild] = vole::with_cancel(child);
        }
      });
    all.wait();
  }
}

// The channel is made when somebody asks for it: before, while, or after the context ends.
TEST(context, all_who_ask_get_the_same_done_channel_and_it_closes) {
  for (int i = 0; i < 300; ++i) {
    auto [ctx, cancel] = vole::with_cancel(vole::background());
    vole::wait_group all;
    std::array<vole::recv_chan<vole::unit>, 4> seen;
    for (std::size_t g = 0; g < seen.size(); ++g)
      all.go([&, g, ctx = ctx] {
        if (g % 2 == 0) vole::yield();
        seen[g] = ctx.done();
        seen[g].recv();
        EXPECT_TRUE(ctx.err());
      });
    all.go([&] { cancel(); });
    all.wait();
    for (const auto& one : seen) EXPECT_TRUE(one == ctx.done());
  }
}

TEST(context, cancelling_a_branch_leaves_the_rest_of_the_tree_alone) {
  auto [root, cancel_root] = vole::with_cancel(vole::background());
  auto [left, cancel_left] = vole::with_cancel(root);
  auto [left_leaf, cancel_left_leaf] = vole::with_timeout(left, 1h);
  auto [right, cancel_right] = vole::with_cancel(root);
  cancel_left(because("left"));
  EXPECT_EQ(text_of(left_leaf.cause()), "left");
  EXPECT_FALSE(root.err());
  EXPECT_FALSE(right.err());
  cancel_root(because("root"));
  EXPECT_EQ(text_of(right.cause()), "root");
  EXPECT_EQ(text_of(left.cause()), "left");
}

TEST(context, a_deadline_is_handed_down_and_only_an_earlier_one_replaces_it) {
  const auto soon = vole::steady_clock::now() + 1h;
  auto [parent, cancel_parent] = vole::with_deadline(vole::background(), soon);
  auto [same, cancel_same] = vole::with_cancel(parent);
  auto [later, cancel_later] = vole::with_deadline(parent, soon + 1h);
  auto [earlier, cancel_earlier] = vole::with_deadline(parent, soon - 1min);
  EXPECT_EQ(same.deadline(), soon);
  EXPECT_EQ(later.deadline(), soon);
  EXPECT_EQ(earlier.deadline(), soon - 1min);
  EXPECT_FALSE(vole::without_cancel(earlier).deadline());
}

TEST(context, a_deadline_that_has_passed_ends_it_at_once_but_the_parents_end_comes_first) {
  auto [past, cancel_past] = vole::with_deadline(vole::background(), vole::time_point::min());
  EXPECT_EQ(past.err(), context_errc::deadline_exceeded);
  auto [zero, cancel_zero] = vole::with_timeout(vole::background(), 0ns, because("zero"));
  EXPECT_EQ(text_of(zero.cause()), "zero");
  auto [parent, cancel_parent] = vole::with_cancel(vole::background());
  cancel_parent();
  auto [child, cancel_child] = vole::with_timeout(parent, 0ns);
  EXPECT_EQ(child.err(), context_errc::canceled);
}

// Many contexts whose deadlines and cancels come at the same time: each ends once, and for one
// reason.
TEST(context, deadlines_and_cancels_may_race) {
  for (int i = 0; i < 30; ++i) {
    auto [root, cancel_root] = vole::with_cancel(vole::background());
    vole::wait_group all;
    for (int g = 0; g < 8; ++g)
      all.go([root = root, g] {
        for (int k = 0; k < 50; ++k) {
          const std::exception_ptr mine = because("mine");
          auto [ctx, cancel] = vole::with_timeout(root, std::chrono::microseconds(k % 20 + g));
          const auto error = ctx.err();
          cancel(mine);
          if (!error && ctx.err() == context_errc::canceled) {
            EXPECT_TRUE(text_of(ctx.cause()) == "mine" || root.err());
          }
          EXPECT_TRUE(ctx.err());
          EXPECT_EQ(ctx.err(), ctx.err());
        }
      });
    all.go([&] { cancel_root(because("root")); });
    all.wait();
  }
}

// Whoever cancels the root waits for those who are just ending a branch.
TEST(context, everything_below_has_ended_when_cancel_returns_also_what_others_end) {
  for (int i = 0; i < 300; ++i) {
    auto [root, cancel_root] = vole::with_cancel(vole::background());
    auto [branch, cancel_branch] = vole::with_timeout(root, std::chrono::microseconds(i % 40));
    std::vector<context> leaves;
    std::vector<vole::cancel_func> cancels;
    for (int k = 0; k < 20; ++k) {
      auto [leaf, cancel] =
          vole::with_cancel(k % 2 == 0 || leaves.empty() ? branch : leaves.back());
      if (k % 3 == 0) static_cast<void>(leaf.done());
      leaves.push_back(leaf);
      cancels.push_back(std::move(cancel));
    }
    vole::wait_group others;
    others.go([&] { cancels[4](); });
    others.go([&] { cancel_branch(); });
    vole::yield();
    cancel_root();
    for (const context& leaf : leaves) {
      EXPECT_TRUE(leaf.err());
      EXPECT_TRUE(has_ended(leaf));
    }
    others.wait();
  }
}

TEST(context, values_are_destroyed_with_the_last_context_that_has_them) {
  static const vole::context_key<std::shared_ptr<int>> key{"held"};
  const auto held = std::make_shared<int>(1);
  std::optional<context> below;
  {
    const context with = vole::with_value(vole::background(), key, held);
    auto [child, cancel] = vole::with_cancel(with);
    below = vole::without_cancel(child);
  }
  EXPECT_EQ(held.use_count(), 2);
  EXPECT_EQ(**below->value(key), 1);
  below.reset();
  EXPECT_EQ(held.use_count(), 1);
}

TEST(context, no_goroutine_stands_behind_one) {
  vole_test::until_alone();
  const std::size_t before = vole::num_goroutine();
  auto [a, cancel_a] = vole::with_timeout(vole::background(), 1h);
  auto [b, cancel_b] = vole::with_cancel(a);
  const context c = std::stop_source().get_token();
  static_cast<void>(vole::after_func(b, [] {}));
  EXPECT_EQ(vole::num_goroutine(), before);
}

TEST(context, background_is_never_done) {
  EXPECT_FALSE(static_cast<bool>(vole::background().done())) << "a nil channel";
  EXPECT_FALSE(static_cast<bool>(vole::without_cancel(vole::background()).done()));
}

}  // namespace
