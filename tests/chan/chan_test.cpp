// SPDX-License-Identifier: Apache-2.0
// Laws of channels: order, blocking, closing, nil, and their one-way handles.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/wait_group.h>

#include <algorithm>
#include <numeric>
#include <ranges>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/blocked.h"

using vole::chan_status;
using vole::event::wait_reason;
using vole_test::until_blocked;

static_assert(std::input_iterator<decltype(vole::chan<int>().begin())>);
static_assert(std::ranges::input_range<vole::recv_chan<int>>);

namespace {

TEST(chan, a_send_waits_for_room) {
  const auto ch = vole::make_chan<int>(2);
  bool is_through = false;
  vole::wait_group sender;
  sender.go([&] {
    for (int i = 0; i < 3; ++i) ch.send(i);
    is_through = true;
  });
  until_blocked(wait_reason::chan_send);
  EXPECT_FALSE(is_through);
  EXPECT_EQ(ch.len(), 2u);
  EXPECT_EQ(ch.recv(), 0);
  sender.wait();
  EXPECT_TRUE(is_through);
  EXPECT_EQ(ch.len(), 2u) << "the waiting sender's value took the slot";
}

TEST(chan, an_unbuffered_send_waits_for_its_receiver) {
  const auto ch = vole::make_chan<int>();
  vole::wait_group sender;
  sender.go([&] { ch.send(1); });
  until_blocked(wait_reason::chan_send);
  EXPECT_EQ(ch.len(), 0u);
  EXPECT_EQ(ch.recv(), 1);
  sender.wait();
}

TEST(chan, waiting_receivers_are_served_first_come_first) {
  for (const std::size_t capacity : {0u, 3u}) {
    const auto ch = vole::make_chan<int>(capacity);
    std::vector<int> got(5);
    vole::wait_group receivers;
    for (std::size_t i = 0; i < got.size(); ++i) {
      receivers.go([&, i] { got[i] = ch.recv().value(); });
      until_blocked(wait_reason::chan_receive, i + 1);
    }
    for (int i = 0; i < 5; ++i) ch.send(i);
    receivers.wait();
    EXPECT_EQ(got, (std::vector{0, 1, 2, 3, 4}));
  }
}

TEST(chan, waiting_senders_are_served_first_come_first) {
  for (const std::size_t capacity : {0u, 2u}) {
    const auto ch = vole::make_chan<int>(capacity);
    for (std::size_t i = 0; i < capacity; ++i) ch.send(static_cast<int>(i));
    vole::wait_group senders;
    for (std::size_t i = 0; i < 4; ++i) {
      senders.go([&, i] { ch.send(static_cast<int>(capacity + i)); });
      until_blocked(wait_reason::chan_send, i + 1);
    }
    for (int i = 0; i < static_cast<int>(capacity) + 4; ++i) EXPECT_EQ(ch.recv(), i);
    senders.wait();
  }
}

TEST(chan, try_operations_meet_a_waiting_peer) {
  const auto ch = vole::make_chan<int>();
  vole::wait_group all;
  int got = 0;
  all.go([&] { got = ch.recv().value(); });
  until_blocked(wait_reason::chan_receive);
  EXPECT_EQ(ch.try_send(7), chan_status::ok);
  all.wait();
  EXPECT_EQ(got, 7);
  all.go([&] { ch.send(8); });
  until_blocked(wait_reason::chan_send);
  EXPECT_EQ(ch.try_recv(got), chan_status::ok);
  EXPECT_EQ(got, 8);
  all.wait();
  EXPECT_EQ(ch.try_recv(got), chan_status::would_block);
  EXPECT_EQ(ch.try_send(9), chan_status::would_block);
}

TEST(chan, close_wakes_all_receivers) {
  const auto ch = vole::make_chan<int>(1);
  vole::wait_group receivers;
  int values = 0;
  for (int i = 0; i < 10; ++i)
    receivers.go([&] {
      if (ch.recv().has_value()) ++values;
    });
  until_blocked(wait_reason::chan_receive, 10);
  ch.close();
  receivers.wait();
  EXPECT_EQ(values, 0);
}

TEST(chan, close_makes_all_waiting_senders_throw) {
  const auto ch = vole::make_chan<std::string>(1);
  ch.send("buffered before");
  vole::wait_group senders;
  std::vector<int> threw(10);
  for (int& mine : threw)
    senders.go([&] {
      try {
        ch.send("never sent, and long enough not to be stored in the string itself");
      } catch (const vole::send_on_closed_channel& p) {
        EXPECT_STREQ(p.what(), "send on closed channel");
        mine = 1;
      }
    });
  until_blocked(wait_reason::chan_send, 10);
  ch.close();
  senders.wait();
  EXPECT_EQ(std::accumulate(threw.begin(), threw.end(), 0), 10);
  EXPECT_EQ(ch.recv(), "buffered before") << "what was buffered is still there";
  EXPECT_EQ(ch.recv(), std::nullopt);
}

TEST(chan, a_closed_channel_refuses_sends_and_a_second_close) {
  const auto ch = vole::make_chan<int>(1);
  ch.close();
  EXPECT_THROW(ch.send(1), vole::send_on_closed_channel);
  EXPECT_THROW(static_cast<void>(ch.try_send(1)), vole::send_on_closed_channel);
  EXPECT_THROW(ch.close(), vole::close_of_closed_channel);
  int out = 5;
  EXPECT_EQ(ch.try_recv(out), chan_status::closed);
  EXPECT_EQ(out, 5) << "nothing was received into it";
}

TEST(chan, closing_nil_throws) {
  EXPECT_THROW(vole::chan<int>().close(), vole::close_of_nil_channel);
  EXPECT_THROW(vole::send_chan<int>().close(), vole::close_of_nil_channel);
}

TEST(chan, an_impossible_capacity_throws) {
  try {
    vole::make_chan<int>(SIZE_MAX / 2);
    FAIL() << "nothing was thrown";
  } catch (const vole::panic& p) {
    EXPECT_STREQ(p.what(), "makechan: size out of range");
  }
}

TEST(chan, len_and_cap_count_what_is_buffered) {
  const auto ch = vole::make_chan<int>(4);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(ch.len(), i);
    ch.send(0);
  }
  ch.close();
  EXPECT_EQ(ch.len(), 4u);
  EXPECT_EQ(ch.cap(), 4u);
  for (std::size_t i = 4; i > 0; --i) {
    EXPECT_EQ(ch.len(), i);
    ch.recv();
  }
}

TEST(chan, the_buffer_is_a_ring) {
  const auto ch = vole::make_chan<int>(3);
  int sent = 0, received = 0;
  for (int round = 0; round < 50; ++round) {
    while (ch.try_send(static_cast<int>(sent)) == chan_status::ok) ++sent;
    for (int i = 0; i < 1 + round % 3; ++i) ASSERT_EQ(ch.recv(), received++);
  }
  EXPECT_EQ(sent - received, static_cast<int>(ch.len()));
}

TEST(chan, handles_are_equal_when_they_share_a_channel) {
  const auto ch = vole::make_chan<int>();
  const vole::recv_chan<int> out = ch;
  const vole::send_chan<int> in = ch;
  EXPECT_TRUE(out == ch);
  EXPECT_TRUE(in == ch);
  EXPECT_FALSE(out == vole::recv_chan<int>());
  EXPECT_TRUE(vole::recv_chan<int>() == vole::recv_chan<int>(vole::chan<int>()));
}

TEST(chan, moved_and_assigned_handles_share_or_leave_the_channel) {
  auto a = vole::make_chan<int>(1);
  auto b = std::move(a);
  EXPECT_FALSE(static_cast<bool>(a));
  a = b;
  a.send(1);
  EXPECT_EQ(b.recv(), 1);
  auto& same = a;
  a = same;
  EXPECT_TRUE(a == b);
  a = {};
  EXPECT_FALSE(static_cast<bool>(a));
  EXPECT_TRUE(static_cast<bool>(b));
}

TEST(chan, a_loop_ends_with_the_channel_and_can_be_left_early) {
  const auto ch = vole::make_chan<int>(8);
  for (int i = 0; i < 8; ++i) ch.send(i);
  ch.close();
  int sum = 0;
  for (int v : ch) {
    sum += v;
    if (v == 3) break;
  }
  EXPECT_EQ(sum, 6);
  sum = 0;
  std::ranges::for_each(ch, [&](int v) { sum += v; });
  EXPECT_EQ(sum, 4 + 5 + 6 + 7);
}

TEST(chan, threads_and_goroutines_meet) {
  const auto requests = vole::make_chan<int>();
  const auto replies = vole::make_chan<int>();
  std::thread doubler([&] {
    for (int v : requests) replies.send(v * 2);
    replies.close();
  });
  vole::go([=] {
    for (int i = 0; i < 200; ++i) requests.send(i);
    requests.close();
  });
  int next = 0;
  for (int v : replies) EXPECT_EQ(v, 2 * next++);
  EXPECT_EQ(next, 200);
  doubler.join();
}

TEST(chan, a_channel_can_carry_channels) {
  const auto requests = vole::make_chan<vole::chan<int>>();
  vole::go([=] {
    for (const auto& reply : requests) reply.send(42);
  });
  for (int i = 0; i < 10; ++i) {
    const auto reply = vole::make_chan<int>();
    requests.send(reply);
    EXPECT_EQ(reply.recv(), 42);
  }
  requests.close();
  vole_test::until_alone();
}

// A chain of filters, each a goroutine: the classic of Hoare and McIlroy.
TEST(chan, a_growing_chain_of_filters_sieves_primes) {
  auto source = vole::make_chan<int>();
  const auto stop = vole::make_chan<vole::unit>();
  vole::go([=] {
    for (int i = 2; i < 200; ++i) source.send(i);
    source.close();
  });
  std::vector<int> primes;
  while (const std::optional<int> prime = source.recv()) {
    primes.push_back(*prime);
    const auto rest = vole::make_chan<int>();
    vole::go([source, rest, p = *prime] {
      for (int v : source)
        if (v % p != 0) rest.send(v);
      rest.close();
    });
    source = rest;
  }
  EXPECT_EQ(primes.size(), 46u);
  EXPECT_EQ(primes.back(), 199);
}

}  // namespace
