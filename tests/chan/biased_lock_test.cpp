// SPDX-License-Identifier: Apache-2.0
// Goal: the lock of base/thread/biased_lock.h excludes and publishes on real threads, as it passes
// from plain to owned and back. Method: threads take it in bursts, long enough to become its owner,
// and singly; what it protects is counted plainly.
#include "base/thread/biased_lock.h"

#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/go.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace {

using vole::base::biased_lock;
using vole::base::lock_rank;

constexpr int kBurst = 1500;  // in the first of which a thread becomes the owner

// Owners need a kernel with membarrier, for which the runtime asks at its start.
bool can_be_owned() {
  vole::goroutine_id();
  return !vole::base::is_light_fence_full;
}

struct counter {
  biased_lock lock{lock_rank::leaf};
  long count = 0;
  long mirror = 0;  // equal to count whenever the lock is free

  bool add() VOLE_NO_THREAD_SAFETY_ANALYSIS {
    lock.lock();
    const bool is_whole = count == mirror;
    ++count;
    ++mirror;
    lock.unlock();
    return is_whole;
  }
};

TEST(biased_lock, a_lock_that_one_thread_has_had_for_long_seems_free_to_that_thread_only) {
  if (!can_be_owned()) GTEST_SKIP() << "no membarrier: the lock stays plain";
  counter one;
  for (int i = 0; i < kBurst; ++i) ASSERT_TRUE(one.add());
  EXPECT_TRUE(one.lock.seems_free());
  bool seemed_free = true, seems_free_now = false;
  std::thread([&] {
    seemed_free = one.lock.seems_free();
    one.add();
    seems_free_now = one.lock.seems_free();
  }).join();
  EXPECT_FALSE(seemed_free);
  EXPECT_TRUE(seems_free_now);
  EXPECT_TRUE(one.lock.seems_free());
}

TEST(biased_lock, a_turn_that_another_thread_had_shows) {
  can_be_owned();
  counter one;
  for (int i = 0; i < kBurst; ++i) one.add();
  const std::uint64_t before = one.lock.turn();
  EXPECT_EQ(one.lock.turn(), before);
  std::thread([&] { one.add(); }).join();
  EXPECT_NE(one.lock.turn(), before);
}

TEST(biased_lock, threads_that_own_it_in_turn_lose_no_count) {
  can_be_owned();
  constexpr int kThreads = 6;  // more than can ever own it
  counter one;
  for (int t = 0; t < kThreads; ++t)
    std::thread([&] {
      for (int i = 0; i < 20'000; ++i) EXPECT_TRUE(one.add());
    }).join();
  EXPECT_EQ(one.count, kThreads * 20'000L);
}

TEST(biased_lock, owners_and_others_at_once_lose_no_count) {
  can_be_owned();
  constexpr int kRounds = 20, kThreads = 3;
  for (int round = 0; round < kRounds; ++round) {
    counter one;
    std::atomic<int> torn = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < 4 * kBurst; ++i) {
          torn.fetch_add(one.add() ? 0 : 1, std::memory_order_relaxed);
          // The others come now and then, so that the one can own it in between.
          if (t != round % kThreads && i % 500 == 0) std::this_thread::yield();
        }
      });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(torn.load(), 0);
    EXPECT_EQ(one.count, kThreads * 4L * kBurst);
  }
}

// The same through a channel: owned by this thread, then looked at by another just as we go on.
TEST(biased_lock, an_owner_that_makes_room_sees_the_flag_of_who_found_none) {
  can_be_owned();
  constexpr int kRounds = 60;
  int lost = 0;
  for (int round = 0; round < kRounds; ++round) {
    const auto wake = vole::make_chan<int>(1);
    for (int i = 0; i < kBurst / 2; ++i) {  // two turns each
      wake.send(i);
      wake.recv();
    }
    wake.send(0);
    std::atomic<int> flag = 0, started = 0;
    bool was_full = false;
    std::thread other([&] {
      started.store(1, std::memory_order_seq_cst);
      flag.store(1, std::memory_order_seq_cst);
      was_full = wake.try_send(1) == vole::chan_status::would_block;
    });
    for (int i = 0; started.load(std::memory_order_seq_cst) == 0; ++i)
      if (i > 1000) std::this_thread::yield();
    wake.recv();
    const int seen = flag.load(std::memory_order_seq_cst);
    other.join();
    lost += was_full && seen == 0 ? 1 : 0;
  }
  EXPECT_EQ(lost, 0);
}

}  // namespace
