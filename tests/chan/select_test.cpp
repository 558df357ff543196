// SPDX-License-Identifier: Apache-2.0
// Laws of select.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/panic.h>
#include <vole/select.h>
#include <vole/wait_group.h>

#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/support/blocked.h"

using vole::on_default;
using vole::on_recv;
using vole::on_send;
using vole::select;
using vole::event::wait_reason;
using vole_test::until_blocked;

namespace {

TEST(select, each_of_many_ready_cases_is_equally_likely) {
  constexpr int kCases = 6, kRounds = 12'000;
  std::vector<vole::chan<int>> channels;
  for (int i = 0; i < kCases; ++i) {
    channels.push_back(vole::make_chan<int>());
    channels.back().close();
  }
  std::array<int, kCases> chosen{};
  for (int i = 0; i < kRounds; ++i) {
    std::vector<vole::select_case> cases;
    for (const auto& ch : channels) cases.push_back(on_recv(ch));
    ++chosen[select(std::span(cases))];
  }
  double chi_square = 0;
  const double expected = double{kRounds} / kCases;
  for (int n : chosen) chi_square += (n - expected) * (n - expected) / expected;
  EXPECT_LT(chi_square, 60) << "5 degrees of freedom: by chance once in 10^11 runs";
}

TEST(select, duplicates_of_a_channel_are_cases_of_their_own) {
  const auto ch = vole::make_chan<int>(1);
  std::set<std::size_t> chosen;
  for (int i = 0; i < 200; ++i) {
    ch.send(i);
    std::optional<int> got;
    chosen.insert(select(on_recv(ch, got), on_recv(ch, got), on_recv(ch, got)));
    ASSERT_EQ(got, i);
  }
  EXPECT_EQ(chosen.size(), 3u);
}

TEST(select, a_parked_one_with_duplicates_gets_one_value) {
  const auto ch = vole::make_chan<int>();
  vole::wait_group all;
  std::optional<int> got;
  all.go([&] { select(on_recv(ch, got), on_recv(ch, got)); });
  until_blocked(wait_reason::select);
  ch.send(1);
  EXPECT_EQ(ch.try_send(2), vole::chan_status::would_block) << "nobody is left in the queue";
  all.wait();
  EXPECT_EQ(got, 1);
}

TEST(select, does_not_meet_itself) {
  const auto ch = vole::make_chan<int>();
  EXPECT_EQ(select(on_send(ch, 1), on_recv(ch), on_default()), 2u);
  vole::wait_group all;
  std::size_t ran = 9;
  std::optional<int> got;
  all.go([&] { ran = select(on_send(ch, 1), on_recv(ch, got)); });
  until_blocked(wait_reason::select);
  ch.send(2);
  all.wait();
  EXPECT_EQ(ran, 1u);
  EXPECT_EQ(got, 2);
}

TEST(select, two_that_both_send_and_receive_on_one_channel_meet) {
  const auto ch = vole::make_chan<int>();
  vole::wait_group all;
  std::atomic<int> sent = 0, received = 0;
  for (int g = 0; g < 2; ++g)
    all.go([&] {
      for (int i = 0; i < 1000; ++i)
        select(on_send(ch, i, [&] { ++sent; }), on_recv(ch, [&](auto) { ++received; }));
    });
  all.wait();
  EXPECT_EQ(sent, 1000);
  EXPECT_EQ(received, 1000);
}

TEST(select, what_was_not_chosen_is_left_alone) {
  const auto a = vole::make_chan<int>();
  const auto b = vole::make_chan<int>();
  vole::wait_group all;
  all.go([&] { select(on_recv(a), on_recv(b), on_send(b, 7)); });
  until_blocked(wait_reason::select);
  a.send(1);
  all.wait();
  int out;
  EXPECT_EQ(b.try_send(2), vole::chan_status::would_block);
  EXPECT_EQ(b.try_recv(out), vole::chan_status::would_block);
}

TEST(select, a_closed_channel_is_ready_to_receive) {
  const auto open = vole::make_chan<int>();
  const auto closed = vole::make_chan<int>(1);
  closed.send(3);
  closed.close();
  std::optional<int> got;
  EXPECT_EQ(select(on_recv(open), on_recv(closed, got)), 1u);
  EXPECT_EQ(got, 3);
  EXPECT_EQ(select(on_recv(open), on_recv(closed, got)), 1u);
  EXPECT_EQ(got, std::nullopt);
}

TEST(select, close_wakes_a_parked_receive_case) {
  const auto a = vole::make_chan<int>();
  const auto b = vole::make_chan<int>();
  vole::wait_group all;
  std::optional<int> got = 4;
  std::size_t ran = 9;
  all.go([&] { ran = select(on_recv(a), on_recv(b, got)); });
  until_blocked(wait_reason::select);
  b.close();
  all.wait();
  EXPECT_EQ(ran, 1u);
  EXPECT_EQ(got, std::nullopt);
}

TEST(select, close_makes_a_parked_send_case_throw) {
  const auto a = vole::make_chan<int>();
  vole::wait_group all;
  all.go([&] {
    EXPECT_THROW(select(on_send(a, 1), on_recv(vole::chan<int>())), vole::send_on_closed_channel);
  });
  until_blocked(wait_reason::select);
  a.close();
  all.wait();
}

TEST(select, sending_on_a_closed_channel_throws_only_if_chosen) {
  const auto closed = vole::make_chan<int>();
  closed.close();
  const auto ready = vole::make_chan<int>(1000);
  int threw = 0;
  for (int i = 0; i < 1000; ++i) {
    try {
      select(on_send(closed, i), on_send(ready, i));
    } catch (const vole::send_on_closed_channel&) {
      ++threw;
    }
  }
  EXPECT_EQ(threw + static_cast<int>(ready.len()), 1000);
  EXPECT_GT(threw, 0);
  EXPECT_GT(ready.len(), 0u);
}

TEST(select, more_than_one_default_throws) {
  EXPECT_THROW(select(on_default(), on_default()), vole::panic);
}

TEST(select, a_default_alone_is_chosen) {
  int ran = 0;
  EXPECT_EQ(select(on_default([&] { ++ran; })), 0u);
  EXPECT_EQ(ran, 1);
}

TEST(select, a_handler_may_select_on_the_same_channels) {
  const auto ch = vole::make_chan<int>(1);
  ch.send(1);
  int inner = 0;
  select(on_recv(ch, [&](std::optional<int>) {
    ch.send(2);
    select(on_recv(ch, [&](std::optional<int> v) { inner = *v; }));
  }));
  EXPECT_EQ(inner, 2);
}

TEST(select, named_cases_serve_as_well_as_temporaries) {
  const auto ch = vole::make_chan<std::string>(1);
  auto send = on_send(ch, "text");
  EXPECT_EQ(select(send, on_default()), 0u);
  std::optional<std::string> got;
  auto receive = on_recv(ch, got);
  auto moved = std::move(receive);
  EXPECT_EQ(select(receive, moved), 1u) << "a case that was moved from is never ready";
  EXPECT_EQ(got, "text");
}

TEST(select, a_case_keeps_its_channel_alive) {
  std::vector<vole::select_case> cases;
  {
    const auto ch = vole::make_chan<int>(1);
    ch.send(5);
    cases.push_back(on_recv(ch, [](std::optional<int> v) { EXPECT_EQ(v, 5); }));
  }
  EXPECT_EQ(select(std::span(cases)), 0u);
}

TEST(select, a_case_that_was_returned_keeps_the_channel_it_was_given) {
  const auto make_case = [](std::optional<int>& out) {
    auto ch = vole::make_chan<int>(1);
    ch.send(6);
    return on_recv(std::move(ch), out);
  };
  std::optional<int> got;
  EXPECT_EQ(select(make_case(got)), 0u);
  EXPECT_EQ(got, 6);
  auto named = make_case(got = 0);
  EXPECT_EQ(select(named, on_default()), 0u);
  EXPECT_EQ(got, 6);
}

TEST(select, a_case_that_was_moved_keeps_its_channel_until_it_goes) {
  static int alive = 0;
  struct token {
    token() { ++alive; }
    token(token&&) noexcept { ++alive; }
    token& operator=(token&&) noexcept = default;
    ~token() { --alive; }
  };
  std::optional<vole::select_case> kept;
  {
    const auto ch = vole::make_chan<token>(1);
    ch.send(token());
    auto borrowing = on_recv(ch);
    kept.emplace(std::move(borrowing));
  }
  EXPECT_EQ(alive, 1) << "the element lives in the channel, the channel by the case";
  kept.reset();
  EXPECT_EQ(alive, 0);
  const auto ch = vole::make_chan<token>(1);
  kept.emplace(on_recv(ch));
  kept = on_recv(vole::make_chan<token>());
  kept = on_send(ch, token());
  EXPECT_EQ(select(*kept), 0u);
  EXPECT_EQ(ch.len(), 1u);
}

TEST(select, a_case_of_a_temporary_channel_owns_it) {
  const auto closed = [] {
    const auto ch = vole::make_chan<int>();
    ch.close();
    return ch;
  };
  auto receives = on_recv(closed());
  auto sends = on_send(closed(), 1);
  EXPECT_EQ(select(receives, on_default()), 0u);
  EXPECT_THROW(select(sends, on_default()), vole::send_on_closed_channel);
}

TEST(select, hundreds_of_cases_are_served) {
  constexpr std::size_t kChannels = 300;
  std::vector<vole::chan<std::size_t>> channels;
  for (std::size_t i = 0; i < kChannels; ++i) channels.push_back(vole::make_chan<std::size_t>());
  vole::wait_group senders;
  for (std::size_t i = 0; i < kChannels; ++i) senders.go([&, i] { channels[i].send(i); });
  std::set<std::size_t> seen;
  for (std::size_t round = 0; round < kChannels; ++round) {
    std::optional<std::size_t> got;
    std::vector<vole::select_case> cases;
    for (const auto& ch : channels) cases.push_back(on_recv(ch, got));
    const std::size_t ran = select(std::span(cases));
    ASSERT_EQ(got, ran);
    seen.insert(ran);
  }
  EXPECT_EQ(seen.size(), kChannels);
  senders.wait();
}

// All selects name the channels in orders of their own: locking in the order of naming would
// deadlock.
TEST(select, crossing_orders_do_not_deadlock) {
  const std::array ch{vole::make_chan<int>(), vole::make_chan<int>(), vole::make_chan<int>()};
  vole::wait_group all;
  for (std::size_t g = 0; g < 6; ++g) {
    all.go([&, g] {
      for (int i = 0; i < 400; ++i) {
        const std::size_t a = g % 3, b = (g + 1 + g / 3) % 3, c = 3 - a - b;
        if (g % 2 == 0)
          select(on_send(ch[a], i), on_send(ch[b], i), on_send(ch[c], i));
        else
          select(on_recv(ch[c]), on_recv(ch[b]), on_recv(ch[a]));
      }
    });
  }
  all.wait();
}

TEST(select_death, only_nil_channels_wait_for_ever_in_state_select) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(select(on_recv(vole::chan<int>()), on_send(vole::chan<int>(), 1)),
              ::testing::ExitedWithCode(2), "goroutine 1 \\[select\\]:");
}

}  // namespace
