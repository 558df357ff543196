// SPDX-License-Identifier: Apache-2.0
// Laws of the mutex: exclusion, ownership, both modes.
#include <gtest/gtest.h>
#include <vole/go.h>
#include <vole/sync.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "sync/mutex_core.h"
#include "tests/support/blocked.h"

using vole::event::wait_reason;
using vole_test::until_blocked;

constinit vole::mutex a_global_one;  // needs no constructor at run time

namespace {

TEST(mutex, excludes_goroutines_and_threads) {
  vole::mutex m;
  int plain = 0;
  vole::wait_group all;
  const auto work = [&] {
    for (int i = 0; i < 2000; ++i) {
      const std::lock_guard hold(m);
      ++plain;
    }
  };
  for (int g = 0; g < 6; ++g) all.go(work);
  std::thread foreign(work);
  all.wait();
  foreign.join();
  EXPECT_EQ(plain, 14'000);
}

TEST(mutex, excludes_over_a_switch_of_goroutines) {
  vole::wait_group all;
  std::atomic<int> inside = 0;
  for (int g = 0; g < 8; ++g)
    all.go([&] {
      for (int i = 0; i < 50; ++i) {
        const std::lock_guard hold(a_global_one);
        EXPECT_EQ(++inside, 1);
        vole::yield();
        --inside;
      }
    });
  all.wait();
}

TEST(mutex, waiters_park_in_their_state_and_all_get_it) {
  vole::mutex m;
  m.lock();
  vole::wait_group all;
  int got = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    all.go([&] {
      const std::lock_guard hold(m);
      ++got;
    });
    until_blocked(wait_reason::mutex_lock, i + 1);
  }
  EXPECT_EQ(got, 0);
  m.unlock();
  all.wait();
  EXPECT_EQ(got, 5);
}

TEST(mutex, try_lock_fails_only_while_it_is_held) {
  vole::mutex m;
  EXPECT_TRUE(m.try_lock());
  EXPECT_FALSE(m.try_lock());
  m.unlock();
  EXPECT_TRUE(m.try_lock());
  m.unlock();
}

TEST(mutex, unlock_touches_it_no_more_once_somebody_else_can_have_it) {
  struct guarded {
    vole::mutex m;
    int holders = 2;
  };
  for (int i = 0; i < 3000; ++i) {
    auto* shared = new guarded;
    const auto leave = [shared] {
      shared->m.lock();
      const bool is_last = --shared->holders == 0;
      shared->m.unlock();
      if (is_last) delete shared;
    };
    vole::go(leave);
    leave();
  }
  vole_test::until_alone();
}

// A waiter that was passed over for more than 1 ms gets the lock from the next unlock, although the
// holder tries to take it again at once.
TEST(mutex, a_starving_waiter_is_handed_the_lock) {
  vole::mutex m;
  std::atomic<bool> has_got_it = false;
  m.lock();
  vole::wait_group waiter;
  waiter.go([&] {
    const std::lock_guard hold(m);
    has_got_it = true;
  });
  until_blocked(wait_reason::mutex_lock);
  long passed_over = 0;
  while (!has_got_it) {
    m.unlock();
    m.lock();
    ++passed_over;
  }
  m.unlock();
  waiter.wait();
  SUCCEED() << "passed over " << passed_over << " times";
}

TEST(mutex, hot_contention_ends_in_a_free_and_quiet_lock) {
  vole::mutex m;
  long plain = 0;
  vole::wait_group all;
  for (int g = 0; g < 50; ++g)
    all.go([&] {
      for (int i = 0; i < 100; ++i) {
        const std::lock_guard hold(m);
        plain = plain + 1;
        if (i % 10 == 0) vole::yield();
      }
    });
  all.wait();
  EXPECT_EQ(plain, 5000);
  EXPECT_TRUE(m.try_lock());
  m.unlock();
}

// Go's hammer: lockers, and some who only try, which must disturb nobody.
TEST(mutex, tries_and_locks_may_be_mixed) {
  vole::mutex m;
  long plain = 0;
  std::atomic<long> tried = 0;
  vole::wait_group all;
  for (int g = 0; g < 10; ++g)
    all.go([&] {
      for (int i = 0; i < 300; ++i) {
        if (i % 3 == 0) {
          if (!m.try_lock()) continue;
          ++plain;
          ++tried;
        } else {
          m.lock();
          ++plain;
        }
        if (i % 50 == 0) vole::yield();
        m.unlock();
      }
    });
  all.wait();
  EXPECT_EQ(plain, 2000 + tried);
}

// Each holder keeps the lock over a switch and takes it again at once, until everybody has had
// three turns: who starves shows as a hang.
TEST(mutex, everybody_comes_to_their_turns) {
  vole::mutex m;
  std::array<int, 6> turns{};
  bool is_over = false;
  vole::wait_group all;
  for (int& mine : turns)
    all.go([&] {
      for (;;) {
        const std::lock_guard hold(m);
        if (is_over) return;
        ++mine;
        vole::yield();
        is_over = *std::min_element(turns.begin(), turns.end()) >= 3;
      }
    });
  all.wait();
  EXPECT_GE(*std::min_element(turns.begin(), turns.end()), 3);
}

TEST(mutex, threads_and_goroutines_hand_it_to_each_other) {
  vole::mutex m;
  long plain = 0;
  const auto work = [&] {
    for (int i = 0; i < 500; ++i) {
      const std::lock_guard hold(m);
      ++plain;
      if (i % 100 == 0) vole::yield();
    }
  };
  std::vector<std::thread> threads;
  vole::wait_group all;
  for (int i = 0; i < 3; ++i) threads.emplace_back(work);
  for (int i = 0; i < 3; ++i) all.go(work);
  all.wait();
  for (std::thread& one : threads) one.join();
  EXPECT_EQ(plain, 3000);
}

TEST(mutex_death, unlock_of_an_unlocked_one_is_fatal) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(vole::mutex().unlock(), ::testing::ExitedWithCode(2),
              "fatal error: sync: unlock of unlocked mutex");
}

TEST(mutex_death, unlock_by_a_stranger_is_fatal) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        vole::mutex m;
        m.lock();
        std::thread([&] { m.unlock(); }).join();
      },
      ::testing::ExitedWithCode(2), "fatal error: sync: unlock of unlocked mutex");
}

}  // namespace
