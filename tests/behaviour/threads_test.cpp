// SPDX-License-Identifier: Apache-2.0
// Goroutines beside what knows nothing of them: computing, blocked, locked and foreign threads.
#include <unistd.h>
#include <vole/chan.h>
#include <vole/select.h>
#include <vole/sync.h>
#include <vole/time.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "support.h"

namespace {

using namespace std::chrono_literals;
using behaviour::in_goroutine;
using behaviour::processors;
using behaviour::until;

class threads : public behaviour::alone {};

TEST_F(threads, one_that_yields_on_a_locked_thread_lets_another_run_too) {
  const processors one(1);
  std::atomic<bool> is_changed = false;
  in_goroutine([&] {
    vole::lock_os_thread();
    vole::go([&] { is_changed.store(true); });
    until([&] { return is_changed.load(); });
    vole::unlock_os_thread();
  });
  EXPECT_TRUE(is_changed);
}

// Computes until told to stop; never waits and never yields.
void hog(const std::atomic<bool>& is_over) {
  while (!is_over.load(std::memory_order_relaxed)) {
  }
}

TEST_F(threads, a_hog_on_the_only_processor_does_not_stop_a_pair) {
  const processors one(1);
  std::atomic<bool> is_over = false;
  vole::wait_group hogs;
  hogs.go([&] { hog(is_over); });
  const auto ping = vole::make_chan<int>();
  const auto pong = vole::make_chan<int>();
  vole::wait_group pair;
  pair.go([=] {
    for (const int value : ping) pong.send(value);
  });
  pair.go([=] {
    for (int i = 0; i < 1000; ++i) {
      ping.send(i);
      EXPECT_EQ(pong.recv(), i);
    }
    ping.close();
  });
  pair.wait();
  is_over.store(true);
  hogs.wait();
}

TEST_F(threads, more_hogs_than_processors_do_not_stop_spawns_locks_and_timers) {
  const processors two(2);
  std::atomic<bool> is_over = false;
  vole::wait_group hogs;
  for (int h = 0; h < 3; ++h) hogs.go([&] { hog(is_over); });
  in_goroutine([] {
    vole::mutex lock;
    int count = 0;
    vole::wait_group all;
    for (int g = 0; g < 100; ++g) {
      all.go([&] {
        const std::lock_guard hold(lock);
        ++count;
      });
    }
    all.wait();
    EXPECT_EQ(count, 100);
    vole::sleep(1ms);
    EXPECT_TRUE(vole::after(1ms).recv().has_value());
  });
  is_over.store(true);
  hogs.wait();
}

TEST_F(threads, what_a_hog_had_queued_runs_without_it) {
  const processors one(1);
  std::atomic<int> ran = 0;
  in_goroutine([&] {
    vole::wait_group all;
    for (int g = 0; g < 300; ++g) all.go([&] { ran.fetch_add(1); });
    while (ran.load() < 300) {  // computes on; its processor goes to the others
    }
    all.wait();
  });
  EXPECT_EQ(ran, 300);
}

TEST_F(threads, a_hog_that_lost_its_processor_may_use_everything) {
  const processors one(1);
  std::atomic<bool> has_run = false;
  vole::wait_group all;
  const auto ch = vole::make_chan<int>();
  all.go([&] {
    vole::go([&] { has_run.store(true); });
    hog(has_run);  // ends when another has run: so this one has lost its processor
    std::atomic<int> ran = 0;
    vole::wait_group mine;
    for (int g = 0; g < 10; ++g) mine.go([&] { ran.fetch_add(1); });
    mine.wait();
    EXPECT_EQ(ran, 10);
    ch.send(7);
    vole::yield();
    vole::sleep(100us);
  });
  EXPECT_EQ(ch.recv(), 7);
  all.wait();
}

TEST_F(threads, a_goroutine_in_a_system_call_stops_nobody) {
  const processors one(1);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  vole::wait_group reader;
  reader.go([&] {
    char byte = 0;
    EXPECT_EQ(read(ends[0], &byte, 1), 1);  // blocks the thread, and says so to nobody
  });
  in_goroutine([&] {
    for (int i = 0; i < 100; ++i) vole::yield();
    vole::sleep(1ms);
    EXPECT_EQ(write(ends[1], "x", 1), 1);
  });
  reader.wait();
  close(ends[0]);
  close(ends[1]);
}

TEST_F(threads, a_goroutine_that_waits_for_a_foreign_lock_stops_nobody) {
  const processors one(1);
  std::mutex foreign;
  foreign.lock();
  vole::wait_group waiting;
  for (int g = 0; g < 3; ++g) {
    waiting.go([&] {
      foreign.lock();
      foreign.unlock();
    });
  }
  in_goroutine([&] {
    for (int i = 0; i < 100; ++i) vole::yield();
    vole::sleep(1ms);
  });
  foreign.unlock();
  waiting.wait();
}

TEST_F(threads, several_threads_may_spawn_at_once) {
  constexpr int kThreads = 4, kEach = 500;
  std::atomic<int> ran = 0;
  vole::wait_group all;
  all.add(kThreads * kEach);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        vole::go([&] {
          ran.fetch_add(1);
          all.done();
        });
      }
    });
  }
  for (auto& one : threads) one.join();
  all.wait();
  EXPECT_EQ(ran, kThreads * kEach);
}

TEST_F(threads, a_yielding_thread_lets_goroutines_run) {
  std::atomic<bool> has_run = false;
  std::thread([&] {
    vole::go([&] { has_run.store(true); });
    until([&] { return has_run.load(); });
  }).join();
  EXPECT_TRUE(has_run);
}

TEST_F(threads, locks_of_a_thread_count) {
  in_goroutine([] {
    vole::lock_os_thread();
    vole::lock_os_thread();
    const auto thread = std::this_thread::get_id();
    vole::unlock_os_thread();
    for (int i = 0; i < 100; ++i) {
      vole::yield();
      ASSERT_EQ(std::this_thread::get_id(), thread);
    }
    vole::unlock_os_thread();
  });
}

TEST_F(threads, what_a_locked_one_spawns_runs_elsewhere) {
  in_goroutine([] {
    vole::lock_os_thread();
    const auto mine = std::this_thread::get_id();
    vole::wait_group all;
    for (int g = 0; g < 50; ++g) all.go([mine] { EXPECT_NE(std::this_thread::get_id(), mine); });
    all.wait();
    vole::unlock_os_thread();
  });
}

TEST_F(threads, many_locked_ones_trade_with_free_ones) {
  constexpr int kLocked = 20, kTrips = 20;
  vole::wait_group all;
  std::atomic<int> trades = 0;
  for (int g = 0; g < kLocked; ++g) {
    const auto there = vole::make_chan<int>();
    const auto back = vole::make_chan<int>();
    all.go([&, there, back] {
      vole::lock_os_thread();
      for (int i = 0; i < kTrips; ++i) {
        there.send(i);
        EXPECT_EQ(back.recv(), i + 1);
        trades.fetch_add(1);
      }
    });
    all.go([there, back] {
      for (int i = 0; i < kTrips; ++i) back.send(*there.recv() + 1);
    });
  }
  all.wait();
  EXPECT_EQ(trades, kLocked * kTrips);
}

TEST_F(threads, blocking_gives_results_references_and_nothing) {
  in_goroutine([] {
    int place = 1;
    EXPECT_EQ(vole::blocking([] { return 7; }), 7);
    int& same = vole::blocking([&]() -> int& { return place; });
    EXPECT_EQ(&same, &place);
    vole::blocking([&] { place = 2; });
    EXPECT_EQ(place, 2);
    const auto only = vole::blocking([] { return std::make_unique<int>(3); });
    EXPECT_EQ(*only, 3);
  });
}

TEST_F(threads, blocking_may_be_nested_and_left_by_an_exception) {
  const processors one(1);
  in_goroutine([] {
    EXPECT_EQ(vole::blocking([] { return vole::blocking([] { return 5; }); }), 5);
    EXPECT_THROW(vole::blocking([] { throw std::runtime_error("inside"); }), std::runtime_error);
    // The processor is back: others run when this one yields.
    std::atomic<bool> has_run = false;
    vole::go([&] { has_run.store(true); });
    until([&] { return has_run.load(); });
  });
}

TEST_F(threads, all_processors_blocked_and_the_others_still_run) {
  const processors two(2);
  std::mutex foreign;
  foreign.lock();
  vole::wait_group blocked;
  for (int g = 0; g < 6; ++g) {
    blocked.go([&] {
      vole::blocking([&] {
        foreign.lock();
        foreign.unlock();
      });
    });
  }
  // These six hold their threads; ten others pass a token all the same.
  const auto token = vole::make_chan<int>();
  const auto end = vole::make_chan<int>();
  vole::wait_group passing;
  for (int g = 0; g < 10; ++g) {
    passing.go([=] {
      const int passed = *token.recv() + 1;
      (passed < 10 ? token : end).send(passed);
    });
  }
  token.send(0);
  EXPECT_EQ(end.recv(), 10);
  passing.wait();
  foreign.unlock();
  blocked.wait();
}

TEST_F(threads, a_thread_and_a_goroutine_wake_each_other) {
  const auto ping = vole::make_chan<int>();
  const auto pong = vole::make_chan<int>();
  vole::go([=] {
    for (const int value : ping) pong.send(value + 1);
    pong.close();
  });
  std::thread([=] {
    for (int i = 0; i < 500; ++i) {
      ping.send(i);
      ASSERT_EQ(pong.recv(), i + 1);
    }
    ping.close();
  }).join();
  EXPECT_FALSE(pong.recv().has_value());
}

TEST_F(threads, two_foreign_threads_trade_over_a_channel) {
  const auto ch = vole::make_chan<int>();
  long sum = 0;
  std::thread sender([=] {
    for (int i = 1; i <= 300; ++i) ch.send(i);
    ch.close();
  });
  std::thread receiver([&, ch] {
    for (const int value : ch) sum += value;
  });
  sender.join();
  receiver.join();
  EXPECT_EQ(sum, 300 * 301 / 2);
}

}  // namespace
