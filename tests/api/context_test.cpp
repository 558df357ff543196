// SPDX-License-Identifier: Apache-2.0
// The contract of <vole/context.h>: cancellation, deadlines, causes, values and std::stop_token.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/context.h>
#include <vole/go.h>
#include <vole/select.h>
#include <vole/time.h>

#include <exception>
#include <functional>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

#include "support.h"

using namespace std::chrono_literals;
using vole::context_errc;

static_assert(std::is_error_code_enum_v<vole::context_errc>);
static_assert(static_cast<int>(context_errc::canceled) == 1);
static_assert(std::is_copy_constructible_v<vole::context>);
static_assert(std::is_move_constructible_v<vole::cancel_func>);
static_assert(!std::is_copy_constructible_v<vole::cancel_func>);
static_assert(std::is_same_v<decltype(vole::background().done()), vole::recv_chan<vole::unit>>);
static_assert(std::is_same_v<decltype(vole::background().err()), std::error_code>);
static_assert(std::is_same_v<decltype(vole::background().cause()), std::exception_ptr>);
static_assert(
    std::is_same_v<decltype(vole::background().deadline()), std::optional<vole::time_point>>);
static_assert(std::is_same_v<decltype(vole::with_cancel(vole::background())),
                             std::pair<vole::context, vole::cancel_func>>);

namespace {

std::string text_of(const std::exception_ptr& e) {
  try {
    std::rethrow_exception(e);
  } catch (const std::exception& x) {
    return x.what();
  }
}

// True once ctx is done; waits for that.
bool ends(const vole::context& ctx) { return !ctx.done().recv(); }

TEST(context, messages_are_those_of_go) {
  EXPECT_EQ(make_error_code(context_errc::canceled).message(), "context canceled");
  EXPECT_EQ(make_error_code(context_errc::deadline_exceeded).message(),
            "context deadline exceeded");
  const std::error_code code = context_errc::canceled;
  EXPECT_EQ(code, context_errc::canceled);
}

TEST(context, background_and_todo_never_end) {
  for (const vole::context& ctx : {vole::background(), vole::todo()}) {
    EXPECT_FALSE(ctx.err());
    EXPECT_FALSE(ctx.cause());
    EXPECT_FALSE(ctx.deadline());
    EXPECT_EQ(vole::select(vole::on_recv(ctx.done()), vole::on_default()), 1u);
  }
}

TEST(context, cancel_ends_it_and_all_below_but_not_its_parent) {
  auto [parent, cancel_parent] = vole::with_cancel(vole::background());
  auto [child, cancel_child] = vole::with_cancel(parent);
  auto [grandchild, cancel_grandchild] = vole::with_cancel(child);
  cancel_child();
  EXPECT_TRUE(ends(child));
  EXPECT_TRUE(ends(grandchild));
  EXPECT_EQ(child.err(), context_errc::canceled);
  EXPECT_EQ(grandchild.err(), context_errc::canceled);
  EXPECT_FALSE(parent.err());
  cancel_child();  // again: nothing
}

TEST(context, cancel_wakes_every_waiter) {
  auto [ctx, cancel] = vole::with_cancel(vole::background());
  const auto woke = vole::make_chan<bool>(5);
  for (int i = 0; i < 5; ++i) vole::go([ctx = ctx, woke] { woke.send(ends(ctx)); });
  cancel();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(woke.recv(), true);
}

TEST(context, a_plain_cancel_has_the_code_as_its_cause) {
  auto [ctx, cancel] = vole::with_cancel(vole::background());
  cancel();
  try {
    std::rethrow_exception(ctx.cause());
  } catch (const std::system_error& e) {
    EXPECT_EQ(e.code(), context_errc::canceled);
  }
}

TEST(context, a_cause_given_to_cancel_is_kept_and_inherited) {
  auto [ctx, cancel] = vole::with_cancel(vole::background());
  auto [child, cancel_child] = vole::with_cancel(ctx);
  cancel(std::make_exception_ptr(std::runtime_error("because")));
  cancel(std::make_exception_ptr(std::runtime_error("too late")));
  EXPECT_EQ(text_of(ctx.cause()), "because");
  EXPECT_EQ(text_of(child.cause()), "because");
  EXPECT_EQ(ctx.err(), context_errc::canceled);
}

TEST(context, cancel_func_cancels_when_destroyed_unless_detached) {
  std::optional<vole::context> kept;
  {
    auto [ctx, cancel] = vole::with_cancel(vole::background());
    kept = ctx;
  }
  EXPECT_EQ(kept->err(), context_errc::canceled);
  {
    auto [ctx, cancel] = vole::with_cancel(vole::background());
    kept = ctx;
    cancel.detach();
  }
  EXPECT_FALSE(kept->err());

  auto [ctx, cancel] = vole::with_cancel(vole::background());
  {
    vole::cancel_func moved = std::move(cancel);
    EXPECT_FALSE(ctx.err());
  }
  EXPECT_EQ(ctx.err(), context_errc::canceled);
}

TEST(context, a_timeout_ends_it_with_deadline_exceeded) {
  const auto before = vole::steady_clock::now();
  auto [ctx, cancel] = vole::with_timeout(vole::background(), 2ms);
  ASSERT_TRUE(ctx.deadline());
  EXPECT_GE(*ctx.deadline(), before + 2ms);
  EXPECT_TRUE(ends(ctx));
  EXPECT_GE(vole::steady_clock::now(), before + 2ms);
  EXPECT_EQ(ctx.err(), context_errc::deadline_exceeded);
  EXPECT_THROW(std::rethrow_exception(ctx.cause()), std::system_error);

  auto [past, cancel_past] = vole::with_timeout(vole::background(), -1s);
  EXPECT_EQ(past.err(), context_errc::deadline_exceeded);
}

TEST(context, a_deadline_is_the_earlier_of_its_own_and_its_parents) {
  const auto soon = vole::steady_clock::now() + 1h;
  auto [parent, cancel_parent] = vole::with_deadline(vole::background(), soon);
  auto [later, cancel_later] = vole::with_deadline(parent, soon + 1h);
  auto [sooner, cancel_sooner] = vole::with_deadline(parent, soon - 1min);
  EXPECT_EQ(parent.deadline(), soon);
  EXPECT_EQ(later.deadline(), soon);
  EXPECT_EQ(sooner.deadline(), soon - 1min);
  cancel_sooner();
  EXPECT_EQ(sooner.err(), context_errc::canceled) << "cancelled before the deadline";
}

TEST(context, a_cause_given_with_the_deadline_is_what_cause_returns) {
  auto [ctx, cancel] = vole::with_timeout(vole::background(), 1ms,
                                          std::make_exception_ptr(std::runtime_error("slow disk")));
  EXPECT_TRUE(ends(ctx));
  EXPECT_EQ(ctx.err(), context_errc::deadline_exceeded);
  EXPECT_EQ(text_of(ctx.cause()), "slow disk");
}

TEST(context, values_are_found_by_the_identity_of_the_key) {
  static const vole::context_key<std::string> user{"user"};
  static const vole::context_key<std::string> twin{"user"};
  const vole::context with = vole::with_value(vole::background(), user, std::string("ada"));
  auto [below, cancel] = vole::with_cancel(with);
  static_assert(std::is_same_v<decltype(below.value(user)), const std::string*>);
  ASSERT_NE(below.value(user), nullptr);
  EXPECT_EQ(*below.value(user), "ada");
  EXPECT_EQ(below.value(twin), nullptr);
  EXPECT_EQ(vole::background().value(user), nullptr);
  const vole::context shadowed = vole::with_value(below, user, std::string("bob"));
  EXPECT_EQ(*shadowed.value(user), "bob");
  EXPECT_EQ(*below.value(user), "ada");
}

TEST(context, without_cancel_keeps_values_only) {
  static const vole::context_key<int> number{"number"};
  auto [parent, cancel] = vole::with_timeout(vole::with_value(vole::background(), number, 5), 1h);
  const vole::context free = vole::without_cancel(parent);
  cancel();
  EXPECT_FALSE(free.err());
  EXPECT_FALSE(free.deadline());
  EXPECT_FALSE(free.cause());
  EXPECT_EQ(*free.value(number), 5);
}

TEST(context, after_func_runs_once_when_the_context_ends) {
  auto [ctx, cancel] = vole::with_cancel(vole::background());
  const auto ran = vole::make_chan<int>(2);
  const std::function<bool()> stop = vole::after_func(ctx, [ran] { ran.send(1); });
  EXPECT_EQ(ran.len(), 0u);
  cancel();
  EXPECT_EQ(ran.recv(), 1);
  EXPECT_FALSE(stop()) << "it has run";
}

TEST(context, after_func_that_was_stopped_does_not_run) {
  auto [ctx, cancel] = vole::with_cancel(vole::background());
  const auto ran = vole::make_chan<int>(2);
  const std::function<bool()> stop = vole::after_func(ctx, [ran] { ran.send(1); });
  EXPECT_TRUE(stop());
  EXPECT_FALSE(stop());
  cancel();
  vole_test::settle();
  EXPECT_EQ(ran.len(), 0u);
}

TEST(context, converts_from_and_to_std_stop_token) {
  std::stop_source source;
  const vole::context from = source.get_token();
  EXPECT_FALSE(from.err());
  source.request_stop();
  EXPECT_TRUE(ends(from));
  EXPECT_EQ(from.err(), context_errc::canceled);

  auto [ctx, cancel] = vole::with_cancel(vole::background());
  const std::stop_token to = ctx;
  EXPECT_FALSE(to.stop_requested());
  cancel();
  EXPECT_TRUE(to.stop_requested());
}

}  // namespace
