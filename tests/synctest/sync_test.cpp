// SPDX-License-Identifier: Apache-2.0
// Which waits for locks, conditions and groups are durable blocks.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/errgroup.h>
#include <vole/go.h>
#include <vole/select.h>
#include <vole/sync.h>
#include <vole/synctest.h>

#include <mutex>
#include <shared_mutex>
#include <thread>

#include "tests/support/blocked.h"

namespace synctest = vole::synctest;
using namespace std::chrono_literals;
using vole::event::wait_reason;

namespace {

class durability : public ::testing::Test {
 protected:
  void TearDown() override { vole_test::until_alone(); }
};

TEST_F(durability, a_mutex_has_none) {
  vole::mutex m;
  m.lock();
  const auto unlock = vole::make_chan<vole::unit>();
  vole::go([&, unlock] {  // outside, and it has no part in the lock
    vole_test::until_blocked(wait_reason::mutex_lock);
    unlock.close();
  });
  std::thread body([&] {
    synctest::test([&] {
      const auto start = vole::steady_clock::now();
      vole::after_func(1h, [] {});
      const std::lock_guard hold(m);
      EXPECT_EQ(vole::steady_clock::now(), start);
    });
  });
  unlock.recv();
  m.unlock();
  body.join();
}

TEST_F(durability, a_mutex_held_in_the_bubble_keeps_time_from_passing) {
  synctest::test([] {
    const auto start = vole::steady_clock::now();
    vole::mutex m;
    std::atomic<bool> is_free = false;
    m.lock();
    vole::go([&] {
      const std::lock_guard hold(m);
      EXPECT_TRUE(is_free);
      EXPECT_EQ(vole::steady_clock::now(), start);
    });
    vole::after_func(1s, [] {});
    vole_test::until_blocked(wait_reason::mutex_lock);
    is_free = true;
    m.unlock();
    vole::sleep(1ns);
  });
}

TEST_F(durability, a_shared_mutex_has_none) {
  vole::shared_mutex m;
  m.lock();
  std::thread body([&] {
    synctest::test([&] {
      const auto start = vole::steady_clock::now();
      vole::after_func(1h, [] {});
      const std::shared_lock hold(m);
      EXPECT_EQ(vole::steady_clock::now(), start);
    });
  });
  vole_test::until_blocked(wait_reason::rw_mutex_rlock);
  m.unlock();
  body.join();
}

TEST_F(durability, a_condition_has_it) {
  synctest::test([] {
    const auto start = vole::steady_clock::now();
    vole::mutex m;
    vole::condition_variable cond;
    vole::go([&] {
      vole::sleep(1s);
      cond.notify_one();
      vole::sleep(1s);
      cond.notify_all();
    });
    {
      std::unique_lock hold(m);
      cond.wait(hold);
    }
    EXPECT_EQ(vole::steady_clock::now() - start, 1s);
    bool has_other_gone = false;
    vole::go([&] {
      std::unique_lock hold(m);
      cond.wait(hold);
      has_other_gone = true;
    });
    {
      std::unique_lock hold(m);
      cond.wait(hold);
    }
    synctest::wait();
    EXPECT_TRUE(has_other_gone);
    EXPECT_EQ(vole::steady_clock::now() - start, 2s);
  });
}

TEST_F(durability, a_timed_wait_for_a_condition_ends_by_the_bubbles_clock) {
  synctest::test([] {
    const auto start = vole::steady_clock::now();
    vole::mutex m;
    vole::condition_variable cond;
    std::unique_lock hold(m);
    EXPECT_EQ(cond.wait_for(hold, 1h), std::cv_status::timeout);
    EXPECT_EQ(vole::steady_clock::now() - start, 1h);
    vole::go([&] {
      vole::sleep(1s);
      cond.notify_one();
    });
    EXPECT_EQ(cond.wait_for(hold, 1h), std::cv_status::no_timeout);
    EXPECT_EQ(vole::steady_clock::now() - start, 1h + 1s);
  });
}

TEST_F(durability, a_wait_group_of_the_bubble_has_it) {
  synctest::test([] {
    const auto start = vole::steady_clock::now();
    vole::wait_group group;
    group.add();
    vole::go([&] {
      vole::sleep(1s);
      group.done();
    });
    group.go([] { vole::sleep(2s); });
    group.wait();
    EXPECT_EQ(vole::steady_clock::now() - start, 2s);
  });
}

TEST_F(durability, a_wait_group_from_outside_has_none) {
  vole::wait_group group;
  group.add();
  std::thread body([&] {
    synctest::test([&] {
      const auto start = vole::steady_clock::now();
      vole::after_func(1h, [] {});
      group.wait();
      EXPECT_EQ(vole::steady_clock::now(), start);
    });
  });
  vole_test::until_blocked(wait_reason::wait_group_wait);
  group.done();
  body.join();
}

TEST_F(durability, a_wait_group_at_zero_may_change_its_bubble) {
  vole::wait_group group;
  for (int i = 0; i < 3; ++i) {
    synctest::test([&] {
      group.add();
      group.done();
      group.go([] { vole::sleep(1s); });
      group.wait();
    });
    group.go([] {});
    group.wait();
  }
}

TEST_F(durability, an_outsider_may_wait_for_a_bubbles_group) {
  vole::wait_group group;
  std::atomic<bool> is_armed = false;
  std::thread outsider([&] {
    vole_test::until([&] { return is_armed.load(); });
    group.wait();
  });
  synctest::test([&] {
    group.add();
    is_armed = true;
    vole_test::until_blocked(wait_reason::wait_group_wait);
    group.done();
  });
  outsider.join();
}

TEST_F(durability, an_errgroup_of_the_bubble_has_it) {
  synctest::test([] {
    const auto start = vole::steady_clock::now();
    auto [group, ctx] = vole::errgroup::with_context(vole::background());
    group.set_limit(2);
    for (int i = 0; i < 6; ++i) group.go([] { vole::sleep(1h); });
    group.wait();
    EXPECT_EQ(vole::steady_clock::now() - start, 3h);
  });
}

TEST_F(durability, a_semaphore_of_the_bubble_has_it) {
  synctest::test([] {
    const auto start = vole::steady_clock::now();
    vole::weighted_semaphore two(2);
    vole::wait_group group;
    for (int i = 0; i < 6; ++i) {
      group.go([&] {
        EXPECT_FALSE(two.acquire(vole::background()));
        vole::sleep(1h);
        two.release(1);
      });
    }
    group.wait();
    EXPECT_EQ(vole::steady_clock::now() - start, 3h);
  });
}

}  // namespace
