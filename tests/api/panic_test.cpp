// SPDX-License-Identifier: Apache-2.0
// The contract of <vole/panic.h> and <vole/defer.h>: Go's texts, exit statuses, and scope ends.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/defer.h>
#include <vole/go.h>
#include <vole/panic.h>
#include <vole/sync.h>

#include <stdexcept>
#include <string>
#include <type_traits>

#include "support.h"

static_assert(std::is_base_of_v<std::runtime_error, vole::panic>);
static_assert(std::is_base_of_v<vole::panic, vole::send_on_closed_channel>);
static_assert(std::is_base_of_v<vole::panic, vole::close_of_closed_channel>);
static_assert(std::is_base_of_v<vole::panic, vole::close_of_nil_channel>);
static_assert(std::is_base_of_v<vole::panic, vole::negative_wait_group_counter>);
static_assert(std::is_base_of_v<vole::panic, vole::deadlock>);

namespace {

template <class F>
std::string text_of_panic(F f) {
  try {
    f();
  } catch (const vole::panic& p) {
    return p.what();
  }
  return "(no panic)";
}

void block_for_ever() { vole::make_chan<int>().recv(); }

TEST(panic, what_is_the_text_that_go_prints) {
  const auto closed = vole::make_chan<int>(1);
  closed.close();
  EXPECT_EQ(text_of_panic([&] { closed.send(1); }), "send on closed channel");
  EXPECT_EQ(text_of_panic([&] { closed.close(); }), "close of closed channel");
  EXPECT_EQ(text_of_panic([] { vole::chan<int>().close(); }), "close of nil channel");
  EXPECT_EQ(text_of_panic([] { vole::wait_group().done(); }), "sync: negative WaitGroup counter");
}

TEST(panic, each_misuse_has_its_type) {
  const auto closed = vole::make_chan<int>(1);
  closed.close();
  EXPECT_THROW(closed.send(1), vole::send_on_closed_channel);
  EXPECT_THROW(closed.close(), vole::close_of_closed_channel);
  EXPECT_THROW(vole::chan<int>().close(), vole::close_of_nil_channel);
  EXPECT_THROW(vole::wait_group().add(-1), vole::negative_wait_group_counter);
}

TEST(panic_death, an_uncaught_exception_ends_the_process_with_2) {
  EXPECT_EXIT(
      {
        vole::go([] { throw std::runtime_error("boom"); });
        block_for_ever();
      },
      ::testing::ExitedWithCode(2), "panic: boom\n\ngoroutine [0-9]+ \\[running");
}

[[gnu::noinline]] void the_throw_point() { throw std::logic_error("from here"); }

TEST(panic_death, the_throw_point_is_still_on_the_stack) {
  EXPECT_EXIT(
      {
        vole::go([] {
          const vole::defer d([] {});
          the_throw_point();
        });
        block_for_ever();
      },
      ::testing::ExitedWithCode(2), "panic: from here\n\n.*the_throw_point");
}

TEST(panic_death, misuse_that_go_calls_fatal_is_fatal) {
  EXPECT_EXIT(vole::mutex().unlock(), ::testing::ExitedWithCode(2),
              "fatal error: sync: unlock of unlocked mutex");
  EXPECT_EXIT(vole::shared_mutex().unlock_shared(), ::testing::ExitedWithCode(2),
              "fatal error: sync: RUnlock of unlocked RWMutex");
  EXPECT_EXIT(vole::shared_mutex().unlock(), ::testing::ExitedWithCode(2),
              "fatal error: sync: Unlock of unlocked RWMutex");
}

TEST(panic_death, when_all_are_blocked_the_deadlock_is_reported) {
  EXPECT_EXIT(block_for_ever(), ::testing::ExitedWithCode(2),
              "fatal error: all goroutines are asleep - deadlock!\n\n"
              "goroutine 1 \\[chan receive\\]:");
  EXPECT_EXIT(
      {
        vole::go(block_for_ever);
        vole::mutex m;
        m.lock();
        m.lock();
      },
      ::testing::ExitedWithCode(2), "fatal error: all goroutines are asleep - deadlock!");
}

TEST(defer, runs_at_scope_end_in_reverse_order_also_on_an_exception) {
  std::string order;
  {
    vole::defer first([&] { order += "1"; });
    vole::defer second([&] { order += "2"; });
    order += "body ";
  }
  EXPECT_EQ(order, "body 21");
  EXPECT_THROW(
      {
        vole::defer last([&] { order += "!"; });
        throw std::runtime_error("x");
      },
      std::runtime_error);
  EXPECT_EQ(order, "body 21!");
}

}  // namespace
