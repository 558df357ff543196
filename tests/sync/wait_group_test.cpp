// SPDX-License-Identifier: Apache-2.0
// Laws of the wait group.
#include <gtest/gtest.h>
#include <vole/go.h>
#include <vole/panic.h>
#include <vole/sync.h>

#include <atomic>
#include <memory>
#include <utility>

#include "tests/support/blocked.h"

using vole::event::wait_reason;
using vole_test::until_blocked;

namespace {

TEST(wait_group, lets_all_who_wait_go_at_zero) {
  vole::wait_group group, waiters;
  group.add(2);
  std::atomic<int> through = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    waiters.go([&] {
      group.wait();
      ++through;
    });
  }
  until_blocked(wait_reason::wait_group_wait, 4);
  group.done();
  EXPECT_EQ(through, 0);
  group.done();
  waiters.wait();
  EXPECT_EQ(through, 4);
}

TEST(wait_group, below_zero_throws_and_changes_nothing) {
  vole::wait_group group;
  EXPECT_THROW(group.done(), vole::negative_wait_group_counter);
  group.add(2);
  EXPECT_THROW(group.add(-3), vole::negative_wait_group_counter);
  group.add(-2);
  group.wait();
}

TEST(wait_group, counts_a_function_that_ends_by_goexit) {
  vole::wait_group group;
  group.go([] { vole::goexit(); });
  group.wait();
}

TEST(wait_group, is_done_only_when_the_function_and_its_arguments_are_gone) {
  for (int i = 0; i < 200; ++i) {
    auto shared = std::make_shared<int>(1);
    vole::wait_group group;
    group.go([kept = shared](std::shared_ptr<int>) {}, shared);
    group.wait();
    EXPECT_EQ(shared.use_count(), 1);
  }
}

TEST(wait_group, dones_and_waits_may_race) {
  for (int round = 0; round < 500; ++round) {
    vole::wait_group group, all;
    std::atomic<int> done = 0;
    group.add(8);
    for (int g = 0; g < 8; ++g)
      all.go([&] {
        ++done;
        group.done();
      });
    for (int g = 0; g < 3; ++g)
      all.go([&] {
        group.wait();
        EXPECT_EQ(done, 8);
      });
    group.wait();
    EXPECT_EQ(done, 8);
    all.wait();
  }
}

TEST(wait_group, serves_one_round_after_another) {
  vole::wait_group group;
  for (int round = 0; round < 300; ++round) {
    int plain = 0;
    group.go([&] { ++plain; });
    group.wait();
    EXPECT_EQ(plain, 1);
  }
}

TEST(wait_group, is_free_to_die_as_soon_as_wait_returns) {
  for (int i = 0; i < 3000; ++i) {
    auto group = std::make_unique<vole::wait_group>();
    group->add(2);
    vole::go([g = group.get()] { g->done(); });
    vole::go([g = group.get()] { g->done(); });
    group->wait();
  }
}

TEST(wait_group, takes_member_functions_and_references) {
  struct counter {
    void add(int by) { total += by; }
    int total = 0;
  } c;
  vole::wait_group group;
  group.go(&counter::add, &c, 3);
  group.wait();
  group.go(&counter::add, std::ref(c), 4);
  group.wait();
  EXPECT_EQ(c.total, 7);
}

}  // namespace
