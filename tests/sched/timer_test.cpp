// SPDX-License-Identifier: Apache-2.0
// The laws of timer.h. Deadlines are compared with one another, never with a wall clock.
#include "sched/timer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "base/prng.h"
#include "support.h"

namespace {

class timer : public sched_test::alone {};

using sched_test::semaphore;
using sched_test::until;
using vole::sched::arm;
using vole::sched::cancel;
using vole::sched::now_ns;
using vole::sched::timer_entry;

struct releasing : timer_entry {
  semaphore* to = nullptr;
  std::atomic<int>* count = nullptr;
  explicit releasing(semaphore* target, std::atomic<int>* counter = nullptr)
      : to(target), count(counter) {
    fire = [](timer_entry& self) {
      auto& me = static_cast<releasing&>(self);
      std::atomic<int>* const fires = me.count;
      semaphore* const target = me.to;  // after release() the owner may be gone, and `me` with it
      if (fires != nullptr) fires->fetch_add(1);
      if (target != nullptr) target->release();
    };
  }
};

TEST_F(timer, fires_once_and_not_before_its_deadline) {
  semaphore done;
  releasing t(&done);
  t.deadline_ns = now_ns() + 3'000'000;
  arm(t);
  done.acquire();
  EXPECT_GE(now_ns(), t.deadline_ns);
  EXPECT_FALSE(cancel(t));
}

TEST_F(timer, a_deadline_in_the_past_fires_soon) {
  semaphore done;
  releasing t(&done);
  t.deadline_ns = now_ns() - 1'000'000'000;
  arm(t);
  done.acquire();
  t.deadline_ns = INT64_MIN / 2;
  cancel(t);
  arm(t);
  done.acquire();
  cancel(t);
}

TEST_F(timer, cancel_says_whether_it_prevented_the_fire) {
  std::atomic<int> fires{0};
  releasing t(nullptr, &fires);
  for (int i = 0; i < 1000; ++i) {
    t.deadline_ns = now_ns() + 3'600'000'000'000;
    arm(t);
    EXPECT_TRUE(cancel(t));
    EXPECT_FALSE(cancel(t));
  }
  EXPECT_EQ(fires.load(), 0);
}

TEST_F(timer, each_of_many_either_fires_or_is_cancelled) {
  constexpr int kTimers = 5000;
  std::atomic<int> fires{0};
  std::vector<std::unique_ptr<releasing>> timers;
  vole::base::prng random(3);
  const std::int64_t start = now_ns();
  for (int i = 0; i < kTimers; ++i) {
    timers.push_back(std::make_unique<releasing>(nullptr, &fires));
    timers.back()->deadline_ns = start + random.below(20'000'000);
    arm(*timers.back());
  }
  int cancelled = 0;
  for (int i = 0; i < kTimers; i += 2) cancelled += cancel(*timers[static_cast<std::size_t>(i)]);
  until([&] { return fires.load() + cancelled == kTimers; });
  for (const auto& t : timers) EXPECT_FALSE(cancel(*t));
  EXPECT_EQ(fires.load() + cancelled, kTimers);
}

struct ordered : timer_entry {
  std::vector<int>* order = nullptr;
  int number = 0;
  semaphore* done = nullptr;
};

TEST_F(timer, those_that_are_due_fire_in_the_order_of_their_deadlines) {
  constexpr int kTimers = 200;
  std::vector<int> order;
  semaphore done;
  std::vector<ordered> timers(kTimers);
  vole::base::prng random(11);
  std::vector<int> places(kTimers);
  for (int i = 0; i < kTimers; ++i) places[static_cast<std::size_t>(i)] = i;
  for (std::uint32_t i = kTimers - 1; i > 0; --i) std::swap(places[i], places[random.below(i + 1)]);
  const std::int64_t start = now_ns() + 30'000'000;
  for (const int place : places) {
    ordered& t = timers[static_cast<std::size_t>(place)];
    t.order = &order;
    t.number = place;
    t.done = &done;
    t.deadline_ns = start + place * 1000;
    t.fire = [](timer_entry& self) {
      auto& me = static_cast<ordered&>(self);
      me.order->push_back(me.number);
      me.done->release();
    };
    arm(t);
  }
  done.acquire_all(kTimers);
  for (ordered& t : timers) cancel(t);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST_F(timer, a_periodic_one_fires_until_cancelled) {
  semaphore ticks;
  releasing t(&ticks);
  t.deadline_ns = now_ns() + 500'000;
  t.period_ns = 500'000;
  arm(t);
  ticks.acquire_all(10);
  EXPECT_TRUE(cancel(t));
  EXPECT_FALSE(cancel(t));
}

struct slow : timer_entry {
  std::atomic<bool> is_in{false}, may_leave{false}, is_out{false};
};

TEST_F(timer, cancel_waits_for_a_running_fire) {
  slow t;
  t.deadline_ns = now_ns();
  t.fire = [](timer_entry& self) {
    auto& me = static_cast<slow&>(self);
    me.is_in = true;
    while (!me.may_leave.load()) std::this_thread::yield();
    me.is_out = true;
  };
  arm(t);
  until([&] { return t.is_in.load(); });
  std::thread helper([&] { t.may_leave = true; });
  EXPECT_FALSE(cancel(t));
  EXPECT_TRUE(t.is_out.load());
  helper.join();
}

struct rearming : timer_entry {
  std::atomic<int> fires{0};
  semaphore* done = nullptr;
};

TEST_F(timer, a_fire_may_arm_and_cancel_its_own_timer) {
  semaphore done;
  rearming t;
  t.done = &done;
  t.deadline_ns = now_ns();
  t.fire = [](timer_entry& self) {
    auto& me = static_cast<rearming&>(self);
    if (me.fires.fetch_add(1) < 20) {
      me.deadline_ns = now_ns() + 1000;
      arm(me);
      if (me.fires.load() % 2 == 0) {
        EXPECT_TRUE(cancel(me));
        arm(me);
      }
    } else {
      EXPECT_FALSE(cancel(me));
      me.done->release();
    }
  };
  arm(t);
  done.acquire();
  cancel(t);
  EXPECT_EQ(t.fires.load(), 21);
}

// A lost wake-up shows as a hang: each thread's timers are the first of their shard, and mostly
// earlier than what the timer thread sleeps for.
TEST_F(timer, an_earlier_deadline_is_never_slept_through) {
  constexpr int kThreads = 3, kRounds = 2000;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i)
    threads.emplace_back([i] {
      vole::base::prng random(static_cast<std::uint64_t>(i) + 1);
      semaphore done;
      for (int round = 0; round < kRounds; ++round) {
        releasing near(&done), far(&done);
        far.deadline_ns = now_ns() + 3'600'000'000'000;
        near.deadline_ns = now_ns() + random.below(20'000);
        if (round % 2 == 0) arm(far);
        arm(near);
        done.acquire();
        EXPECT_EQ(cancel(far), round % 2 == 0);
        cancel(near);
      }
    });
  for (std::thread& thread : threads) thread.join();
}

TEST_F(timer, a_million_live_ones_work) {
  constexpr std::size_t kTimers = 1'000'000;
  std::vector<timer_entry> all(kTimers);
  vole::base::prng random(17);
  const std::int64_t start = now_ns() + 3'600'000'000'000;
  for (timer_entry& one : all) {
    one.deadline_ns = start + random.below(1'000'000'000);
    one.fire = [](timer_entry&) {};
    arm(one);
  }
  semaphore done;
  releasing near(&done);
  near.deadline_ns = now_ns() + 1000;
  arm(near);
  done.acquire();
  cancel(near);
  for (timer_entry& one : all) ASSERT_TRUE(cancel(one));
}

TEST_F(timer, a_hog_on_every_processor_does_not_delay_them) {
  const int before = vole::max_procs(1);
  std::atomic<bool> is_over{false};
  semaphore done, fired;
  vole::go([&] {
    while (!is_over.load()) {
    }
    done.release();
  });
  releasing t(&fired);
  t.deadline_ns = now_ns() + 1'000'000;
  arm(t);
  fired.acquire();  // on main's own thread
  cancel(t);
  is_over = true;
  done.acquire();
  vole::max_procs(before);
}

}  // namespace
