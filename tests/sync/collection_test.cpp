// SPDX-License-Identifier: Apache-2.0
// Laws of pool and sync_map; the map against a plain one, by random operations.
#include <gtest/gtest.h>
#include <vole/go.h>
#include <vole/sync.h>

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/prng.h"
#include "tests/support/blocked.h"

namespace {

TEST(pool, gives_an_item_to_one_user_at_a_time) {
  struct item {
    bool is_used = false;
  };
  std::atomic<int> made = 0;
  vole::pool<std::unique_ptr<item>> items([&] {
    ++made;
    return std::make_unique<item>();
  });
  vole::wait_group all;
  for (int g = 0; g < 8; ++g)
    all.go([&] {
      for (int i = 0; i < 300; ++i) {
        auto mine = items.get();
        EXPECT_FALSE(std::exchange(mine->is_used, true));
        if (i % 8 == 0) vole::yield();
        mine->is_used = false;
        items.put(std::move(mine));
      }
    });
  all.wait();
  EXPECT_LE(made, 8) << "never more than are in use at once";
}

TEST(pool, destroys_what_is_left_in_it_and_what_does_not_fit) {
  const auto counted = std::make_shared<int>();
  {
    vole::pool<std::shared_ptr<int>> items([&] { return counted; });
    for (int i = 0; i < 10'000; ++i) items.put(counted);
    EXPECT_LT(counted.use_count(), 10'000);
    EXPECT_GT(counted.use_count(), 1000);
  }
  EXPECT_EQ(counted.use_count(), 1);
}

TEST(pool, keeps_no_more_than_it_says_whoever_puts) {
  std::atomic<int> made = 0;
  vole::pool<int> items([&] { return ++made; });
  vole::wait_group all;
  for (int g = 0; g < 4; ++g)
    all.go([&] {
      for (int i = 0; i < 2000; ++i) items.put(-1);
    });
  all.wait();
  int kept = 0;
  while (items.get() == -1) ++kept;
  EXPECT_EQ(kept, 4096);
}

TEST(pool, what_one_puts_another_finds) {
  vole::pool<int> items([] { return 0; });
  for (int round = 0; round < 200; ++round) {
    vole::wait_group one;
    one.go([&] {
      items.put(1);
      items.put(2);
    });
    one.wait();
    int sum = 0;
    one.go([&] { sum = items.get() + items.get(); });
    one.wait();
    EXPECT_EQ(sum, 3);
  }
}

TEST(sync_map, agrees_with_a_plain_map) {
  vole::sync_map<int, int> tested;
  std::map<int, int> plain;
  vole::base::prng random(7);
  for (int step = 0; step < 20'000; ++step) {
    const int key = static_cast<int>(random.below(200)), value = static_cast<int>(random.below(3));
    const auto known = plain.find(key);
    const std::optional<int> before =
        known == plain.end() ? std::nullopt : std::optional(known->second);
    switch (random.below(9)) {
      case 0:
        tested.store(key, value);
        plain[key] = value;
        break;
      case 1:
        ASSERT_EQ(tested.swap(key, value), before);
        plain[key] = value;
        break;
      case 2:
        ASSERT_EQ(tested.load_or_store(key, value),
                  std::pair(before.value_or(value), before.has_value()));
        plain.emplace(key, value);
        break;
      case 3:
        ASSERT_EQ(tested.load_and_delete(key), before);
        plain.erase(key);
        break;
      case 4:
        ASSERT_EQ(tested.compare_and_swap(key, value, value + 1), before == value);
        if (before == value) plain[key] = value + 1;
        break;
      case 5:
        ASSERT_EQ(tested.compare_and_delete(key, value), before == value);
        if (before == value) plain.erase(key);
        break;
      case 6:
        tested.erase(key);
        plain.erase(key);
        break;
      default:
        ASSERT_EQ(tested.load(key), before);
    }
    if (step % 5000 == 4999) {
      std::map<int, int> seen;
      tested.range([&](int k, int v) { return seen.emplace(k, v).second; });
      ASSERT_EQ(seen, plain);
      if (step % 10'000 == 9999) {
        tested.clear();
        plain.clear();
      }
    }
  }
}

TEST(sync_map, one_of_many_racing_stores_wins_and_all_see_it) {
  for (int round = 0; round < 200; ++round) {
    vole::sync_map<std::string, int> map;
    vole::wait_group all;
    std::atomic<int> stored = 0, sum = 0;
    for (int g = 0; g < 4; ++g)
      all.go([&, g] {
        const auto [value, was_there] = map.load_or_store("key", g);
        if (!was_there) ++stored;
        sum += value;
      });
    all.wait();
    EXPECT_EQ(stored, 1);
    EXPECT_EQ(sum, 4 * map.load("key").value());
  }
}

TEST(sync_map, range_lets_its_function_use_the_map) {
  vole::sync_map<int, int> map;
  for (int i = 0; i < 100; ++i) map.store(i, i);
  map.range([&](int k, int) {
    map.erase(k);
    map.store(k + 1000, k);
    return true;
  });
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(map.load(i)) << i;
}

TEST(sync_map, destroys_each_key_and_value_once) {
  const auto counted = std::make_shared<int>();
  {
    vole::sync_map<int, std::shared_ptr<int>> map;
    vole::wait_group all;
    for (int g = 0; g < 4; ++g)
      all.go([&] {
        for (int i = 0; i < 200; ++i) {
          map.store(i % 10, counted);
          if (i % 3 == 0) map.erase(i % 7);
          if (const auto found = map.load(i % 5)) EXPECT_GE(found->use_count(), 2);
        }
      });
    all.wait();
  }
  EXPECT_EQ(counted.use_count(), 1);
}

}  // namespace
