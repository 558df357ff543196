// SPDX-License-Identifier: Apache-2.0
// The contract of <vole/sync.h>, locks and waits: mutexes, condition variables, groups, once.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/panic.h>
#include <vole/sync.h>
#include <vole/time.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <string>
#include <thread>

#include "support.h"

using namespace std::chrono_literals;

namespace {

TEST(mutex, drops_into_the_std_locks_and_excludes) {
  vole::mutex m;
  vole::wait_group all;
  int plain = 0;
  for (int g = 0; g < 8; ++g) {
    all.go([&] {
      for (int i = 0; i < 1000; ++i) {
        const std::lock_guard hold(m);
        ++plain;
      }
    });
  }
  all.wait();
  EXPECT_EQ(plain, 8000);
  const std::scoped_lock both(m);
}

TEST(mutex, try_lock_takes_it_only_when_free) {
  vole::mutex m;
  ASSERT_TRUE(m.try_lock());
  vole::wait_group other;
  other.go([&] { EXPECT_FALSE(m.try_lock()); });
  other.wait();
  m.unlock();
  std::unique_lock hold(m, std::try_to_lock);
  EXPECT_TRUE(hold.owns_lock());
}

TEST(mutex, serves_std_threads_too) {
  vole::mutex m;
  int plain = 0;
  const auto work = [&] {
    for (int i = 0; i < 1000; ++i) {
      const std::lock_guard hold(m);
      ++plain;
    }
  };
  std::thread foreign(work);
  work();
  foreign.join();
  EXPECT_EQ(plain, 2000);
}

TEST(mutex_death, unlock_by_another_goroutine_is_fatal) {
  EXPECT_EXIT(
      {
        vole::mutex m;
        m.lock();
        vole::go([&] { m.unlock(); });
        vole::make_chan<int>().recv();
      },
      ::testing::ExitedWithCode(2), "fatal error: sync: unlock of unlocked mutex");
}

TEST(shared_mutex, readers_share_and_writers_exclude) {
  vole::shared_mutex m;
  m.lock_shared();
  EXPECT_TRUE(m.try_lock_shared());
  EXPECT_FALSE(m.try_lock());
  m.unlock_shared();
  m.unlock_shared();
  m.lock();
  EXPECT_FALSE(m.try_lock_shared());
  EXPECT_FALSE(m.try_lock());
  m.unlock();
  {
    const std::shared_lock reading(m);
  }
  const std::unique_lock writing(m);
}

TEST(shared_mutex, a_waiting_writer_keeps_new_readers_out) {
  vole::shared_mutex m;
  m.lock_shared();
  vole::wait_group writer;
  writer.go([&] { const std::unique_lock writing(m); });
  vole_test::until([&] {
    if (!m.try_lock_shared()) return true;
    m.unlock_shared();
    return false;
  });
  m.unlock_shared();
  writer.wait();
}

TEST(shared_mutex, a_plain_value_behind_it_is_seen_whole) {
  vole::shared_mutex m;
  int a = 0, b = 0;
  vole::wait_group all;
  for (int g = 0; g < 4; ++g) {
    all.go([&] {
      for (int i = 0; i < 300; ++i) {
        {
          const std::unique_lock writing(m);
          ++a;
          ++b;
        }
        const std::shared_lock reading(m);
        EXPECT_EQ(a, b);
      }
    });
  }
  all.wait();
  EXPECT_EQ(a, 1200);
}

TEST(condition_variable, wakes_one_or_all) {
  vole::mutex m;
  vole::condition_variable ready;
  int tickets = 0, served = 0;
  vole::wait_group all;
  for (int g = 0; g < 6; ++g) {
    all.go([&] {
      std::unique_lock hold(m);
      ready.wait(hold, [&] { return tickets > 0; });
      --tickets;
      ++served;
    });
  }
  for (int i = 0; i < 3; ++i) {
    const std::lock_guard hold(m);
    ++tickets;
    ready.notify_one();
  }
  {
    const std::lock_guard hold(m);
    tickets += 3;
    ready.notify_all();
  }
  all.wait();
  EXPECT_EQ(served, 6);
}

TEST(condition_variable, has_no_spurious_wake_ups) {
  vole::mutex m;
  vole::condition_variable never;
  bool waiting = false, woke = false, notified = false;
  vole::wait_group one;
  one.go([&] {
    std::unique_lock hold(m);
    waiting = true;
    never.wait(hold);
    woke = true;
    EXPECT_TRUE(notified);
  });
  vole_test::until([&] {
    const std::lock_guard hold(m);
    return waiting;
  });
  for (int i = 0; i < 100; ++i) {
    vole::yield();
    const std::lock_guard hold(m);
    ASSERT_FALSE(woke);
  }
  {
    const std::lock_guard hold(m);
    notified = true;
  }
  never.notify_one();
  one.wait();
  EXPECT_TRUE(woke);
}

TEST(condition_variable, timed_waits_say_why_they_ended) {
  vole::mutex m;
  vole::condition_variable cv;
  std::unique_lock hold(m);
  EXPECT_EQ(cv.wait_for(hold, 1ms), std::cv_status::timeout);
  EXPECT_EQ(cv.wait_until(hold, vole::steady_clock::now() + 1ms), std::cv_status::timeout);
  EXPECT_FALSE(cv.wait_for(hold, 1ms, [] { return false; }));
  EXPECT_TRUE(cv.wait_for(hold, 1h, [] { return true; }));
  EXPECT_FALSE(cv.wait_until(hold, vole::steady_clock::now() + 1ms, [] { return false; }));
  bool flag = false;
  vole::wait_group other;
  other.go([&] {
    const std::lock_guard inner(m);
    flag = true;
    cv.notify_all();
  });
  EXPECT_TRUE(cv.wait_for(hold, 1h, [&] { return flag; }));
  hold.unlock();
  other.wait();
}

TEST(wait_group, wait_returns_when_the_counter_is_zero) {
  vole::wait_group wg;
  wg.wait();
  int done = 0;
  vole::mutex m;
  wg.add(10);
  for (int i = 0; i < 9; ++i) {
    vole::go([&] {
      {
        const std::lock_guard hold(m);
        ++done;
      }
      wg.done();
    });
  }
  wg.add();
  wg.add(-1);
  wg.done();
  wg.wait();
  EXPECT_EQ(done, 9);
}

TEST(wait_group, go_passes_arguments_and_counts) {
  vole::wait_group wg;
  int sum = 0;
  wg.go([](int& to, std::unique_ptr<int> by) { to += *by; }, std::ref(sum),
        std::make_unique<int>(4));
  wg.wait();
  EXPECT_EQ(sum, 4);
}

TEST(wait_group, may_be_destroyed_and_reused_as_soon_as_wait_has_returned) {
  for (int i = 0; i < 2000; ++i) {
    auto wg = std::make_unique<vole::wait_group>();
    for (int g = 0; g < 3; ++g) wg->go([] {});
    wg->wait();
    if (i % 2 == 0) {
      wg->go([] {});
      wg->wait();
    }
  }
}

TEST(once, calls_once_and_everyone_sees_the_result) {
  vole::once once;
  int calls = 0, value = 0;
  vole::wait_group all;
  for (int g = 0; g < 10; ++g) {
    all.go([&] {
      once.call([&] {
        ++calls;
        vole::yield();
        value = 5;
      });
      EXPECT_EQ(value, 5);
    });
  }
  all.wait();
  EXPECT_EQ(calls, 1);
}

TEST(once, a_call_that_throws_counts_as_done) {
  vole::once once;
  int calls = 0;
  EXPECT_THROW(once.call([&] {
    ++calls;
    throw std::runtime_error("x");
  }),
               std::runtime_error);
  once.call([&] { ++calls; });
  EXPECT_EQ(calls, 1);
}

TEST(once, func_and_value_remember_result_and_exception) {
  int calls = 0;
  const auto f = vole::once_func([&] { ++calls; });
  f();
  f();
  EXPECT_EQ(calls, 1);
  const auto v = vole::once_value([&] { return std::to_string(++calls); });
  EXPECT_EQ(v(), "2");
  EXPECT_EQ(v(), "2");
  const auto bad_f = vole::once_func([&] {
    ++calls;
    throw std::runtime_error("first");
  });
  const auto bad_v = vole::once_value([&]() -> int {
    ++calls;
    throw std::runtime_error("first");
  });
  for (int i = 0; i < 2; ++i) {
    EXPECT_THROW(bad_f(), std::runtime_error);
    EXPECT_THROW((void)bad_v(), std::runtime_error);
  }
  EXPECT_EQ(calls, 4);
}

}  // namespace
