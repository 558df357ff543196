// SPDX-License-Identifier: Apache-2.0
// Laws of the condition variable.
#include <gtest/gtest.h>
#include <vole/go.h>
#include <vole/sync.h>
#include <vole/time.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

#include "tests/support/blocked.h"

using namespace std::chrono_literals;
using vole::event::wait_reason;
using vole_test::until_blocked;

namespace {

TEST(condition_variable, notify_one_wakes_the_one_that_has_waited_longest) {
  vole::mutex m;
  vole::condition_variable cv;
  std::vector<int> order;
  vole::wait_group all;
  for (std::size_t i = 0; i < 5; ++i) {
    all.go([&, i] {
      std::unique_lock hold(m);
      cv.wait(hold);
      order.push_back(static_cast<int>(i));
    });
    until_blocked(wait_reason::cond_wait, i + 1);
  }
  for (std::size_t i = 0; i < 5; ++i) {
    cv.notify_one();
    vole_test::until([&] {
      const std::lock_guard hold(m);
      return order.size() == i + 1;
    });
  }
  all.wait();
  EXPECT_EQ(order, (std::vector{0, 1, 2, 3, 4}));
}

TEST(condition_variable, notify_all_wakes_everybody_who_waits_and_nobody_else) {
  vole::mutex m;
  vole::condition_variable cv;
  vole::wait_group all;
  for (std::size_t i = 0; i < 4; ++i) {
    all.go([&] {
      std::unique_lock hold(m);
      cv.wait(hold);
    });
    until_blocked(wait_reason::cond_wait, i + 1);
  }
  cv.notify_all();
  all.wait();
  cv.notify_one();  // is forgotten: nobody waits
  all.go([&] {
    std::unique_lock hold(m);
    cv.wait(hold);
  });
  until_blocked(wait_reason::cond_wait);
  cv.notify_one();
  all.wait();
}

TEST(condition_variable, the_mutex_is_held_again_when_a_wait_returns) {
  vole::mutex m;
  vole::condition_variable cv;
  std::unique_lock hold(m);
  EXPECT_EQ(cv.wait_for(hold, 1us), std::cv_status::timeout);
  EXPECT_FALSE(m.try_lock());
  hold.unlock();
  EXPECT_TRUE(m.try_lock());
  m.unlock();
}

TEST(condition_variable, takes_other_clocks_and_units) {
  vole::mutex m;
  vole::condition_variable cv;
  std::unique_lock hold(m);
  EXPECT_EQ(cv.wait_until(hold, std::chrono::steady_clock::now() + 100us), std::cv_status::timeout);
  EXPECT_EQ(cv.wait_until(hold, std::chrono::system_clock::now() + 100us), std::cv_status::timeout);
  EXPECT_EQ(cv.wait_for(hold, std::chrono::duration<double, std::micro>(10.5)),
            std::cv_status::timeout);
  EXPECT_EQ(cv.wait_for(hold, -1h), std::cv_status::timeout);
  EXPECT_TRUE(cv.wait_for(hold, std::chrono::hours::max(), [] { return true; }));
}

TEST(condition_variable, a_timed_wait_ends_by_the_notification_or_by_the_time_never_by_both) {
  vole::mutex m;
  vole::condition_variable cv;
  int notified = 0, timed_out = 0;
  vole::wait_group all;
  for (int g = 0; g < 4; ++g)
    all.go([&] {
      for (int i = 0; i < 100; ++i) {
        std::unique_lock hold(m);
        (cv.wait_for(hold, 20us) == std::cv_status::timeout ? timed_out : notified) += 1;
      }
    });
  bool is_over = false;
  vole::wait_group notifier;
  notifier.go([&] {
    for (;;) {
      {
        const std::lock_guard hold(m);
        if (is_over) return;
        cv.notify_one();
      }
      vole::yield();
    }
  });
  all.wait();
  {
    const std::lock_guard hold(m);
    is_over = true;
  }
  notifier.wait();
  EXPECT_EQ(notified + timed_out, 400);
}

TEST(condition_variable, may_be_destroyed_once_everybody_has_been_notified) {
  for (int i = 0; i < 500; ++i) {
    auto cv = std::make_unique<vole::condition_variable>();
    vole::mutex m;
    bool is_ready = false;
    vole::wait_group waiter;
    vole::condition_variable* const shared = cv.get();
    waiter.go([&, shared] {
      std::unique_lock hold(m);
      if (i % 2 == 0)
        shared->wait(hold, [&] { return is_ready; });
      else
        shared->wait_for(hold, 1h, [&] { return is_ready; });
    });
    {
      const std::lock_guard hold(m);
      is_ready = true;
      cv->notify_all();
      cv.reset();
    }
    waiter.wait();
  }
}

// Producers and consumers over a queue of one: the textbook use.
TEST(condition_variable, carries_a_bounded_queue) {
  vole::mutex m;
  vole::condition_variable not_full, not_empty;
  int slot = 0;
  bool is_full = false;
  long sum = 0;
  vole::wait_group all;
  for (int g = 0; g < 3; ++g) {
    all.go([&] {
      for (int i = 1; i <= 200; ++i) {
        std::unique_lock hold(m);
        not_full.wait(hold, [&] { return !is_full; });
        slot = i;
        is_full = true;
        not_empty.notify_one();
      }
    });
    all.go([&] {
      for (int i = 1; i <= 200; ++i) {
        std::unique_lock hold(m);
        not_empty.wait(hold, [&] { return is_full; });
        sum += slot;
        is_full = false;
        not_full.notify_one();
      }
    });
  }
  all.wait();
  EXPECT_EQ(sum, 3L * 200 * 201 / 2);
}

}  // namespace
