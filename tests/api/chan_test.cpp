// SPDX-License-Identifier: Apache-2.0
// The contract of <vole/chan.h>: channels, their one-way handles, and the life of elements.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/panic.h>
#include <vole/race.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "support.h"

using vole::chan_status;

static_assert(std::is_same_v<vole::unit, std::monostate>);
static_assert(std::is_same_v<decltype(vole::make_chan<int>()), vole::chan<int>>);
static_assert(std::is_default_constructible_v<vole::chan<int>>);
static_assert(std::is_copy_constructible_v<vole::chan<int>>);
static_assert(std::is_convertible_v<vole::chan<int>, vole::send_chan<int>>);
static_assert(std::is_convertible_v<vole::chan<int>, vole::recv_chan<int>>);
static_assert(!std::is_convertible_v<vole::send_chan<int>, vole::chan<int>>);
static_assert(!std::is_convertible_v<vole::recv_chan<int>, vole::chan<int>>);
static_assert(!std::is_convertible_v<vole::send_chan<int>, vole::recv_chan<int>>);
static_assert(!std::is_constructible_v<vole::chan<int>, vole::recv_chan<int>>);
static_assert(!std::is_constructible_v<vole::chan<int>, vole::send_chan<int>>);
static_assert(!std::is_convertible_v<vole::chan<int>, bool>, "operator bool is explicit");

namespace {

// Counts how many of its kind are alive.
struct counted {
  explicit counted(std::atomic<int>* alive) : alive(alive) { ++*alive; }
  counted(const counted& o) : alive(o.alive) { ++*alive; }
  counted& operator=(const counted&) = default;
  ~counted() { --*alive; }
  std::atomic<int>* alive;
};

TEST(chan, unbuffered_send_meets_receive) {
  const auto ch = vole::make_chan<std::string>();
  vole::go([ch] { ch.send("hello"); });
  const std::optional<std::string> got = ch.recv();
  EXPECT_EQ(got, "hello");
  EXPECT_EQ(ch.cap(), 0u);
}

TEST(chan, buffered_is_a_queue_with_len_and_cap) {
  const auto ch = vole::make_chan<int>(3);
  EXPECT_EQ(ch.cap(), 3u);
  for (int i = 1; i <= 3; ++i) ch.send(i);
  EXPECT_EQ(ch.len(), 3u);
  for (int i = 1; i <= 3; ++i) EXPECT_EQ(ch.recv(), i);
  EXPECT_EQ(ch.len(), 0u);
}

TEST(chan, after_close_the_buffer_drains_and_then_receives_end) {
  const auto ch = vole::make_chan<int>(2);
  ch.send(1);
  ch.close();
  EXPECT_EQ(ch.recv(), 1);
  EXPECT_EQ(ch.recv(), std::nullopt);
  EXPECT_EQ(ch.recv(), std::nullopt);
}

TEST(chan, close_wakes_all_receivers_and_makes_senders_throw) {
  const auto empty = vole::make_chan<int>();
  const auto ended = vole::make_chan<bool>();
  for (int i = 0; i < 5; ++i) vole::go([=] { ended.send(!empty.recv()); });
  vole_test::until([] { return vole::num_goroutine() == 6; });
  empty.close();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ended.recv(), true);

  const auto full = vole::make_chan<int>();
  const auto threw = vole::make_chan<bool>();
  vole::go([=] {
    try {
      full.send(1);
      threw.send(false);
    } catch (const vole::send_on_closed_channel&) {
      threw.send(true);
    }
  });
  vole::race::disable();  // a close that nothing orders after a send is a race, in Go as well
  full.close();
  vole::race::enable();
  EXPECT_EQ(threw.recv(), true);
}

TEST(chan, try_operations_never_block) {
  const auto ch = vole::make_chan<int>(1);
  int out = 0;
  EXPECT_EQ(ch.try_recv(out), chan_status::would_block);
  const int five = 5;
  EXPECT_EQ(ch.try_send(five), chan_status::ok);
  EXPECT_EQ(ch.try_send(6), chan_status::would_block);
  EXPECT_EQ(ch.try_recv(out), chan_status::ok);
  EXPECT_EQ(out, 5);
  ch.close();
  EXPECT_EQ(ch.try_recv(out), chan_status::closed);
  EXPECT_THROW((void)ch.try_send(7), vole::send_on_closed_channel);
}

TEST(chan, try_send_moves_from_its_value_only_on_ok) {
  const auto ch = vole::make_chan<std::unique_ptr<int>>(1);
  auto a = std::make_unique<int>(1);
  auto b = std::make_unique<int>(2);
  EXPECT_EQ(ch.try_send(std::move(a)), chan_status::ok);
  EXPECT_EQ(a, nullptr);
  EXPECT_EQ(ch.try_send(std::move(b)), chan_status::would_block);
  ASSERT_NE(b, nullptr);
  EXPECT_EQ(*b, 2);
  EXPECT_EQ(*ch.recv().value(), 1);
}

TEST(chan, elements_may_be_move_only) {
  const auto ch = vole::make_chan<std::unique_ptr<int>>();
  vole::go([ch] { ch.send(std::make_unique<int>(9)); });
  EXPECT_EQ(*ch.recv().value(), 9);
}

TEST(chan, handles_are_copies_of_one_channel) {
  const auto a = vole::make_chan<int>(1);
  const auto b = a;
  EXPECT_TRUE(a == b);
  EXPECT_FALSE(a == vole::make_chan<int>(1));
  a.send(4);
  EXPECT_EQ(b.recv(), 4);
  EXPECT_TRUE(static_cast<bool>(a));
}

TEST(chan, the_default_constructed_handle_is_nil) {
  const vole::chan<int> nil;
  EXPECT_FALSE(static_cast<bool>(nil));
  EXPECT_TRUE(nil == vole::chan<int>());
  EXPECT_EQ(nil.len(), 0u);
  EXPECT_EQ(nil.cap(), 0u);
  int out = 0;
  EXPECT_EQ(nil.try_recv(out), chan_status::would_block);
  EXPECT_EQ(nil.try_send(1), chan_status::would_block);
}

TEST(chan, range_for_receives_until_closed) {
  const auto ch = vole::make_chan<int>();
  vole::go([ch] {
    for (int i = 0; i < 10; ++i) ch.send(i);
    ch.close();
  });
  std::vector<int> got;
  for (const int v : ch) got.push_back(v);
  EXPECT_EQ(got, (std::vector{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(chan, one_way_handles_do_their_half) {
  const auto ch = vole::make_chan<int>(2);
  const vole::send_chan<int> in = ch;
  const vole::recv_chan<int> out = ch;
  in.send(1);
  EXPECT_EQ(in.try_send(2), chan_status::ok);
  EXPECT_EQ(in.len(), 2u);
  EXPECT_EQ(in.cap(), 2u);
  EXPECT_EQ(out.len(), 2u);
  EXPECT_EQ(out.cap(), 2u);
  EXPECT_EQ(out.recv(), 1);
  int got = 0;
  EXPECT_EQ(out.try_recv(got), chan_status::ok);
  EXPECT_EQ(got, 2);
  in.send(3);
  in.close();
  int sum = 0;
  for (const int v : out) sum += v;
  EXPECT_EQ(sum, 3);
}

TEST(chan, an_element_is_destroyed_exactly_once) {
  std::atomic<int> alive = 0;
  {
    const auto ch = vole::make_chan<counted>(4);
    for (int i = 0; i < 3; ++i) ch.send(counted(&alive));
    EXPECT_EQ(alive, 3);
    ch.recv();
    EXPECT_EQ(alive, 2);
  }
  EXPECT_EQ(alive, 0) << "elements that were buffered as the last handle went";
  {
    const auto ch = vole::make_chan<counted>();
    vole::go([ch, &alive] { ch.send(counted(&alive)); });
    const auto got = ch.recv();
    vole_test::settle();
    EXPECT_EQ(alive, 1);
  }
  EXPECT_EQ(alive, 0);
}

TEST(chan, elements_of_one_sender_arrive_in_order_and_none_is_lost) {
  for (const std::size_t capacity : {0u, 1u, 7u}) {
    const auto ch = vole::make_chan<std::pair<int, int>>(capacity);
    const auto ended = vole::make_chan<vole::unit>(4);
    for (int sender = 0; sender < 4; ++sender) {
      vole::go([=] {
        for (int i = 0; i < 500; ++i) ch.send({sender, i});
        ended.send({});
      });
    }
    vole::go([=] {
      for (int i = 0; i < 4; ++i) ended.recv();
      ch.close();
    });
    int next[4] = {};
    for (const auto& [sender, i] : ch) EXPECT_EQ(i, next[sender]++);
    for (const int n : next) EXPECT_EQ(n, 500);
  }
}

TEST(chan_death, nil_channels_block_for_ever_in_their_own_state) {
  EXPECT_EXIT(vole::chan<int>().send(1), ::testing::ExitedWithCode(2),
              "goroutine 1 \\[chan send \\(nil chan\\)\\]:");
  EXPECT_EXIT(vole::chan<int>().recv(), ::testing::ExitedWithCode(2),
              "goroutine 1 \\[chan receive \\(nil chan\\)\\]:");
}

}  // namespace
