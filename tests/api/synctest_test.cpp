// SPDX-License-Identifier: Apache-2.0
// The contract of <vole/synctest.h>: bubbles with a clock of their own.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/context.h>
#include <vole/go.h>
#include <vole/mutex.h>
#include <vole/panic.h>
#include <vole/sync.h>
#include <vole/synctest.h>
#include <vole/time.h>
#include <vole/wait_group.h>

#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support.h"

namespace synctest = vole::synctest;
using namespace std::chrono_literals;

namespace {

class bubble : public ::testing::Test {
 protected:
  void TearDown() override { vole_test::settle(); }
};

// What the exception of f's bubble says.
template <class E, class F>
std::string words_of(F f) {
  try {
    synctest::test(f);
  } catch (const E& thrown) {
    return thrown.what();
  }
  return "nothing was thrown";
}

bool begins_with(const std::string& text, const std::string& words) {
  return text.rfind(words, 0) == 0;
}

TEST_F(bubble, begins_at_midnight_of_2000_and_a_day_takes_no_time) {
  const auto outside = std::chrono::steady_clock::now();
  synctest::test([] {
    const auto midnight = std::chrono::sys_days(std::chrono::year(2000) / 1 / 1);
    EXPECT_EQ(vole::system_clock::now().time_since_epoch(), midnight.time_since_epoch());
    const auto before = vole::steady_clock::now();
    vole::sleep(24h);
    EXPECT_EQ(vole::steady_clock::now() - before, 24h);
    EXPECT_EQ(vole::system_clock::now().time_since_epoch(), (midnight + 24h).time_since_epoch());
  });
  EXPECT_LT(std::chrono::steady_clock::now() - outside, 1h);
}

TEST_F(bubble, time_stands_still_while_anybody_can_do_anything) {
  synctest::test([] {
    const auto before = vole::steady_clock::now();
    vole::go([] { vole::sleep(1s); });
    for (int i = 0; i < 1000; ++i) vole::yield();
    EXPECT_EQ(vole::steady_clock::now(), before);
    vole::sleep(1s);  // or the other would be left blocked
  });
}

TEST_F(bubble, a_system_call_and_a_mutex_are_no_durable_blocks) {
  synctest::test([] {
    const auto before = vole::steady_clock::now();
    vole::mutex m;
    m.lock();
    vole::wait_group both;
    both.go([&] { const std::lock_guard hold(m); });
    both.go([&] { vole::blocking([] { std::thread([] {}).join(); }); });
    both.go([] { EXPECT_TRUE(synctest::is_in_bubble()); });
    vole::yield();
    m.unlock();
    both.wait();
    EXPECT_EQ(vole::steady_clock::now(), before);
  });
}

TEST_F(bubble, wait_returns_when_the_others_have_ended_or_are_blocked) {
  synctest::test([] {
    const auto gate = vole::make_chan<int>();
    int steps = 0;
    vole::go([&] {
      ++steps;
      gate.recv();
      ++steps;
    });
    synctest::wait();
    EXPECT_EQ(steps, 1);
    gate.send(1);
    synctest::wait();
    EXPECT_EQ(steps, 2);
  });
}

TEST_F(bubble, sleep_returns_after_what_is_due_at_that_instant) {
  synctest::test([] {
    // Nothing orders two timers' functions, nor the later one after what is read in between.
    vole::mutex lock;
    std::vector<int> fired;
    const auto fire = [&](int seconds) {
      const std::lock_guard hold(lock);
      fired.push_back(seconds);
    };
    const auto seen = [&] {
      const std::lock_guard hold(lock);
      return fired;
    };
    vole::after_func(2s, [=] { fire(2); });
    vole::after_func(1s, [=] { fire(1); });
    synctest::sleep(1s);
    EXPECT_EQ(seen(), std::vector<int>{1});
    synctest::sleep(1s);
    EXPECT_EQ(seen(), (std::vector<int>{1, 2}));
  });
}

TEST_F(bubble, contexts_and_tickers_go_by_its_clock) {
  synctest::test([] {
    const auto [ctx, cancel] = vole::with_timeout(vole::background(), 10h);
    vole::ticker every(1h);
    int ticks = 0;
    while (!ctx.err()) {
      every.c().recv();
      ++ticks;
      synctest::wait();
    }
    EXPECT_GE(ticks, 10);
    EXPECT_LE(ticks, 11);  // the tenth tick and the deadline are at one instant
    EXPECT_EQ(ctx.err(), vole::context_errc::deadline_exceeded);
  });
}

TEST_F(bubble, one_that_cannot_go_on_is_a_deadlock_with_its_tracebacks) {
  const std::string all = words_of<vole::deadlock>([] { vole::make_chan<int>().recv(); });
  EXPECT_TRUE(begins_with(all, "deadlock: all goroutines in bubble are blocked")) << all;
  EXPECT_NE(all.find("chan receive"), std::string::npos) << all;
  const std::string rest =
      words_of<vole::deadlock>([] { vole::go([] { vole::make_chan<int>().recv(); }); });
  EXPECT_TRUE(
      begins_with(rest, "deadlock: main bubble goroutine has exited but blocked goroutines remain"))
      << rest;
}

TEST_F(bubble, an_exception_out_of_the_body_leaves_test) {
  EXPECT_EQ(words_of<std::runtime_error>([] { throw std::runtime_error("out of it"); }),
            "out of it");
}

TEST_F(bubble, misuse_throws_gos_words) {
  EXPECT_FALSE(synctest::is_in_bubble());
  synctest::test([] { EXPECT_TRUE(synctest::is_in_bubble()); });
  EXPECT_EQ(words_of<vole::panic>([] { synctest::test([] {}); }),
            "synctest.Run called from within a synctest bubble");
  try {
    synctest::wait();
    ADD_FAILURE() << "waits outside of a bubble";
  } catch (const vole::panic& thrown) {
    EXPECT_STREQ(thrown.what(), "goroutine is not in a bubble");
  }
}

TEST_F(bubble, several_beside_each_other_have_each_its_clock) {
  std::vector<std::thread> tests;
  for (int i = 1; i <= 4; ++i) {
    tests.emplace_back([i] {
      synctest::test([i] {
        const auto before = vole::steady_clock::now();
        vole::sleep(i * 1h);
        EXPECT_EQ(vole::steady_clock::now() - before, i * 1h);
      });
    });
  }
  for (std::thread& one : tests) one.join();
}

}  // namespace
