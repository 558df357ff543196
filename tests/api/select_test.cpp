// SPDX-License-Identifier: Apache-2.0
// The contract of <vole/select.h>: which case runs, what it returns, and what happens to values.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/panic.h>
#include <vole/select.h>

#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "support.h"

static_assert(std::is_same_v<decltype(vole::on_default()), vole::select_case>);
static_assert(std::is_same_v<decltype(vole::on_recv(vole::chan<int>())), vole::select_case>);
static_assert(std::is_same_v<decltype(vole::on_send(vole::chan<int>(), 1)), vole::select_case>);
static_assert(std::is_move_constructible_v<vole::select_case>);
static_assert(std::is_same_v<decltype(vole::select(vole::on_default())), std::size_t>);

namespace {

TEST(select, returns_the_position_of_the_case_that_ran) {
  const auto a = vole::make_chan<int>(1);
  const auto b = vole::make_chan<int>(1);
  b.send(7);
  std::optional<int> got;
  EXPECT_EQ(vole::select(vole::on_recv(a), vole::on_recv(b, got)), 1u);
  EXPECT_EQ(got, 7);
}

TEST(select, out_is_nullopt_when_the_channel_was_closed) {
  const auto ch = vole::make_chan<int>();
  ch.close();
  std::optional<int> got = 3;
  EXPECT_EQ(vole::select(vole::on_recv(ch, got)), 0u);
  EXPECT_EQ(got, std::nullopt);
}

TEST(select, handlers_get_the_value_and_run_once) {
  const auto in = vole::make_chan<std::unique_ptr<int>>(1);
  const auto out = vole::make_chan<int>(1);
  in.send(std::make_unique<int>(5));
  int seen = 0;
  EXPECT_EQ(
      vole::select(vole::on_recv(in, [&](std::optional<std::unique_ptr<int>> v) { seen = **v; })),
      0u);
  EXPECT_EQ(seen, 5);
  int sent = 0;
  EXPECT_EQ(vole::select(vole::on_send(out, 8, [&] { ++sent; })), 0u);
  EXPECT_EQ(sent, 1);
  EXPECT_EQ(out.recv(), 8);
}

TEST(select, default_runs_only_when_nothing_is_ready) {
  const auto ch = vole::make_chan<int>(1);
  int defaults = 0;
  EXPECT_EQ(vole::select(vole::on_recv(ch), vole::on_default()), 1u);
  EXPECT_EQ(vole::select(vole::on_recv(ch), vole::on_default([&] { ++defaults; })), 1u);
  ch.send(1);
  EXPECT_EQ(vole::select(vole::on_recv(ch), vole::on_default([&] { ++defaults; })), 0u);
  EXPECT_EQ(defaults, 1);
}

TEST(select, a_parked_select_is_woken_by_any_of_its_cases) {
  for (std::size_t which = 0; which < 2; ++which) {
    const std::vector<vole::chan<int>> in{vole::make_chan<int>(), vole::make_chan<int>()};
    const auto out = vole::make_chan<std::size_t>(1);
    vole::go([=] {
      std::optional<int> got;
      const std::size_t ran = vole::select(vole::on_recv(in[0], got), vole::on_recv(in[1], got));
      out.send(got == 3 ? ran : 99);
    });
    in[which].send(3);
    EXPECT_EQ(out.recv(), which);
  }
  const auto sink = vole::make_chan<std::string>();
  vole::go([sink] { vole::select(vole::on_send(sink, std::string("from select"))); });
  EXPECT_EQ(sink.recv(), "from select");
}

TEST(select, among_ready_cases_the_choice_is_uniform) {
  constexpr int kRounds = 4000;
  const auto a = vole::make_chan<int>();
  const auto b = vole::make_chan<int>();
  a.close();
  b.close();
  int first = 0;
  for (int i = 0; i < kRounds; ++i) first += vole::select(vole::on_recv(a), vole::on_recv(b)) == 0;
  // 2000 +- 32 is one standard deviation; 10 of them happen by chance once in 10^23 runs.
  EXPECT_NEAR(first, kRounds / 2, 320);
}

TEST(select, nil_channels_are_never_ready) {
  const vole::chan<int> nil;
  EXPECT_EQ(vole::select(vole::on_recv(nil), vole::on_send(nil, 1), vole::on_default()), 2u);
  const auto ch = vole::make_chan<int>(1);
  ch.send(1);
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(vole::select(vole::on_recv(nil), vole::on_recv(ch)), 1u);
    ch.send(1);
  }
}

TEST(select, takes_a_number_of_cases_known_only_at_run_time) {
  std::vector<vole::chan<int>> channels;
  for (int i = 0; i < 40; ++i) channels.push_back(vole::make_chan<int>(1));
  channels[29].send(29);
  std::optional<int> got;
  std::vector<vole::select_case> cases;
  for (const auto& ch : channels) cases.push_back(vole::on_recv(ch, got));
  EXPECT_EQ(vole::select(std::span<vole::select_case>(cases)), 29u);
  EXPECT_EQ(got, 29);
}

// The last handle goes as the functions return. Clang's warns where the case borrows it.
vole::select_case of_a_handle_given_over() {
  auto ch = vole::make_chan<int>(1);
  ch.send(1);
  return vole::on_recv(std::move(ch));
}
vole::select_case of_a_named_handle() {
  auto ch = vole::make_chan<int>(1);
  ch.send(2);
#if defined(__clang__)
  return vole::on_recv(std::move(ch));
#else
  return vole::on_recv(ch);
#endif
}
TEST(select, a_case_may_be_all_that_is_left_of_a_channel) {
  EXPECT_EQ(vole::select(of_a_handle_given_over(), vole::on_default()), 0u);
  EXPECT_EQ(vole::select(of_a_named_handle(), vole::on_default()), 0u);
  const auto ch = vole::make_chan<int>(1);
  ch.send(3);
  std::optional<int> got;
  vole::select_case kept = vole::on_recv(ch, got);
  vole::select_case moved = std::move(kept);  // holds the channel, whoever compiles
  EXPECT_EQ(vole::select(moved, vole::on_default()), 0u);
  EXPECT_EQ(got, 3);
}

TEST(select, one_way_handles_serve_as_cases) {
  const auto ch = vole::make_chan<int>(1);
  const vole::send_chan<int> in = ch;
  const vole::recv_chan<int> out = ch;
  EXPECT_EQ(vole::select(vole::on_send(in, 4), vole::on_default()), 0u);
  std::optional<int> got;
  EXPECT_EQ(vole::select(vole::on_recv(out, got), vole::on_default()), 0u);
  EXPECT_EQ(got, 4);
}

TEST(select, a_value_not_sent_is_destroyed_with_its_case) {
  const auto full = vole::make_chan<std::shared_ptr<int>>();
  const auto value = std::make_shared<int>(1);
  EXPECT_EQ(vole::select(vole::on_send(full, value), vole::on_default()), 1u);
  EXPECT_EQ(value.use_count(), 1);

  const auto room = vole::make_chan<std::shared_ptr<int>>(1);
  EXPECT_EQ(vole::select(vole::on_send(room, value), vole::on_default()), 0u);
  EXPECT_EQ(value.use_count(), 2);
  room.recv();
  EXPECT_EQ(value.use_count(), 1);
}

TEST(select, handlers_run_with_all_locks_dropped_and_their_exception_leaves_select) {
  const auto ch = vole::make_chan<int>(1);
  ch.send(1);
  EXPECT_EQ(vole::select(vole::on_recv(ch, [&](std::optional<int>) { ch.send(2); })), 0u);
  EXPECT_THROW(
      vole::select(vole::on_recv(ch, [](std::optional<int>) { throw std::runtime_error("x"); })),
      std::runtime_error);
  EXPECT_EQ(ch.len(), 0u);
}

TEST(select, sending_on_a_closed_channel_throws) {
  const auto ch = vole::make_chan<int>();
  ch.close();
  EXPECT_THROW(vole::select(vole::on_send(ch, 1)), vole::send_on_closed_channel);
  EXPECT_THROW(vole::select(vole::on_send(ch, 1), vole::on_default()),
               vole::send_on_closed_channel);
}

TEST(select, two_selects_on_the_same_channels_both_get_through) {
  const auto a = vole::make_chan<int>();
  const auto b = vole::make_chan<int>();
  const auto ended = vole::make_chan<vole::unit>();
  const auto run = [=](int sends) {
    for (int i = 0; i < 300; ++i) {
      if (sends != 0) {
        vole::select(vole::on_send(a, i), vole::on_send(b, i));
      } else {
        vole::select(vole::on_recv(b), vole::on_recv(a));
      }
    }
    ended.send({});
  };
  for (int i = 0; i < 4; ++i) vole::go(run, i % 2);
  for (int i = 0; i < 4; ++i) ended.recv();
}

TEST(select_death, no_case_at_all_blocks_for_ever) {
  EXPECT_EXIT(vole::select(), ::testing::ExitedWithCode(2),
              "goroutine 1 \\[select \\(no cases\\)\\]:");
}

}  // namespace
