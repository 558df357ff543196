// SPDX-License-Identifier: Apache-2.0
// The global queue: those that have run in line, the newest of the others first, and nobody left
// behind.
#include "sched/core/global_run_queue.h"

#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/sync.h>

#include <atomic>
#include <deque>
#include <span>
#include <vector>

#include "base/prng.h"
#include "support.h"

namespace {

using vole::sched::g;
using vole::sched::g_deque;
using vole::sched::global_run_queue;

constexpr std::int64_t kAgeNs = global_run_queue::kAgeNs;

std::vector<g*> pointers(std::vector<g>& records) {
  std::vector<g*> all;
  for (g& one : records) all.push_back(&one);
  return all;
}

std::vector<g*> take(global_run_queue& from, std::size_t wanted) {
  std::vector<g*> out(wanted);
  out.resize(from.take(out));
  return out;
}

TEST(g_deque, agrees_with_an_obvious_one_at_both_ends_over_many_chunks) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    vole::base::prng random(seed);
    std::vector<g> records(4000);
    g_deque queue;
    std::deque<g*> twin;
    std::size_t pushed = 0;
    for (int step = 0; step < 40'000; ++step) {
      const bool grows = step / 5000 % 2 == 0;
      const auto roll = random.below(10);
      if (roll < (grows ? 7u : 3u) && twin.size() < records.size()) {
        g* const who = &records[pushed++ % records.size()];
        queue.push(who);
        twin.push_back(who);
      } else if (roll % 2 == 0) {
        ASSERT_EQ(queue.pop_oldest(), twin.empty() ? nullptr : twin.front()) << "seed " << seed;
        if (!twin.empty()) twin.pop_front();
      } else {
        ASSERT_EQ(queue.pop_newest(), twin.empty() ? nullptr : twin.back()) << "seed " << seed;
        if (!twin.empty()) twin.pop_back();
      }
      ASSERT_EQ(queue.size(), twin.size());
    }
  }
}

TEST(global_run_queue, those_that_have_run_come_out_first_in_first_out) {
  std::vector<g> records(2000);
  global_run_queue queue;
  for (g& one : records) queue.push(&one);
  EXPECT_EQ(queue.size(), records.size());
  std::vector<g*> out = take(queue, 700);
  for (g* one = queue.pop(); one != nullptr; one = queue.pop()) out.push_back(one);
  EXPECT_EQ(out, pointers(records));
  EXPECT_EQ(queue.size(), 0u);
}

TEST(global_run_queue, of_those_that_have_not_run_the_newest_come_out_in_their_own_order) {
  std::vector<g> records(1000);
  global_run_queue queue;
  for (g& one : records) {
    one.is_fresh = true;
    queue.push(&one);
  }
  const std::vector<g*> all = pointers(records);
  EXPECT_EQ(take(queue, 100), std::vector<g*>(all.end() - 100, all.end()));
  EXPECT_EQ(queue.pop(), all[899]);
  EXPECT_EQ(take(queue, 2000), std::vector<g*>(all.begin(), all.begin() + 899));
  EXPECT_EQ(queue.pop(), nullptr);
}

std::size_t count_fresh(const std::vector<g*>& some) {
  std::size_t count = 0;
  for (const g* one : some) count += one->is_fresh ? 1 : 0;
  return count;
}

void push_both(global_run_queue& queue, std::span<g> started, std::span<g> fresh) {
  for (g& one : started) queue.push(&one);
  for (g& one : fresh) {
    one.is_fresh = true;
    queue.push(&one);
  }
}

TEST(global_run_queue, while_both_kinds_wait_each_has_half_of_the_turns) {
  std::vector<g> started(500), fresh(500);
  global_run_queue queue;
  push_both(queue, started, fresh);
  EXPECT_EQ(count_fresh(take(queue, 128)), 64u);
  std::vector<g*> singles;
  for (int i = 0; i < 100; ++i) singles.push_back(queue.pop());
  EXPECT_EQ(count_fresh(singles), 50u);
  EXPECT_EQ(count_fresh(take(queue, 600)), 300u);
  EXPECT_EQ(queue.size(), 172u);
}

TEST(global_run_queue, a_kind_of_which_there_are_few_leaves_its_turns_to_the_other) {
  std::vector<g> some(10), many(100);
  global_run_queue queue;
  push_both(queue, some, many);
  EXPECT_EQ(count_fresh(take(queue, 40)), 30u);
  EXPECT_EQ(count_fresh(take(queue, 100)), 70u);
  for (g& one : many) one.is_fresh = false;
  push_both(queue, many, some);
  EXPECT_EQ(count_fresh(take(queue, 40)), 10u);
  EXPECT_EQ(count_fresh(take(queue, 100)), 0u);
  EXPECT_EQ(queue.size(), 0u);
}

TEST(global_run_queue, the_oldest_that_have_not_run_get_in_line_after_a_while) {
  std::vector<g> records(640);
  global_run_queue queue;
  queue.age(1);
  for (g& one : records) {
    one.is_fresh = true;
    queue.push(&one);
  }
  queue.age(kAgeNs);
  const std::vector<g*> all = pointers(records);
  constexpr std::size_t kAged = 640 / global_run_queue::kAgePart;
  EXPECT_EQ(take(queue, 2), (std::vector<g*>{all[0], all[639]}));
  queue.age(kAgeNs + kAgeNs / 2);  // too early for more
  std::vector<g*> expected(all.begin() + 1, all.begin() + kAged);
  expected.insert(expected.end(), all.end() - 101, all.end() - 1);
  EXPECT_EQ(take(queue, kAged - 1 + 100), expected);
}

TEST(global_run_queue, a_crowd_is_in_line_after_some_hundred_of_these) {
  std::vector<g> records(30'000);
  global_run_queue queue;
  for (g& one : records) {
    one.is_fresh = true;
    queue.push(&one);
  }
  for (int i = 1; i <= 700; ++i) queue.age(i * kAgeNs);
  EXPECT_EQ(take(queue, records.size()), pointers(records));
}

class crowd : public sched_test::alone {
 protected:
  crowd() : procs_before_(vole::max_procs(1)) {}
  ~crowd() override { vole::max_procs(procs_before_); }

 private:
  int procs_before_;
};

// A parent of more children than a processor's own queue holds: how many of the oldest third ran
// after one of the newest.
std::size_t oldest_that_ran_late() {
  constexpr std::size_t kChildren = 3000;
  std::vector<std::size_t> place(kChildren);
  std::atomic<std::size_t> ran{0};
  vole::wait_group parent;
  parent.go([&] {
    vole::wait_group children;
    for (std::size_t i = 0; i < kChildren; ++i) children.go([&, i] { place[i] = ran++; });
    children.wait();
  });
  parent.wait();
  EXPECT_EQ(ran, kChildren);
  std::size_t late = 0;
  for (std::size_t i = 0; i < kChildren / 3; ++i) late += place[i] > place[kChildren - 2] ? 1 : 0;
  return late;
}

// Not each time: a parent that the machine leaves lying loses its processor, and then its children
// are in line. If the oldest came first it would not happen at all.
TEST_F(crowd, the_newest_children_run_before_most_of_the_oldest) {
  constexpr int kTriesMax = 100;
  std::size_t late = 0;
  for (int i = 0; i < kTriesMax && late < 500; ++i) late = oldest_that_ran_late();
  EXPECT_GE(late, 500u);
}

TEST_F(crowd, the_oldest_child_runs_however_many_are_born_after_it) {
  std::atomic<bool> has_oldest_run{false};
  vole::wait_group all;
  all.go([&] {
    all.go([&] { has_oldest_run = true; });
    // Always more than a processor's own queue holds, and all of them younger.
    while (!has_oldest_run) {
      while (vole::num_goroutine() < 2000) all.go([] {});
      vole::yield();
    }
  });
  all.wait();
  EXPECT_TRUE(has_oldest_run);
}

}  // namespace
