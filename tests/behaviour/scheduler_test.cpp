// SPDX-License-Identifier: Apache-2.0
// Who runs when: turns, wake-ups, parallelism and fairness, after Go's runtime/proc_test.go.
#include <vole/chan.h>
#include <vole/select.h>
#include <vole/sync.h>
#include <vole/time.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "support.h"

namespace {

using namespace std::chrono_literals;
using behaviour::in_goroutine;
using behaviour::processors;
using behaviour::until;

class scheduler : public behaviour::alone {};

TEST_F(scheduler, one_that_yields_lets_another_change_what_it_waits_for) {
  const processors one(1);
  std::atomic<bool> is_changed = false;
  in_goroutine([&] {
    vole::go([&] { is_changed.store(true); });
    until([&] { return is_changed.load(); });
  });
  EXPECT_TRUE(is_changed);
}

TEST_F(scheduler, yielding_ones_take_turns_on_one_processor) {
  const processors one(1);
  std::vector<int> turns;
  in_goroutine([&] {
    vole::wait_group all;
    for (int g = 0; g < 3; ++g) {
      all.go([&, g] {
        for (int i = 0; i < 50; ++i) {
          turns.push_back(g);
          vole::yield();
        }
      });
    }
    all.wait();
  });
  ASSERT_EQ(turns.size(), 150u);
  // Every 61st turn looks at the global queue first, which may let one of them in early.
  std::array<int, 3> had{};
  for (const int g : turns) {
    ++had[static_cast<std::size_t>(g)];
    const auto [least, most] = std::minmax_element(had.begin(), had.end());
    ASSERT_LE(*most - *least, 4);
  }
}

TEST_F(scheduler, the_last_one_spawned_runs_first_and_the_others_in_order) {
  const processors one(1);
  std::vector<int> order;
  in_goroutine([&] {
    vole::wait_group all;
    for (int g = 0; g < 100; ++g) all.go([&, g] { order.push_back(g); });
    all.wait();
  });
  // A run-next slot that has been used many times in a row gives way to one of the queue.
  ASSERT_EQ(order.size(), 100u);
  EXPECT_LE(std::find(order.begin(), order.end(), 99) - order.begin(), 1);
  std::erase(order, 99);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST_F(scheduler, more_than_a_local_queue_holds_all_run_once) {
  const processors one(1);
  constexpr std::size_t kGoroutines = 5000;
  std::vector<int> runs(kGoroutines);
  in_goroutine([&] {
    vole::wait_group all;
    for (std::size_t g = 0; g < kGoroutines; ++g) all.go([&, g] { ++runs[g]; });
    all.wait();
  });
  EXPECT_EQ(std::count(runs.begin(), runs.end(), 1), static_cast<long>(kGoroutines));
}

TEST_F(scheduler, a_woken_one_runs_before_those_that_were_queued_earlier) {
  const processors one(1);
  std::string order;
  in_goroutine([&] {
    const auto ch = vole::make_chan<int>();
    vole::wait_group all;
    all.go([&] {
      ch.recv();
      order += 'w';
    });
    vole::yield();  // it waits now
    for (int g = 0; g < 5; ++g) all.go([&] { order += 'q'; });
    ch.send(1);
    all.wait();
  });
  EXPECT_TRUE(order == "wqqqqq" || order == "qwqqqq") << order;  // the slot may give way to one
}

TEST_F(scheduler, a_chain_of_spawns_does_not_starve_the_queue) {
  const processors one(1);
  std::atomic<bool> has_run = false;
  struct link {
    static void run(std::atomic<bool>* until_set, vole::wait_group* end) {
      if (until_set->load()) return end->done();
      vole::go(&link::run, until_set, end);
    }
  };
  vole::wait_group end;
  end.add(1);
  in_goroutine([&] {
    vole::go([&] { has_run.store(true); });
    vole::go(&link::run, &has_run, &end);
  });
  end.wait();
}

TEST_F(scheduler, a_pair_that_wakes_each_other_and_a_yielding_one_share_a_processor) {
  const processors one(1);
  std::atomic<bool> is_over = false;
  std::atomic<long> yields = 0;
  in_goroutine([&] {
    const auto ping = vole::make_chan<int>();
    const auto pong = vole::make_chan<int>();
    vole::wait_group all;
    all.go([&] {
      while (!is_over.load()) {
        yields.fetch_add(1);
        vole::yield();
      }
    });
    all.go([=] {
      for (const int value : ping) pong.send(value);
    });
    all.go([&, ping, pong] {
      for (int i = 0; yields.load() < 20; ++i) {
        ping.send(i);
        pong.recv();
      }
      ping.close();
      is_over.store(true);
    });
    all.wait();
  });
}

TEST_F(scheduler, goroutines_run_in_parallel_on_as_many_processors) {
  constexpr int kParallel = 4;
  const processors four(kParallel);
  for (int round = 0; round < 5; ++round) {
    std::atomic<int> turn = 0;
    vole::wait_group all;
    for (int g = 0; g < kParallel; ++g) {
      all.go([&, g] {
        // No waiting and no yielding: each needs the others to run at the same time.
        for (int i = 0; i < 3; ++i) {
          while (turn.load() != kParallel * i + g) {
          }
          turn.fetch_add(1);
        }
      });
    }
    all.wait();
  }
}

TEST_F(scheduler, one_made_runnable_by_a_busy_one_runs_on_another_processor) {
  const processors two(2);
  for (int round = 0; round < 50; ++round) {
    in_goroutine([] {
      std::atomic<bool> has_run = false;
      vole::wait_group one;
      one.go([&] { has_run.store(true); });
      while (!has_run.load()) {  // without a yield
      }
      one.wait();
    });
  }
}

TEST_F(scheduler, a_receiver_woken_by_a_busy_sender_runs_on_another_processor) {
  const processors two(2);
  for (int round = 0; round < 50; ++round) {
    in_goroutine([] {
      std::atomic<bool> has_got = false;
      const auto ch = vole::make_chan<int>();
      vole::wait_group one;
      one.go([&] {
        ch.recv();
        has_got.store(true);
      });
      ch.send(1);
      while (!has_got.load()) {
      }
      one.wait();
    });
  }
}

TEST_F(scheduler, what_a_busy_one_has_queued_is_stolen) {
  const processors two(2);
  constexpr int kQueued = 200;
  in_goroutine([] {
    std::atomic<int> ran = 0;
    vole::wait_group all;
    for (int g = 0; g < kQueued; ++g) all.go([&] { ran.fetch_add(1); });
    while (ran.load() < kQueued) {
    }
    all.wait();
  });
}

TEST_F(scheduler, a_broadcast_wakes_everybody) {
  constexpr int kWaiting = 1000;
  const auto gate = vole::make_chan<vole::unit>();
  std::atomic<int> woken = 0;
  vole::wait_group all;
  for (int g = 0; g < kWaiting; ++g) {
    all.go([&] {
      gate.recv();
      woken.fetch_add(1);
    });
  }
  gate.close();
  all.wait();
  EXPECT_EQ(woken, kWaiting);
}

TEST_F(scheduler, timers_fire_beside_those_that_yield_all_the_time) {
  const processors one(1);
  std::atomic<bool> is_over = false;
  vole::wait_group yielding;
  for (int g = 0; g < 4; ++g) {
    yielding.go([&] {
      while (!is_over.load()) vole::yield();
    });
  }
  in_goroutine([] {
    for (int i = 0; i < 20; ++i) vole::sleep(100us);
  });
  is_over.store(true);
  yielding.wait();
}

TEST_F(scheduler, timers_that_are_due_at_once_do_not_starve_the_others) {
  const processors one(1);
  std::atomic<bool> is_over = false;
  vole::wait_group busy;
  for (int g = 0; g < 2; ++g) {
    busy.go([&] {
      while (!is_over.load()) {
        const vole::timer now(0ns);
        vole::select(vole::on_recv(now.c()), vole::on_default());
        vole::yield();
      }
    });
  }
  in_goroutine([] {
    for (int i = 0; i < 20; ++i) vole::sleep(100us);
  });
  is_over.store(true);
  busy.wait();
}

TEST_F(scheduler, more_processors_than_cores_do_no_harm) {
  const processors many(64);
  std::atomic<long> sum = 0;
  vole::wait_group all;
  for (int g = 0; g < 500; ++g) {
    all.go([&, g] {
      vole::yield();
      sum.fetch_add(g);
    });
  }
  all.wait();
  EXPECT_EQ(sum, 500 * 499 / 2);
}

TEST_F(scheduler, the_number_of_processors_may_change_while_all_are_busy) {
  const processors restored(2);
  std::atomic<bool> is_over = false;
  std::atomic<long> turns = 0;
  vole::wait_group all;
  for (int g = 0; g < 20; ++g) {
    all.go([&] {
      while (!is_over.load()) {
        turns.fetch_add(1);
        vole::yield();
      }
    });
  }
  for (const int n : {1, 8, 3, 1, 16, 2, 1}) {
    vole::max_procs(n);
    EXPECT_EQ(vole::max_procs(), n);
    const long before = turns.load();
    until([&] { return turns.load() > before + 100; });
  }
  is_over.store(true);
  all.wait();
}

TEST_F(scheduler, the_count_is_exact_after_a_storm) {
  EXPECT_EQ(vole::num_goroutine(), 1u);
  const auto gate = vole::make_chan<vole::unit>();
  vole::wait_group all;
  for (int g = 0; g < 300; ++g) all.go([gate] { gate.recv(); });
  EXPECT_EQ(vole::num_goroutine(), 301u);
  gate.close();
  all.wait();
  until([] { return vole::num_goroutine() == 1; });
}

TEST_F(scheduler, ids_are_never_used_again) {
  std::set<std::uint64_t> ids;
  std::mutex lock;
  for (int round = 0; round < 20; ++round) {
    vole::wait_group all;
    for (int g = 0; g < 50; ++g) {
      all.go([&] {
        const std::lock_guard hold(lock);
        ids.insert(vole::goroutine_id());
      });
    }
    all.wait();
  }
  EXPECT_EQ(ids.size(), 1000u);
}

TEST_F(scheduler, stacks_of_living_goroutines_do_not_overlap) {
  constexpr int kGoroutines = 200;
  std::vector<std::uintptr_t> places;
  vole::mutex lock;
  const auto gate = vole::make_chan<vole::unit>();
  vole::wait_group all;
  for (int g = 0; g < kGoroutines; ++g) {
    all.go([&] {
      int here = 0;
      lock.lock();
      places.push_back(reinterpret_cast<std::uintptr_t>(&here));
      lock.unlock();
      gate.recv();
    });
  }
  until([&] {
    const std::lock_guard hold(lock);
    return places.size() == kGoroutines;
  });
  gate.close();
  all.wait();
  std::sort(places.begin(), places.end());
  for (std::size_t i = 1; i < places.size(); ++i) EXPECT_GE(places[i] - places[i - 1], 16u << 10);
}

TEST_F(scheduler, a_condition_is_handed_around_a_thousand) {
  constexpr int kRing = 1000;
  std::vector<vole::chan<int>> ring;
  for (int i = 0; i <= kRing; ++i) ring.push_back(vole::make_chan<int>());
  for (std::size_t i = 0; i < kRing; ++i)
    vole::go([from = ring[i], to = ring[i + 1]] { to.send(*from.recv() + 1); });
  ring.front().send(0);
  EXPECT_EQ(ring.back().recv(), kRing);
}

TEST_F(scheduler, spawn_arguments_outlive_the_spawner) {
  std::string got;
  vole::wait_group one;
  one.add(1);
  {
    const std::string text(1000, 'x');
    vole::go(
        [&](const std::string& copy) {
          vole::yield();
          got = copy;
          one.done();
        },
        text);
  }
  one.wait();
  EXPECT_EQ(got, std::string(1000, 'x'));
}

TEST_F(scheduler, an_argument_that_cannot_be_copied_starts_nothing) {
  struct stubborn {
    stubborn() = default;
    stubborn(const stubborn&) { throw std::runtime_error("no copy"); }
  };
  const stubborn one;
  EXPECT_THROW(vole::go([](const stubborn&) {}, one), std::runtime_error);
  EXPECT_EQ(vole::num_goroutine(), 1u);
}

}  // namespace
