// SPDX-License-Identifier: Apache-2.0
// Threads and goroutines: locked ones and their end, and foreign threads that come and go.
#include <dirent.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>
#include <vole/go.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "support.h"

namespace {

class threads : public sched_test::alone {};

using sched_test::is_sanitized;
using sched_test::semaphore;
using sched_test::until;

bool exists(pid_t thread) {
  return access(("/proc/self/task/" + std::to_string(thread)).c_str(), F_OK) == 0;
}

std::size_t count_threads() {
  std::size_t count = 0;
  DIR* const tasks = opendir("/proc/self/task");
  while (const dirent* task = readdir(tasks)) count += task->d_name[0] != '.' ? 1 : 0;
  closedir(tasks);
  return count;
}

std::size_t resident_bytes() {
  std::size_t total = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

TEST_F(threads, end_with_the_goroutine_that_was_locked_to_them) {
  std::atomic<pid_t> locked{0};
  vole::go([&] {
    vole::lock_os_thread();
    locked = gettid();
  });
  until([&] { return locked.load() != 0; });
  until([&] { return !exists(locked); });
}

TEST_F(threads, stay_when_the_goroutine_unlocks_or_unpins_first) {
  std::atomic<pid_t> first{0}, second{0};
  vole::go([&] {
    vole::lock_os_thread();
    vole::yield();
    vole::unlock_os_thread();
    first = gettid();
  });
  until([&] { return first.load() != 0; });
  vole::go([&] {
    const vole::pin here;
    vole::yield();
    second = gettid();
  });
  until([&] { return second.load() != 0 && vole::num_goroutine() == 1; });
  EXPECT_TRUE(exists(first));
  EXPECT_TRUE(exists(second));
}

TEST_F(threads, of_locked_goroutines_do_not_pile_up) {
  semaphore done;
  const auto run = [&](int count) {
    for (int i = 0; i < count; ++i) {
      vole::go([&, i] {
        vole::lock_os_thread();
        semaphore own;
        vole::go([&] { own.release(); });
        own.acquire();
        if (i % 2 == 0) vole::yield();
        done.release();
      });
      if (i % 10 == 9) done.acquire_all(10);
    }
  };
  run(100);
  const std::size_t before = resident_bytes();
  run(1000);
  until([] { return count_threads() < 40; });
  if (!is_sanitized()) EXPECT_LT(resident_bytes(), before + (8u << 20));
}

TEST_F(threads, goexit_in_a_locked_goroutine_ends_the_thread_too) {
  std::atomic<pid_t> locked{0};
  vole::go([&] {
    vole::lock_os_thread();
    locked = gettid();
    vole::goexit();
  });
  until([&] { return locked.load() != 0 && !exists(locked); });
}

// What a goroutine does to its locked thread must not befall others.
TEST_F(threads, names_of_locked_ones_are_not_passed_on) {
  semaphore done;
  for (int i = 0; i < 50; ++i) {
    vole::go([&] {
      vole::lock_os_thread();
      pthread_setname_np(pthread_self(), "mine");
      vole::yield();
      done.release();
    });
    done.acquire();
    vole::go([&] {
      char name[16] = {};
      pthread_getname_np(pthread_self(), name, sizeof name);
      EXPECT_STREQ(name, "vole:worker");
      done.release();
    });
    done.acquire();
  }
}

TEST_F(threads, that_are_adopted_come_and_go_without_a_trace) {
  semaphore gate, done;
  const auto run = [&](int count) {
    constexpr int kAtOnce = 20;
    for (int i = 0; i < count; i += kAtOnce) {
      std::vector<std::thread> batch;
      for (int k = 0; k < kAtOnce; ++k) {
        batch.emplace_back([&] {
          vole::go([&] { gate.release(); });
          gate.acquire();
          done.release();
        });
      }
      for (std::thread& one : batch) one.join();
      done.acquire_all(kAtOnce);
    }
  };
  run(500);
  until([] { return vole::num_goroutine() == 1; });
  const std::size_t before = resident_bytes();
  run(5000);
  until([] { return vole::num_goroutine() == 1; });
  EXPECT_LT(count_threads(), 40u);
  if (!is_sanitized()) EXPECT_LT(resident_bytes(), before + (4u << 20));
}

}  // namespace
