// SPDX-License-Identifier: Apache-2.0
// The contract of <vole/sync.h>, collections and semaphore: pool, sync_map, weighted_semaphore.
#include <gtest/gtest.h>
#include <vole/context.h>
#include <vole/go.h>
#include <vole/panic.h>
#include <vole/sync.h>
#include <vole/time.h>

#include <atomic>
#include <map>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include "support.h"

using namespace std::chrono_literals;

namespace {

TEST(pool, makes_when_it_has_none_and_reuses_what_was_put) {
  std::atomic<int> made = 0;  // several goroutines may call the maker at once
  vole::pool<std::string> strings([&] { return "made " + std::to_string(++made); });
  std::string a = strings.get();
  EXPECT_EQ(a, "made 1");
  strings.put("back again");
  const std::string b = strings.get();
  EXPECT_TRUE(b == "back again" || b == "made 2") << "Go, too, may drop what was put";
  vole::wait_group all;
  for (int g = 0; g < 4; ++g) {
    all.go([&] {
      for (int i = 0; i < 200; ++i) {
        std::string s = strings.get();
        EXPECT_FALSE(s.empty());
        strings.put(std::move(s));
      }
    });
  }
  all.wait();
}

TEST(sync_map, has_the_operations_of_go) {
  vole::sync_map<std::string, int> m;
  EXPECT_FALSE(m.load("a"));
  m.store("a", 1);
  EXPECT_EQ(m.load("a").value(), 1);
  static_assert(std::is_same_v<decltype(m.load_or_store("a", 2)), std::pair<int, bool>>);
  EXPECT_EQ(m.load_or_store("a", 2), std::pair(1, true));
  EXPECT_EQ(m.load_or_store("b", 3), std::pair(3, false));
  EXPECT_EQ(m.swap("b", 4).value(), 3);
  EXPECT_FALSE(m.swap("c", 5));
  EXPECT_TRUE(m.compare_and_swap("c", 5, 6));
  EXPECT_FALSE(m.compare_and_swap("c", 5, 7));
  EXPECT_FALSE(m.compare_and_swap("absent", 0, 1));
  EXPECT_EQ(m.load_and_delete("c").value(), 6);
  EXPECT_FALSE(m.load_and_delete("c"));
  m.erase("b");
  EXPECT_FALSE(m.load("b"));
  m.clear();
  EXPECT_FALSE(m.load("a"));
}

TEST(sync_map, range_visits_each_and_stops_on_false) {
  vole::sync_map<int, int> m;
  for (int i = 0; i < 50; ++i) m.store(i, i * i);
  std::map<int, int> seen;
  m.range([&](int k, int v) {
    seen[k] = v;
    return true;
  });
  EXPECT_EQ(seen.size(), 50u);
  EXPECT_EQ(seen[7], 49);
  int visited = 0;
  m.range([&](int, int) { return ++visited < 3; });
  EXPECT_EQ(visited, 3);
}

TEST(sync_map, counts_right_under_contention) {
  vole::sync_map<int, int> m;
  m.store(0, 0);
  vole::wait_group all;
  for (int g = 0; g < 4; ++g) {
    all.go([&] {
      for (int i = 0; i < 200; ++i) {
        for (;;) {
          const int now = m.load(0).value();
          if (m.compare_and_swap(0, now, now + 1)) break;
          vole::yield();
        }
      }
    });
  }
  all.wait();
  EXPECT_EQ(m.load(0).value(), 800);
}

TEST(weighted_semaphore, bounds_what_is_held) {
  vole::weighted_semaphore s(3);
  EXPECT_TRUE(s.try_acquire(2));
  EXPECT_FALSE(s.try_acquire(2));
  EXPECT_TRUE(s.try_acquire());
  EXPECT_FALSE(s.try_acquire());
  s.release(3);
  static_assert(std::is_same_v<decltype(s.acquire(vole::background())), std::error_code>);
  EXPECT_FALSE(s.acquire(vole::background(), 3));
  s.release(3);
}

TEST(weighted_semaphore, is_first_in_first_out) {
  vole::weighted_semaphore s(2);
  ASSERT_FALSE(s.acquire(vole::background(), 2));
  vole::wait_group big;
  big.go([&] {
    EXPECT_FALSE(s.acquire(vole::background(), 2));
    s.release(2);
  });
  vole_test::until([&] { return !s.try_acquire(0); });  // fails only when somebody waits
  s.release(1);
  EXPECT_FALSE(s.try_acquire(1)) << "there is room for one, but the big one came first";
  s.release(1);
  big.wait();
  EXPECT_TRUE(s.try_acquire(2));
  s.release(2);
}

TEST(weighted_semaphore, a_context_that_ends_ends_the_wait) {
  vole::weighted_semaphore s(1);
  ASSERT_FALSE(s.acquire(vole::background()));
  {
    const auto [ctx, cancel] = vole::with_timeout(vole::background(), 1ms);
    EXPECT_EQ(s.acquire(ctx), vole::context_errc::deadline_exceeded);
  }
  s.release();
  auto [ctx, cancel] = vole::with_cancel(vole::background());
  cancel();
  EXPECT_EQ(s.acquire(ctx), vole::context_errc::canceled) << "even though there is room";
  EXPECT_TRUE(s.try_acquire());
  s.release();
}

TEST(weighted_semaphore, releasing_more_than_is_held_throws) {
  vole::weighted_semaphore s(1);
  try {
    s.release();
    FAIL() << "no panic";
  } catch (const vole::panic& p) {
    EXPECT_STREQ(p.what(), "semaphore: released more than held");
  }
}

}  // namespace
