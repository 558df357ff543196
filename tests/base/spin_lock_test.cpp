// SPDX-License-Identifier: Apache-2.0
// Goal: mutual exclusion under contention with more threads than cores. Method: an unprotected
// counter behind the lock.
#include "base/spin_lock.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace {
using vole::base::lock_rank;
using vole::base::spin_guard;
using vole::base::spin_lock;

TEST(spin_lock, excludes) {
  spin_lock lock(lock_rank::leaf);
  long counter = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 20'000; ++i) {
        spin_guard guard(lock);
        ++counter;
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(counter, 160'000);
  EXPECT_FALSE(lock.is_held());
}

TEST(spin_lock, try_lock_fails_only_while_held) {
  spin_lock lock(lock_rank::leaf);
  const auto takes_it = [&lock] {
    const bool is_taken = lock.try_lock();
    if (is_taken) lock.unlock();
    return is_taken;
  };
  EXPECT_TRUE(takes_it());
  {
    spin_guard guard(lock);
    std::thread([&] { EXPECT_FALSE(takes_it()); }).join();
  }
  EXPECT_TRUE(takes_it());
}

}  // namespace
