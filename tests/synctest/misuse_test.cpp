// SPDX-License-Identifier: Apache-2.0
// Goal: who uses what belongs to a bubble from outside of it dies, with Go's words. Method: each
// case runs in a process of its own.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/select.h>
#include <vole/sync.h>
#include <vole/synctest.h>
#include <vole/time.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

#include "tests/support/blocked.h"

namespace synctest = vole::synctest;
using namespace std::chrono_literals;

namespace {

class misuse : public ::testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

const auto dies = ::testing::ExitedWithCode(2);

// Uses a channel of a bubble's: after the bubble, in another bubble, and on a thread while it
// lives.
void expect_fatal_for_strangers(void (*use)(const vole::chan<int>&), const std::string& text) {
  const auto leave_one = [] {
    vole::chan<int> made;
    synctest::test([&] { made = vole::make_chan<int>(1); });
    return made;
  };
  EXPECT_EXIT(use(leave_one()), dies, "fatal error: " + text);
  EXPECT_EXIT(synctest::test([&, ch = leave_one()] { use(ch); }), dies, "fatal error: " + text);
  EXPECT_EXIT(synctest::test([&] {
                const auto ch = vole::make_chan<int>(1);
                std::thread(use, std::ref(ch)).join();
              }),
              dies, "fatal error: " + text);
}

TEST_F(misuse, of_a_channel_by_receive) {
  expect_fatal_for_strangers([](const vole::chan<int>& ch) { ch.recv(); },
                             "receive on synctest channel from outside bubble");
  expect_fatal_for_strangers(
      [](const vole::chan<int>& ch) {
        int value;
        ch.try_recv(value);
      },
      "receive on synctest channel from outside bubble");
}

TEST_F(misuse, of_a_channel_by_send) {
  expect_fatal_for_strangers([](const vole::chan<int>& ch) { ch.send(1); },
                             "send on synctest channel from outside bubble");
  expect_fatal_for_strangers([](const vole::chan<int>& ch) { ch.try_send(1); },
                             "send on synctest channel from outside bubble");
}

TEST_F(misuse, of_a_channel_by_close) {
  expect_fatal_for_strangers([](const vole::chan<int>& ch) { ch.close(); },
                             "close of synctest channel from outside bubble");
}

TEST_F(misuse, of_a_channel_by_select) {
  expect_fatal_for_strangers(
      [](const vole::chan<int>& ch) {
        const auto own = vole::make_chan<int>();
        vole::select(vole::on_recv(own), vole::on_recv(ch), vole::on_default());
      },
      "select on synctest channel from outside bubble");
}

TEST_F(misuse, of_a_timer) {
  const auto leave_one = [] {
    std::optional<vole::timer> made;
    synctest::test([&] { made.emplace(1s); });
    return std::move(*made);
  };
  const auto leave_call = [] {
    std::optional<vole::timer> made;
    synctest::test([&] { made.emplace(vole::after_func(1s, [] {})); });
    return std::move(*made);
  };
  EXPECT_EXIT(leave_one().c().recv(), dies, "receive on synctest channel from outside bubble");
  EXPECT_EXIT(leave_one().stop(), dies, "stop of synctest timer from outside bubble");
  EXPECT_EXIT(leave_one().reset(1s), dies, "reset of synctest timer from outside bubble");
  EXPECT_EXIT(leave_call().stop(), dies, "stop of synctest timer from outside bubble");
  EXPECT_EXIT(leave_call().reset(1s), dies, "reset of synctest timer from outside bubble");
}

TEST_F(misuse, of_a_ticker) {
  const auto leave_one = [] {
    std::optional<vole::ticker> made;
    synctest::test([&] { made.emplace(1s); });
    return std::move(*made);
  };
  EXPECT_EXIT(leave_one().stop(), dies, "stop of synctest timer from outside bubble");
  EXPECT_EXIT(leave_one().reset(1s), dies, "reset of synctest timer from outside bubble");
}

TEST_F(misuse, of_a_condition) {
  EXPECT_EXIT(synctest::test([] {
                vole::mutex m;
                vole::condition_variable cond;
                std::atomic<bool> is_over = false;  // who blocks keeps the bubble alive until then
                std::thread outsider([&] {
                  vole_test::until_blocked(vole::event::wait_reason::cond_wait);
                  cond.notify_one();
                  is_over = true;
                  is_over.notify_one();
                });
                vole::go([&] { vole::blocking([&] { is_over.wait(false); }); });
                std::unique_lock hold(m);
                cond.wait(hold);
                vole::blocking([&] { outsider.join(); });
              }),
              dies, "fatal error: semaphore wake of synctest goroutine from outside bubble");
}

TEST_F(misuse, of_a_wait_group) {
  constexpr const char* kInAndOut =
      "fatal error: sync: WaitGroup.Add called from inside and outside synctest bubble";
  const auto into = [] {
    vole::wait_group group;
    group.add();
    synctest::test([&] { group.add(); });
  };
  const auto out_of = [] {
    vole::wait_group group;
    synctest::test([&] { group.add(); });
    group.add();
  };
  const auto between = [] {
    vole::wait_group group;
    synctest::test([&] { group.add(); });
    synctest::test([&] { group.add(); });
  };
  EXPECT_EXIT(into(), dies, kInAndOut);
  EXPECT_EXIT(out_of(), dies, kInAndOut);
  EXPECT_EXIT(between(), dies,
              "fatal error: sync: WaitGroup.Add called from multiple synctest bubbles");
}

TEST_F(misuse, an_exception_of_a_child_ends_the_process) {
  EXPECT_EXIT(synctest::test([] {
                vole::go([] { throw std::runtime_error("of a child"); });
                synctest::wait();
              }),
              dies, "panic: of a child");
}

TEST_F(misuse, an_uncaught_deadlock_is_a_panic_with_the_tracebacks) {
  EXPECT_EXIT(
      { std::thread([] { synctest::test([] { vole::select(); }); }).join(); }, dies,
      "panic: deadlock: all goroutines in bubble are blocked");
}

// The process's own deadlock: the bubble waits for a mutex, which is not the bubble's business.
TEST_F(misuse, a_bubble_blocked_by_a_mutex_is_a_deadlock_of_the_process) {
  EXPECT_EXIT(synctest::test([] {
                vole::mutex m;
                m.lock();
                vole::go([] { vole::sleep(1s); });
                m.lock();
              }),
              dies, "all goroutines are asleep - deadlock!");
}

}  // namespace
