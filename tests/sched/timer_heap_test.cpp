// SPDX-License-Identifier: Apache-2.0
// The heap of timers against a sorted multimap, and the shards' bookkeeping.
#include "sched/timer/heap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "base/prng.h"
#include "sched/timer/shard.h"

namespace {

using vole::sched::fire_gate;
using vole::sched::kNever;
using vole::sched::timer_entry;
using vole::sched::timer_heap;
using vole::sched::timer_shard;

// The obvious heap.
class sorted_twin {
 public:
  void push(timer_entry& entry) { entries_.emplace(entry.deadline_ns, &entry); }
  void remove(timer_entry& entry) {
    auto [first, last] = entries_.equal_range(entry.deadline_ns);
    entries_.erase(std::find_if(first, last, [&](auto& one) { return one.second == &entry; }));
  }
  std::int64_t least_ns() const { return entries_.empty() ? kNever : entries_.begin()->first; }

 private:
  std::multimap<std::int64_t, timer_entry*> entries_;
};

TEST(timer_heap, agrees_with_a_sorted_list_under_random_use) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    vole::base::prng random(seed);
    std::vector<timer_entry> entries(3000);
    timer_heap heap;
    sorted_twin twin;
    for (int step = 0; step < 20'000; ++step) {
      timer_entry& one = entries[random.below(step < 10'000 ? 3000 : 100)];
      if (one.heap_index == timer_heap::kNotArmed) {
        one.deadline_ns = random.below(1000);
        heap.push(one);
        twin.push(one);
      } else if (random.below(8) == 0) {
        timer_entry& top = heap.top();
        twin.remove(top);
        heap.postpone(top, top.deadline_ns + random.below(500));
        twin.push(top);
      } else {
        heap.remove(one);
        twin.remove(one);
      }
      ASSERT_EQ(heap.least_ns(), twin.least_ns()) << "seed " << seed << ", step " << step;
      if (step % 500 == 0) {
        ASSERT_TRUE(heap.is_valid()) << "seed " << seed << ", step " << step;
      }
    }
    std::int64_t last = 0;
    while (!heap.is_empty()) {
      ASSERT_GE(heap.top().deadline_ns, last);
      last = heap.top().deadline_ns;
      heap.remove(heap.top());
    }
  }
}

TEST(timer_heap, any_top_is_each_of_the_first_at_times_and_nobody_else) {
  vole::base::prng random(7);
  for (const std::size_t equals : {1u, 2u, 5u, 30u}) {
    std::vector<timer_entry> entries(100);
    timer_heap heap;
    for (std::size_t i = entries.size(); i-- > 0;) {
      entries[i].deadline_ns = i < equals ? 5 : 6 + random.below(3);
      heap.push(entries[i]);
    }
    std::vector<int> chosen(entries.size());
    for (int i = 0; i < 20'000; ++i) ++chosen[&heap.any_top(random) - entries.data()];
    for (std::size_t i = 0; i < entries.size(); ++i) EXPECT_EQ(chosen[i] > 0, i < equals) << i;
    for (timer_entry& one : entries) heap.remove(one);
  }
}

TEST(timer_heap, a_million_take_64_bytes_each) {
  // An entry, and a slot of 16 bytes in an array that grows by half.
  EXPECT_LE(sizeof(timer_entry) + 16 * 3 / 2, 64u);
}

struct counted : timer_entry {
  std::vector<int>* order = nullptr;
  int number = 0;
  counted() {
    fire = [](timer_entry& self) {
      auto& me = static_cast<counted&>(self);
      me.order->push_back(me.number);
    };
  }
};

TEST(timer_shard, fires_what_is_due_in_order_and_leaves_the_rest) {
  fire_gate gate;
  timer_shard shard(gate);
  std::vector<int> order;
  std::vector<counted> entries(5);
  for (const int i : {3, 0, 4, 2, 1}) {
    entries[static_cast<std::size_t>(i)].order = &order;
    entries[static_cast<std::size_t>(i)].number = i;
    entries[static_cast<std::size_t>(i)].deadline_ns = 10 * (i + 1);
    EXPECT_EQ(shard.arm(entries[static_cast<std::size_t>(i)]), i == 3 || i == 0);
  }
  EXPECT_EQ(shard.least_ns(), 10);
  EXPECT_FALSE(shard.fire_due(9, 9));
  EXPECT_TRUE(shard.fire_due(30, 30));
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(shard.least_ns(), 40);
  EXPECT_TRUE(shard.cancel(entries[3]));
  EXPECT_EQ(shard.least_ns(), 50);
  EXPECT_TRUE(shard.cancel(entries[4]));
  EXPECT_EQ(shard.least_ns(), kNever);
  EXPECT_TRUE(shard.is_valid());
}

TEST(timer_shard, a_periodic_entry_skips_the_ticks_that_were_missed) {
  fire_gate gate;
  timer_shard shard(gate);
  std::vector<int> order;
  counted entry;
  entry.order = &order;
  entry.deadline_ns = 10;
  entry.period_ns = 10;
  shard.arm(entry);
  EXPECT_TRUE(shard.fire_due(35, 35));
  EXPECT_EQ(order.size(), 1u);
  EXPECT_EQ(shard.least_ns(), 40);
  EXPECT_TRUE(shard.cancel(entry));
}

// One thread fires, others arm and cancel: each arming is fired or cancelled, never both, and no
// fire runs once cancel() has returned.
TEST(timer_shard, each_arming_is_fired_or_cancelled) {
  struct owned : timer_entry {
    std::atomic<int> fires{0};
    std::atomic<bool> is_owners{false};  // cancelled, and not armed again
    std::atomic<int> intrusions{0};
  };
  constexpr int kOwners = 3, kRounds = 20'000;
  fire_gate gate;
  timer_shard shard(gate);
  std::atomic<int> owners_left = kOwners;
  std::atomic<int> cancelled{0}, fired{0}, intrusions{0};
  std::vector<std::thread> owners;
  for (int i = 0; i < kOwners; ++i)
    owners.emplace_back([&, i] {
      const auto mine = std::make_unique<owned>();
      mine->fire = [](timer_entry& self) {
        auto& me = static_cast<owned&>(self);
        me.fires.fetch_add(1);
        if (me.is_owners.load()) me.intrusions.fetch_add(1);
      };
      for (int round = 0; round < kRounds; ++round) {
        mine->is_owners.store(false);
        mine->deadline_ns = round % 3 + i;
        shard.arm(*mine);
        if (shard.cancel(*mine)) cancelled.fetch_add(1);
        mine->is_owners.store(true);
      }
      fired.fetch_add(mine->fires.load());
      intrusions.fetch_add(mine->intrusions.load());
      owners_left.fetch_sub(1);
    });
  while (owners_left.load() != 0) shard.fire_due(10, 10);
  for (std::thread& owner : owners) owner.join();
  EXPECT_EQ(cancelled.load() + fired.load(), kOwners * kRounds);
  EXPECT_EQ(intrusions.load(), 0);
  EXPECT_EQ(shard.size(), 0u);
}

}  // namespace
