// SPDX-License-Identifier: Apache-2.0
// What explore() and replay() promise, beyond the corpus.
#include <gtest/gtest.h>
#include <vole/vole.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/blocked.h"

namespace {

using namespace std::chrono_literals;

template <class F>
std::string panic_of(F f) {
  try {
    f();
  } catch (const vole::panic& p) {
    return p.what();
  }
  return "no panic";
}

// Two goroutines of n operations each, and f, which has nothing to do but to start them.
auto two_of(int n) {
  return [n] {
    for (int g = 0; g < 2; ++g)
      vole::go([n] {
        const auto own = vole::make_chan<int>();
        for (int i = 0; i < n; ++i) static_cast<void>(own.len());
      });
  };
}

std::size_t schedules(const auto& f, const std::string& policy) {
  const vole::exploration found = vole::explore(f, {.runs = 100'000, .policy = policy});
  EXPECT_FALSE(found) << found.failure;
  EXPECT_TRUE(found.is_exhausted);
  return found.runs;
}

// A stretch is what a goroutine does between two points. f has three, m1 m2 m3, parted by its two
// go(); a goroutine of n operations has n + 1. The first goroutine comes after m1, the second after
// m2. m1 is first. Of the rest, m2 comes before m3 and the second one's: n + 2 orders of these, and
// C(2n + 4, n + 1) ways to put the first one's n + 1 among the n + 3 stretches.
TEST(dfs, counts_all_interleavings) {
  EXPECT_EQ(schedules(two_of(1), "dfs:preemptions=1000"), 3U * 15U);
  EXPECT_EQ(schedules(two_of(2), "dfs:preemptions=1000"), 4U * 56U);
  EXPECT_EQ(schedules(two_of(3), "dfs:preemptions=1000"), 5U * 210U);
}

// Without preemption f runs to its end, and then one after the other: 2. One preemption: after m1,
// by the first one, then f and the second: 1. After m2: by either one, and then f or the other one:
// 4. In the middle of the goroutine that comes first, by the other: 2.
TEST(dfs, counts_those_within_the_bound) {
  EXPECT_EQ(schedules(two_of(1), "dfs:preemptions=0"), 2U);
  EXPECT_EQ(schedules(two_of(1), "dfs:preemptions=1"), 2U + 1 + 4 + 2);
}

// m1 first; then two stretches of f (to the recv, the recv) and two of the sender in any order.
TEST(dfs, counts_a_rendezvous) {
  const auto f = [] {
    const auto ch = vole::make_chan<int>();
    vole::go([ch] { ch.send(1); });
    ch.recv();
  };
  EXPECT_EQ(schedules(f, "dfs:preemptions=1000"), 6U);
}

TEST(dfs, tries_every_ready_case_of_a_select) {
  std::vector<int> taken(3);
  const auto f = [&] {
    const auto a = vole::make_chan<int>(1), b = vole::make_chan<int>(1),
               c = vole::make_chan<int>(1);
    a.send(0);
    b.send(0);
    c.send(0);
    ++taken[vole::select(vole::on_recv(a), vole::on_recv(b), vole::on_recv(c))];
  };
  EXPECT_EQ(schedules(f, "dfs"), 3U);
  EXPECT_EQ(taken, (std::vector<int>{1, 1, 1}));
}

TEST(dfs, of_a_program_without_choices_is_one_run) {
  EXPECT_EQ(schedules([] {}, "dfs"), 1U);
}

TEST(dfs, ends_with_loops_that_ask_and_yield) {
  const auto f = [] {
    const auto flag = vole::make_chan<int>(1);
    for (int i = 0; i < 2; ++i)
      vole::go([flag] {
        while (flag.len() == 0) vole::yield();
      });
    flag.send(1);
  };
  EXPECT_GT(schedules(f, "dfs:preemptions=2"), 10U);
}

TEST(dfs, refuses_a_program_that_does_not_repeat_itself) {
  int run = 0;
  const auto f = [&] {
    const auto a = vole::make_chan<int>(1), b = vole::make_chan<int>(1),
               c = vole::make_chan<int>(1);
    a.send(0);
    b.send(0);
    if (run++ == 0) c.send(0);
    vole::select(vole::on_recv(a), vole::on_recv(b), vole::on_recv(c));
  };
  EXPECT_NE(panic_of([&] { vole::explore(f, {.policy = "dfs"}); }).find("does not repeat itself"),
            std::string::npos);
}

TEST(exploration, tells_apart_how_a_run_fails) {
  const auto failure = [](auto f) {
    const vole::exploration found = vole::explore(f, {.runs = 50, .points = 1000});
    return found ? found.failure.substr(0, found.failure.find('\n')) : "none";
  };
  EXPECT_EQ(failure([] { throw std::runtime_error("boom"); }), "exception: boom");
  EXPECT_EQ(failure([] { throw 1; }), "exception: an exception that is no std::exception");
  EXPECT_EQ(failure([] { vole::go([] { throw std::runtime_error("in a goroutine"); }); }),
            "exception: in a goroutine");
  EXPECT_EQ(failure([] { vole::select(); }), "deadlock: all goroutines are blocked");
  EXPECT_EQ(failure([] { vole::go([] { vole::select(); }); }),
            "leak: the function has returned, and goroutines are left that are blocked for ever");
  EXPECT_EQ(failure([] {
              for (;;) vole::yield();
            }),
            "too long: the run had more scheduling points than it may have");
  EXPECT_EQ(failure([] { vole::goexit(); }), "none");
  EXPECT_EQ(failure([] { vole::go([] { vole::sleep(1h); }); }), "none");
}

TEST(exploration, a_run_that_was_cut_off_is_cut_off_again) {
  const auto f = [] {
    for (;;) vole::yield();
  };
  const auto found = vole::explore(f, {.points = 500});
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, "v1:" + found->substr(3, found->find(':', 3) - 3) + ":.0~500");
  EXPECT_EQ(vole::replay(*found, f).order, found.order);
}

TEST(exploration, a_deadlock_shows_who_waits_where) {
  const auto found = vole::explore([] {
    vole::mutex lock;
    lock.lock();
    lock.lock();
  });
  ASSERT_TRUE(found);
  EXPECT_NE(found.failure.find("[sync.Mutex.Lock"), std::string::npos) << found.failure;
}

TEST(exploration, without_a_failure_says_how_many_runs_there_were) {
  const auto found = vole::explore(two_of(1), {.runs = 17});
  EXPECT_FALSE(found.has_value());
  EXPECT_EQ(found.runs, 17U);
  EXPECT_FALSE(found.is_exhausted);
  EXPECT_TRUE(found.failure.empty());
}

TEST(exploration, the_same_seed_gives_the_same_runs) {
  const auto orders = [](const char* policy, std::uint64_t seed) {
    std::vector<std::uint64_t> all;
    for (std::size_t runs = 1; runs <= 10; ++runs)
      all.push_back(vole::explore(two_of(5), {.runs = runs, .policy = policy, .seed = seed}).order);
    return all;
  };
  for (const char* policy : {"random", "pct:depth=3"}) {
    EXPECT_EQ(orders(policy, 1), orders(policy, 1)) << policy;
    EXPECT_NE(orders(policy, 1), orders(policy, 2)) << policy;
  }
  EXPECT_EQ(orders("random:seed=5", 1), orders("random", 5));
}

TEST(exploration, shrinks_to_the_preemption_that_matters) {
  // Only a switch between the two critical sections loses an update; the rest is noise.
  const auto f = [] {
    const auto noise = vole::make_chan<int>();
    vole::mutex lock;
    int sum = 0;
    vole::wait_group done;
    for (int i = 0; i < 2; ++i)
      done.go([&] {
        for (int k = 0; k < 20; ++k) static_cast<void>(noise.len());
        lock.lock();
        const int seen = sum;
        lock.unlock();
        lock.lock();
        sum = seen + 1;
        lock.unlock();
        for (int k = 0; k < 20; ++k) static_cast<void>(noise.len());
      });
    done.wait();
    if (sum != 2) throw std::runtime_error("lost");
  };
  const auto moves = [](const std::string& schedule) {
    std::size_t count = 0;
    for (const char c : schedule.substr(schedule.find(':', 3))) count += c >= 'a' && c <= 'z';
    return count;
  };
  const auto found = vole::explore(f);
  ASSERT_TRUE(found);
  EXPECT_LE(moves(*found), 2U) << *found;
  const auto raw = vole::explore(f, {.shrink = false});
  ASSERT_TRUE(raw);
  EXPECT_GT(moves(*raw), 10U) << *raw;
  EXPECT_TRUE(vole::replay(*raw, f));
}

TEST(exploration, time_is_virtual) {
  const auto found = vole::explore(
      [] {
        const auto before = vole::steady_clock::now();
        vole::sleep(24h);
        if (vole::steady_clock::now() - before != 24h) throw std::runtime_error("not a day");
      },
      {.runs = 100});
  EXPECT_FALSE(found) << found.failure;
}

TEST(exploration, synctest_wait_returns_when_nobody_else_can_go_on) {
  const auto found = vole::explore(
      [] {
        vole::mutex lock;
        int sum = 0;
        for (int i = 0; i < 3; ++i)
          vole::go([&] {
            const std::lock_guard guard(lock);
            ++sum;
          });
        vole::synctest::wait();
        if (sum != 3) throw std::runtime_error("somebody could go on");
      },
      {.runs = 100});
  EXPECT_FALSE(found) << found.failure;
}

TEST(exploration, works_on_everybody_s_channels) {
  const auto outside = vole::make_chan<int>(1);
  const auto found = vole::explore(
      [&] {
        vole::go([&] { outside.send(1); });
        if (outside.recv() != 1) throw std::runtime_error("not 1");
      },
      {.runs = 100});
  EXPECT_FALSE(found) << found.failure;
}

TEST(exploration, runs_beside_others_and_in_goroutines) {
  const auto slow = [] {
    vole::mutex a, b;
    vole::wait_group done;
    done.go([&] { a.lock(), b.lock(), b.unlock(), a.unlock(); });
    done.go([&] { b.lock(), a.lock(), a.unlock(), b.unlock(); });
    done.wait();
  };
  const std::string expected = *vole::explore(slow, {.seed = 3});
  std::vector<std::string> found(8);
  vole::wait_group done;
  for (std::string& one : found) done.go([&] { one = *vole::explore(slow, {.seed = 3}); });
  done.wait();
  for (const std::string& one : found) EXPECT_EQ(one, expected);
}

TEST(exploration, leaves_no_goroutines_behind_in_the_counts) {
  vole_test::until_alone();
  const std::size_t before = vole::num_goroutine();
  EXPECT_TRUE(vole::explore([] { vole::go([] { vole::select(); }); }));
  EXPECT_EQ(vole::num_goroutine(), before);
}

TEST(exploration, destroys_what_a_clean_run_has_made) {
  static int alive = 0;
  struct counted {
    counted() { ++alive; }
    ~counted() { --alive; }
  };
  vole::explore(
      [] {
        const counted here;
        vole::wait_group done;
        done.go([] { const counted there; });
        done.wait();
      },
      {.runs = 20});
  EXPECT_EQ(alive, 0);
}

TEST(exploration, refuses_what_it_cannot_do) {
  const auto in_a_run = [](auto f) {
    const auto found = vole::explore(f);
    return found ? found.failure : "none";
  };
  const std::string nested = "explore called from within an exploration or a synctest bubble";
  EXPECT_EQ(in_a_run([] { vole::explore([] {}); }), "exception: " + nested);
  EXPECT_EQ(panic_of([] { vole::synctest::test([] { vole::explore([] {}); }); }), nested);
  EXPECT_EQ(in_a_run([] { vole::synctest::test([] {}); }),
            "exception: synctest.Run called from within a synctest bubble");
}

TEST(options, a_policy_that_is_none_is_refused_with_its_place) {
  const auto complaint = [](const char* policy) {
    return panic_of([&] { vole::explore([] {}, {.policy = policy}); });
  };
  EXPECT_EQ(complaint("fifo"), "explore: policy 'fifo': position 0: expected random, pct or dfs");
  EXPECT_EQ(complaint("pct:dept=3"),
            "explore: policy 'pct:dept=3': position 4: expected seed or depth or length");
  EXPECT_EQ(complaint("pct:depth=0"),
            "explore: policy 'pct:depth=0': position 10: expected a number from 1 to 1000");
  EXPECT_EQ(complaint("pct:depth"), "explore: policy 'pct:depth': position 9: expected '='");
  EXPECT_EQ(complaint("random:seed=x"),
            "explore: policy 'random:seed=x': position 12: expected a number of at most 64 bits");
  EXPECT_EQ(complaint("dfs:seed=1"),
            "explore: policy 'dfs:seed=1': position 4: expected preemptions");
  EXPECT_EQ(complaint("random:depth=1"),
            "explore: policy 'random:depth=1': position 7: expected seed");
}

TEST(replay, refuses_a_string_that_is_no_schedule) {
  const auto complaint = [](const char* schedule) {
    return panic_of([&] { vole::replay(schedule, [] {}); });
  };
  EXPECT_EQ(complaint(""), "schedule: position 0: expected 'v1:', found the end");
  EXPECT_EQ(complaint("v2:0:.0"), "schedule: position 0: expected 'v1:', found 'v2:0:.0'");
  EXPECT_EQ(complaint("v1:0:.0~0"),
            "schedule: position 9: expected a number of points that is not 0, found the end");
  EXPECT_EQ(complaint("v1:0:3?.0"),
            "schedule: position 6: expected a letter, '(' or '.', found '?.0'");
}

TEST(replay, refuses_another_program) {
  const auto f = [] {
    for (int i = 0; i < 3; ++i) vole::go([] {});
  };
  EXPECT_EQ(panic_of([&] { vole::replay("v1:0:d.1", f); }),
            "explore: the program does not follow the schedule: decision 1 takes way 5, but there "
            "are only 2");
  EXPECT_EQ(panic_of([&] { vole::replay("v1:0:.1", [] {}); }),
            "explore: the program does not follow the schedule: the run has 0 decisions, the "
            "schedule 1");
}

TEST(replay, of_a_run_that_does_not_fail_says_so) {
  const auto again = vole::replay("v1:0:.0", [] {});
  EXPECT_FALSE(again);
  EXPECT_EQ(again.runs, 1U);
}

}  // namespace
