// SPDX-License-Identifier: Apache-2.0
// Goal: the ring loses nothing, invents nothing, keeps its order. Method: a fuzz against a plain
// deque on one thread, and an owner against thieves where each item must come out exactly once.
#include "sched/core/run_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "base/prng.h"
#include "sched/core/global_run_queue.h"

namespace {

using vole::base::prng;
using vole::sched::g;
using vole::sched::run_queue;

std::vector<std::unique_ptr<g>> make_items(std::size_t count) {
  std::vector<std::unique_ptr<g>> items;
  for (std::size_t i = 0; i < count; ++i) {
    items.push_back(std::make_unique<g>());
    items.back()->id = i;
  }
  return items;
}

TEST(run_queue, behaves_as_a_deque_that_overflows_by_halves) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    prng random(seed);
    run_queue queue, thief;
    std::deque<g*> model;
    const auto items = make_items(1000);
    for (int step = 0; step < 20'000; ++step) {
      g* const item = items[random.below(1000)].get();
      const std::uint32_t what = random.below(100);
      if (what < 55) {
        g* overflow[run_queue::kOverflow];
        const std::uint32_t left = queue.push(item, overflow);
        model.push_back(item);
        if (left != 0) {
          ASSERT_EQ(left, run_queue::kOverflow);
          g* const pushed = model.back();
          model.pop_back();
          for (std::uint32_t i = 0; i + 1 < left; ++i) {
            ASSERT_EQ(overflow[i], model.front());
            model.pop_front();
          }
          ASSERT_EQ(overflow[left - 1], pushed);
        }
      } else if (what < 95) {
        g* const got = queue.pop();
        ASSERT_EQ(got, model.empty() ? nullptr : model.front());
        if (got != nullptr) model.pop_front();
      } else {
        const std::size_t taken = model.size() - model.size() / 2;
        g* const last = queue.steal(thief, false);
        for (std::size_t i = 0; i < taken; ++i) {
          g* const got = i + 1 < taken ? thief.pop() : last;
          ASSERT_EQ(got, model.front());
          model.pop_front();
        }
        if (taken == 0) {
          ASSERT_EQ(last, nullptr);
        }
        ASSERT_TRUE(thief.is_empty());
      }
      ASSERT_EQ(queue.size(), model.size());
      ASSERT_EQ(queue.is_empty(), model.empty());
    }
  }
}

TEST(run_queue, next_slot_is_handed_over_and_stolen_only_when_asked_for) {
  const auto items = make_items(2);
  run_queue queue, thief;
  EXPECT_EQ(queue.exchange_next(items[0].get()), nullptr);
  EXPECT_EQ(queue.exchange_next(items[1].get()), items[0].get());
  EXPECT_FALSE(queue.is_empty());
  EXPECT_EQ(queue.pop(), nullptr);
  EXPECT_EQ(queue.steal(thief, false), nullptr);
  EXPECT_EQ(queue.steal(thief, true), items[1].get());
  EXPECT_EQ(queue.take_next(), nullptr);
  EXPECT_TRUE(queue.is_empty());
}

TEST(run_queue, each_item_comes_out_exactly_once_under_thieves) {
  constexpr std::size_t kItems = 200'000;
  const auto items = make_items(kItems);
  std::vector<std::atomic<int>> seen(kItems);
  run_queue queue;
  std::atomic<bool> is_over{false};
  const auto note = [&](g* item) { seen[item->id].fetch_add(1, std::memory_order_relaxed); };

  std::vector<std::thread> thieves;
  for (int t = 0; t < 3; ++t) {
    thieves.emplace_back([&] {
      run_queue own;
      while (!is_over.load(std::memory_order_acquire) || !queue.is_empty()) {
        if (g* got = queue.steal(own, true)) note(got);
        while (g* got = own.pop()) note(got);
      }
    });
  }
  prng random(7);
  for (std::size_t i = 0; i < kItems; ++i) {
    g* item = items[i].get();
    if (random.below(4) == 0) item = queue.exchange_next(item);
    g* overflow[run_queue::kOverflow];
    if (item != nullptr) {
      const std::uint32_t left = queue.push(item, overflow);
      for (std::uint32_t k = 0; k < left; ++k) note(overflow[k]);
    }
    if (random.below(3) == 0)
      if (g* got = queue.pop()) note(got);
  }
  while (g* got = queue.pop()) note(got);
  while (g* got = queue.take_next()) note(got);
  is_over.store(true, std::memory_order_release);
  for (std::thread& t : thieves) t.join();
  for (std::size_t i = 0; i < kItems; ++i) ASSERT_EQ(seen[i].load(), 1) << i;
}

TEST(global_run_queue, behaves_as_a_deque) {
  static vole::sched::global_run_queue queue;  // as the scheduler's, never destroyed
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    prng random(seed);
    std::deque<g*> model;
    const auto items = make_items(100);
    bool is_growing = true;
    for (int step = 0; step < 20'000; ++step) {
      if (random.below(2000) == 0) is_growing = !is_growing;
      if (random.below(4) < (is_growing ? 3U : 1U)) {
        g* const item = items[random.below(100)].get();
        queue.push(item);
        model.push_back(item);
      } else {
        g* expected = nullptr;
        if (!model.empty()) {
          expected = model.front();
          model.pop_front();
        }
        ASSERT_EQ(queue.pop(), expected);
      }
      ASSERT_EQ(queue.size(), model.size());
    }
    while (queue.pop() != nullptr) {
    }
  }
}

}  // namespace
