// SPDX-License-Identifier: Apache-2.0
// What Go's own tests of channels ask of non-blocking operations, of chance, and of queues that
// several kinds of waiters share: the laws are those of runtime/chan_test.go, the programs are
// ours.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/select.h>
#include <vole/wait_group.h>

#include <array>
#include <atomic>
#include <cmath>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/blocked.h"

using vole::chan_status;
using vole::on_default;
using vole::on_recv;
using vole::on_send;
using vole::select;
using vole::event::wait_reason;
using vole_test::until_blocked;

namespace {

TEST(nonblocking, a_receive_beside_a_close_finds_the_element_or_the_close) {
  for (int round = 0; round < 1000; ++round) {
    const auto ch = vole::make_chan<int>(1);
    ch.send(1);
    vole::wait_group all;
    bool found = false;
    all.go([&] { found = select(on_recv(ch), on_default()) == 0; });
    ch.close();
    int out;
    ch.try_recv(out);
    all.wait();
    EXPECT_TRUE(found) << "the channel was never open and empty";
  }
}

// One of the two channels is ready at every moment.
template <class Give>
void a_select_finds_one(Give give) {
  for (int round = 0; round < 2000; ++round) {
    const auto first = vole::make_chan<int>(1);
    const auto second = vole::make_chan<int>(1);
    first.send(1);
    vole::wait_group all;
    std::size_t ran = 9;
    all.go([&] { ran = select(on_recv(first), on_recv(second), on_default()); });
    give(second);
    select(on_recv(first), on_default());
    all.wait();
    ASSERT_NE(ran, 2u);
  }
}

TEST(nonblocking, a_select_finds_the_channel_that_was_filled_before_the_other_was_emptied) {
  a_select_finds_one([](const auto& ch) { ch.send(1); });
}

TEST(nonblocking, a_select_finds_the_channel_that_was_closed_before_the_other_was_emptied) {
  a_select_finds_one([](const auto& ch) { ch.close(); });
}

TEST(nonblocking, operations_meet_a_peer_that_waits_and_no_other) {
  const auto ch = vole::make_chan<std::string>();
  std::string out = "untouched";
  EXPECT_EQ(ch.try_recv(out), chan_status::would_block);
  EXPECT_EQ(ch.try_send("nobody"), chan_status::would_block);
  vole::wait_group all;
  all.go([&] { ch.send("from a sender"); });
  until_blocked(wait_reason::chan_send);
  EXPECT_EQ(ch.try_send("nobody receives"), chan_status::would_block);
  EXPECT_EQ(ch.try_recv(out), chan_status::ok);
  EXPECT_EQ(out, "from a sender");
  all.go([&] { EXPECT_EQ(ch.recv(), "to a receiver"); });
  until_blocked(wait_reason::chan_receive);
  EXPECT_EQ(ch.try_recv(out), chan_status::would_block);
  EXPECT_EQ(ch.try_send("to a receiver"), chan_status::ok);
  all.go([&] { select(on_recv(ch), on_send(ch, "from a select")); });
  until_blocked(wait_reason::select);
  EXPECT_EQ(ch.try_recv(out), chan_status::ok);
  EXPECT_EQ(out, "from a select");
  all.wait();
}

TEST(nonblocking, on_a_closed_channel_a_receive_drains_and_a_send_throws) {
  const auto ch = vole::make_chan<int>(2);
  ch.send(1);
  ch.close();
  int out = 0;
  EXPECT_EQ(ch.try_recv(out), chan_status::ok);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(ch.try_recv(out), chan_status::closed);
    EXPECT_EQ(ch.recv(), std::nullopt);
    EXPECT_EQ(select(on_recv(ch), on_default()), 0u);
    EXPECT_THROW(ch.try_send(2), vole::send_on_closed_channel);
    EXPECT_THROW(select(on_send(ch, 2), on_default()), vole::send_on_closed_channel);
  }
}

TEST(self_select, never_gets_what_it_offers) {
  for (const std::size_t capacity : {0u, 10u}) {
    const auto ch = vole::make_chan<int>(capacity);
    vole::wait_group all;
    std::atomic<int> own = 0;
    for (int who = 0; who < 2; ++who)
      all.go([&, who] {
        for (int i = 0; i < 1000; ++i) {
          if (who == 0 || i % 2 == 0) {
            select(on_send(ch, who), on_recv(ch, [&](auto got) { own += got == who; }));
          } else {
            select(on_recv(ch, [&](auto got) { own += got == who; }), on_send(ch, who));
          }
        }
      });
    all.wait();
    if (capacity == 0) EXPECT_EQ(own, 0);
  }
}

TEST(select_stress, four_channels_by_plain_operations_and_by_selects) {
  constexpr int kEach = 500;
  const std::array ch{vole::make_chan<int>(), vole::make_chan<int>(), vole::make_chan<int>(2),
                      vole::make_chan<int>(3)};
  vole::wait_group all;
  std::atomic<long> received = 0;
  for (std::size_t k = 0; k < ch.size(); ++k) {
    all.go([&, k] {
      for (int i = 0; i < kEach; ++i) ch[k].send(1);
    });
    all.go([&, k] {
      for (int i = 0; i < kEach; ++i) received += *ch[k].recv();
    });
  }
  const auto share = [&](auto make_case) {
    std::array<int, 4> left;
    left.fill(kEach);
    std::array<vole::chan<int>, 4> open = ch;
    for (int i = 0; i < 4 * kEach; ++i) {
      const std::size_t ran =
          select(make_case(open[0]), make_case(open[1]), make_case(open[2]), make_case(open[3]));
      if (--left[ran] == 0) open[ran] = {};  // nil: never ready
    }
  };
  all.go([&] { share([](const auto& c) { return on_send(c, 1); }); });
  all.go([&] {
    share([&](const auto& c) { return on_recv(c, [&](auto got) { received += *got; }); });
  });
  all.wait();
  EXPECT_EQ(received, 8L * kEach);
}

TEST(chance, two_ready_channels_among_four_are_equally_likely) {
  constexpr int kTrials = 10'000;
  const auto one = vole::make_chan<int>(kTrials + 1);
  const auto two = vole::make_chan<int>(kTrials + 1);
  for (int i = 0; i <= kTrials; ++i) one.send(1), two.send(2);
  const auto never = vole::make_chan<int>();
  int ones = 0;
  for (int i = 0; i < kTrials; ++i) {
    std::optional<int> got;
    select(on_recv(never, got), on_recv(never, got), on_recv(one, got), on_recv(two, got));
    ones += got == 1;
  }
  // Five standard deviations: by chance once in two million runs.
  EXPECT_LT(std::abs(ones - kTrials / 2), 5 * std::sqrt(kTrials) / 2);
}

TEST(chance, two_offers_to_one_receiver_are_equally_likely) {
  constexpr int kTrials = 4'000;
  for (const std::size_t capacity : {0, kTrials}) {
    const auto ch = vole::make_chan<int>(capacity);
    vole::wait_group all;
    all.go([&] {
      for (int i = 0; i < kTrials; ++i) select(on_send(ch, 0), on_send(ch, 1));
    });
    int ones = 0;
    for (int i = 0; i < kTrials; ++i) ones += *ch.recv();
    all.wait();
    // The receiver waits or the sender does. A parked select's first case is the first in the
    // queue.
    if (capacity > 0) EXPECT_LT(std::abs(ones - kTrials / 2), 5 * std::sqrt(kTrials) / 2);
  }
}

TEST(chance, is_not_spent_on_cases_that_are_not_ready) {
  const auto ready = vole::make_chan<int>(1);
  const auto never = vole::make_chan<int>();
  for (int i = 0; i < 1000; ++i) {
    ready.send(i);
    std::optional<int> got;
    ASSERT_EQ(select(on_recv(never), on_send(ready, 9), on_recv(ready, got), on_recv(never)), 2u);
    ASSERT_EQ(got, i);
  }
}

TEST(multi_consumer, every_element_is_worked_on_once) {
  constexpr int kWorkers = 23, kItems = 3000;
  constexpr std::array kNumbers = {2, 3, 7, 11, 13, 17, 19, 23, 27, 31};
  const auto work = vole::make_chan<int>(kItems / 5);
  const auto results = vole::make_chan<int>(kItems / 5);
  vole::wait_group workers;
  for (int w = 0; w < kWorkers; ++w)
    workers.go([&] {
      for (const int number : work) {
        if (number % 3 == 0) vole::yield();
        results.send(number);
      }
    });
  long expected = 0;
  vole::go([&] {
    for (int i = 0; i < kItems; ++i) work.send(kNumbers[static_cast<std::size_t>(i) % 10]);
    work.close();
    workers.wait();
    results.close();
  });
  for (int i = 0; i < kItems; ++i) expected += kNumbers[static_cast<std::size_t>(i) % 10];
  int count = 0;
  long sum = 0;
  for (const int number : results) ++count, sum += number;
  EXPECT_EQ(count, kItems);
  EXPECT_EQ(sum, expected);
  vole_test::until_alone();
}

// Its two waiters on one channel go together, and those behind them stay.
TEST(queue, a_select_that_stands_in_it_twice_leaves_it_whole) {
  const auto ch = vole::make_chan<int>();
  const auto other = vole::make_chan<int>();
  vole::wait_group all;
  std::optional<int> by_select, behind;
  std::size_t ran = 9;
  all.go([&] { ran = select(on_recv(ch), on_recv(ch), on_recv(other, by_select)); });
  until_blocked(wait_reason::select);
  all.go([&] { behind = ch.recv(); });
  until_blocked(wait_reason::chan_receive);
  other.send(7);
  vole_test::until([&] { return vole_test::count_blocked(wait_reason::select) == 0; });
  ch.send(8);
  all.wait();
  EXPECT_EQ(ran, 2u);
  EXPECT_EQ(by_select, 7);
  EXPECT_EQ(behind, 8);
}

TEST(queue, a_select_that_leaves_its_middle_keeps_the_order_of_the_rest) {
  const auto ch = vole::make_chan<int>();
  const auto other = vole::make_chan<int>();
  vole::wait_group all;
  std::vector<int> got(3);
  all.go([&] { got[0] = *ch.recv(); });
  until_blocked(wait_reason::chan_receive, 1);
  all.go([&] { select(on_recv(ch), on_recv(other, [&](auto value) { got[1] = *value; })); });
  until_blocked(wait_reason::select);
  all.go([&] { got[2] = *ch.recv(); });
  until_blocked(wait_reason::chan_receive, 2);
  other.send(20);
  vole_test::until([&] { return vole_test::count_blocked(wait_reason::select) == 0; });
  ch.send(10);
  ch.send(30);
  all.wait();
  EXPECT_EQ(got, (std::vector{10, 20, 30}));
}

TEST(queue, plain_and_selecting_waiters_are_served_in_the_order_of_their_coming) {
  const auto ch = vole::make_chan<int>();
  const auto never = vole::make_chan<int>();
  vole::wait_group all;
  std::array<int, 6> got{};
  for (std::size_t i = 0; i < got.size(); ++i) {
    all.go([&, i] {
      if (i % 2 == 0)
        got[i] = *ch.recv();
      else
        select(on_recv(never), on_recv(ch, [&](auto value) { got[i] = *value; }));
    });
    until_blocked(i % 2 == 0 ? wait_reason::chan_receive : wait_reason::select, i / 2 + 1);
  }
  for (int i = 1; i <= 6; ++i) ch.send(i);
  all.wait();
  EXPECT_EQ(got, (std::array{1, 2, 3, 4, 5, 6}));
}

TEST(queue, a_close_reaches_every_kind_of_waiter) {
  const auto ch = vole::make_chan<std::unique_ptr<int>>();
  const auto never = vole::make_chan<int>();
  vole::wait_group all;
  std::atomic<int> closed = 0;
  for (int i = 0; i < 3; ++i) {
    all.go([&] { closed += !ch.recv(); });
    all.go([&] { select(on_recv(never), on_recv(ch, [&](auto got) { closed += !got; })); });
  }
  until_blocked(wait_reason::chan_receive, 3);
  until_blocked(wait_reason::select, 3);
  ch.close();
  all.wait();
  EXPECT_EQ(closed, 6);
}

}  // namespace
