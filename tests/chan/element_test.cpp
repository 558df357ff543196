// SPDX-License-Identifier: Apache-2.0
// Laws of elements: moved once on their way, destroyed exactly once, whatever they throw.
#include <gtest/gtest.h>
#include <vole/chan.h>
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

using vole::chan_status;
using vole::event::wait_reason;
using vole_test::until_blocked;

namespace {

std::atomic<int> alive = 0;  // of all the types below

// Movable without throwing, not copyable.
struct token {
  explicit token(int v) : value(v) { ++alive; }
  token(token&& o) noexcept : value(std::exchange(o.value, -1)) { ++alive; }
  token& operator=(token&& o) noexcept {
    value = std::exchange(o.value, -1);
    return *this;
  }
  ~token() { --alive; }
  int value;
};

// Copyable only, and its copies throw when they are told to.
struct grenade {
  explicit grenade(int v) : value(v) { ++alive; }
  grenade(const grenade& o) : value(o.value) {
    if (fuse > 0 && --fuse == 0) throw std::runtime_error("boom");
    ++alive;
  }
  grenade& operator=(const grenade&) = default;
  ~grenade() { --alive; }
  static inline int fuse = 0;  // the copy that throws; 0: none
  int value;
};

struct element : ::testing::Test {
  void TearDown() override {
    grenade::fuse = 0;
    vole_test::until_alone();
    EXPECT_EQ(alive, 0);
  }
};

TEST_F(element, what_is_buffered_goes_with_the_last_handle) {
  auto ch = vole::make_chan<token>(4);
  for (int i = 0; i < 4; ++i) ch.send(token(i));
  ch.recv();
  ch.recv();
  ch.send(token(4));  // the ring has wrapped
  EXPECT_EQ(alive, 3);
  auto other = ch;
  ch = {};
  EXPECT_EQ(alive, 3);
  other = {};
  EXPECT_EQ(alive, 0);
}

TEST_F(element, the_value_of_a_send_that_throws_is_destroyed) {
  const auto ch = vole::make_chan<token>();
  vole::wait_group sender;
  sender.go([&] { EXPECT_THROW(ch.send(token(1)), vole::send_on_closed_channel); });
  until_blocked(wait_reason::chan_send);
  ch.close();
  sender.wait();
  EXPECT_THROW(ch.send(token(2)), vole::send_on_closed_channel);
  EXPECT_EQ(alive, 0);
}

TEST_F(element, passes_all_three_ways_unharmed) {
  for (const std::size_t capacity : {0u, 1u, 5u}) {
    const auto ch = vole::make_chan<token>(capacity);
    vole::go([ch] {
      for (int i = 0; i < 100; ++i) ch.send(token(i));
      ch.close();
    });
    int next = 0;
    for (const token& t : ch) EXPECT_EQ(t.value, next++);
    EXPECT_EQ(next, 100);
  }
}

TEST_F(element, that_throws_when_copied_in_is_not_sent) {
  const auto ch = vole::make_chan<grenade>(2);
  const grenade g(1);
  grenade::fuse = 1;
  EXPECT_THROW(ch.send(g), std::runtime_error);
  grenade::fuse = 2;  // into the parameter, and then into the channel's node
  EXPECT_THROW(ch.send(g), std::runtime_error);
  grenade::fuse = 0;
  EXPECT_EQ(ch.len(), 0u);
  ch.send(g);
  EXPECT_EQ(ch.recv().value().value, 1);
}

TEST_F(element, that_throws_when_copied_out_is_lost_and_the_channel_goes_on) {
  const auto ch = vole::make_chan<grenade>(2);
  ch.send(grenade(1));
  ch.send(grenade(2));
  grenade::fuse = 1;
  EXPECT_THROW(ch.recv(), std::runtime_error);
  EXPECT_EQ(ch.len(), 1u);
  EXPECT_EQ(ch.recv().value().value, 2);
}

TEST_F(element, that_may_throw_is_kept_by_a_failed_try_send) {
  const auto ch = vole::make_chan<grenade>(1);
  grenade a(1);
  EXPECT_EQ(ch.try_send(std::move(a)), chan_status::ok);
  grenade b(2);
  EXPECT_EQ(ch.try_send(std::move(b)), chan_status::would_block);
  EXPECT_EQ(b.value, 2);
  EXPECT_EQ(ch.recv().value().value, 1);
}

TEST_F(element, unit_takes_no_notice_of_itself) {
  const auto ch = vole::make_chan<vole::unit>(3);
  for (int i = 0; i < 3; ++i) ch.send({});
  EXPECT_EQ(ch.try_send(vole::unit()), chan_status::would_block);
  EXPECT_EQ(ch.len(), 3u);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(ch.recv());
  EXPECT_EQ(ch.len(), 0u);
}

TEST_F(element, large_and_over_aligned_ones_arrive_whole) {
  struct alignas(64) aligned {
    int value;
  };
  const auto lines = vole::make_chan<aligned>(2);
  lines.send({7});
  const auto got = lines.recv();
  EXPECT_EQ(got->value, 7);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&*got) % 64, 0u);

  const auto pages = vole::make_chan<std::array<int, 4096>>();
  vole::go([pages] {
    auto page = std::make_unique<std::array<int, 4096>>();
    page->fill(3);
    pages.send(*page);
  });
  const auto page = std::make_unique<std::optional<std::array<int, 4096>>>(pages.recv());
  EXPECT_EQ((**page)[4095], 3);
}

TEST_F(element, of_a_select_that_was_not_chosen_dies_with_its_case) {
  const auto full = vole::make_chan<token>();
  const auto ready = vole::make_chan<token>(1);
  {
    auto never = vole::on_send(full, token(1));
    auto chosen = vole::on_send(ready, token(2));
    EXPECT_EQ(vole::select(never, chosen), 1u);
    EXPECT_EQ(alive, 3) << "both cases' values, one of them moved from, and the sent one";
  }
  EXPECT_EQ(alive, 1);
  EXPECT_EQ(ready.recv()->value, 2);
}

TEST_F(element, of_a_moved_case_moves_along) {
  const auto ch = vole::make_chan<token>(1);
  std::vector<vole::select_case> cases;
  for (int i = 0; i < 20; ++i) cases.push_back(vole::on_send(vole::chan<token>(), token(i)));
  cases.push_back(vole::on_send(ch, token(20)));
  EXPECT_EQ(alive, 21);
  EXPECT_EQ(vole::select(std::span(cases)), 20u);
  EXPECT_EQ(ch.recv()->value, 20);
}

TEST_F(element, large_handlers_and_values_fit_into_a_case) {
  const auto ch = vole::make_chan<std::array<token, 1>>();
  std::array<char, 500> baggage{};
  baggage[499] = 'x';
  vole::go([ch] { ch.send({token(5)}); });
  char seen = 0;
  EXPECT_EQ(vole::select(vole::on_recv(ch,
                                       [baggage, &seen](auto got) {
                                         seen = baggage[499];
                                         EXPECT_EQ((*got)[0].value, 5);
                                       })),
            0u);
  EXPECT_EQ(seen, 'x');
}

TEST_F(element, received_by_a_handler_that_throws_is_destroyed) {
  const auto ch = vole::make_chan<token>(1);
  ch.send(token(1));
  EXPECT_THROW(
      vole::select(vole::on_recv(ch, [](std::optional<token>) { throw std::logic_error("no"); })),
      std::logic_error);
  EXPECT_EQ(alive, 0);
}

}  // namespace
