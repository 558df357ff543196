// SPDX-License-Identifier: Apache-2.0
// Which channel operations are durable blocks.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/select.h>
#include <vole/synctest.h>
#include <vole/time.h>

#include <functional>
#include <thread>

#include "tests/support/blocked.h"

namespace synctest = vole::synctest;
using namespace std::chrono_literals;
using vole::event::wait_reason;

namespace {

class channel : public ::testing::Test {
 protected:
  void TearDown() override { vole_test::until_alone(); }
};

// The bubble's goroutine blocks in `inside`, which only `outside`, from outside, can end.
void expect_no_durable_block(const std::function<void(vole::chan<int>)>& outside,
                             const std::function<void(vole::chan<int>)>& inside,
                             wait_reason reason) {
  const auto ch = vole::make_chan<int>();
  vole::go([&, ch] {
    vole_test::until_blocked(reason);
    outside(ch);
  });
  synctest::test([&] {
    const auto start = vole::steady_clock::now();
    vole::after_func(1h, [] {});  // time passes if it is taken for durable
    inside(ch);
    EXPECT_EQ(vole::steady_clock::now(), start);
  });
}

TEST_F(channel, a_receive_from_outside_is_not_durable) {
  expect_no_durable_block([](auto ch) { ch.send(1); }, [](auto ch) { EXPECT_EQ(ch.recv(), 1); },
                          wait_reason::chan_receive);
  expect_no_durable_block([](auto ch) { ch.close(); },
                          [](auto ch) { EXPECT_EQ(ch.recv(), std::nullopt); },
                          wait_reason::chan_receive);
}

TEST_F(channel, a_send_to_outside_is_not_durable) {
  expect_no_durable_block([](auto ch) { EXPECT_EQ(ch.recv(), 5); }, [](auto ch) { ch.send(5); },
                          wait_reason::chan_send);
}

TEST_F(channel, a_select_with_one_channel_from_outside_is_not_durable) {
  expect_no_durable_block([](auto ch) { ch.close(); },
                          [](auto ch) {
                            const auto own = vole::make_chan<vole::unit>();
                            EXPECT_EQ(vole::select(vole::on_recv(own), vole::on_recv(ch)), 1u);
                          },
                          wait_reason::select);
}

TEST_F(channel, a_receive_that_a_thread_ends_is_not_durable) {
  const auto ch = vole::make_chan<int>();
  std::thread sender([ch] {
    vole_test::until_blocked(wait_reason::chan_receive);
    ch.send(3);
  });
  synctest::test([ch] { EXPECT_EQ(ch.recv(), 3); });
  sender.join();
}

// In `inside` the bubble's goroutine blocks until time has passed.
template <class F>
void expect_durable_block(F inside) {
  synctest::test([&] {
    const auto start = vole::steady_clock::now();
    inside();
    EXPECT_EQ(vole::steady_clock::now() - start, 1h);
  });
}

TEST_F(channel, of_the_bubble_are_durable) {
  expect_durable_block([] {
    const auto ch = vole::make_chan<int>();
    vole::go([ch] {
      vole::sleep(1h);
      ch.send(1);
    });
    EXPECT_EQ(ch.recv(), 1);
  });
  expect_durable_block([] {
    const auto ch = vole::make_chan<int>(1);
    vole::go([ch] {
      vole::sleep(1h);
      ch.recv();
      ch.recv();
    });
    ch.send(1);
    ch.send(2);
  });
  expect_durable_block([] {
    const auto a = vole::make_chan<int>(), b = vole::make_chan<int>();
    const vole::chan<int> nil;
    vole::go([a] {
      vole::sleep(1h);
      a.close();
    });
    EXPECT_EQ(vole::select(vole::on_send(b, 1), vole::on_recv(nil), vole::on_recv(a)), 2u);
  });
}

TEST_F(channel, from_outside_may_be_used_as_by_anybody) {
  const auto in = vole::make_chan<int>(10), out = vole::make_chan<int>(10);
  for (int i = 0; i < 10; ++i) in.send(i);
  in.close();
  synctest::test([=] {
    for (const int i : in) out.send(i * i);
    out.close();
  });
  int sum = 0;
  for (const int square : out) sum += square;
  EXPECT_EQ(sum, 285);
}

TEST_F(channel, may_be_dropped_outside_and_after_its_bubble) {
  vole::chan<int> kept;
  synctest::test([&] {
    kept = vole::make_chan<int>(2);
    kept.send(1);
  });
  EXPECT_EQ(kept.len(), 1u);
  kept = {};
}

}  // namespace
