// SPDX-License-Identifier: Apache-2.0
// The laws of spawning, parking, yielding, blocking and adoption, over park and ready alone.
#include <gtest/gtest.h>
#include <vole/defer.h>
#include <vole/go.h>

#include <atomic>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "sched/core/scheduler.h"
#include "support.h"

namespace {

class goroutine : public sched_test::alone {};

using sched_test::semaphore;
using sched_test::until;
using vole::event::wait_reason;

TEST_F(goroutine, each_one_spawned_runs_exactly_once) {
  constexpr int kGoroutines = 20'000;
  std::vector<std::atomic<int>> runs(kGoroutines);
  semaphore done;
  for (int i = 0; i < kGoroutines; ++i) {
    vole::go([&, i] {
      runs[static_cast<std::size_t>(i)].fetch_add(1, std::memory_order_relaxed);
      done.release();
    });
  }
  done.acquire_all(kGoroutines);
  for (const auto& count : runs) ASSERT_EQ(count.load(), 1);
  until([] { return vole::num_goroutine() == 1; });
}

TEST_F(goroutine, trees_of_spawns_all_end) {
  semaphore done;
  struct tree {
    static void grow(semaphore& done, int depth) {
      if (depth == 0) return done.release();
      vole::go(grow, std::ref(done), depth - 1);
      vole::go(grow, std::ref(done), depth - 1);
    }
  };
  tree::grow(done, 13);
  done.acquire_all(1 << 13);
}

TEST_F(goroutine, wake_ups_are_never_lost_between_goroutines) {
  semaphore ping, pong, done;
  constexpr int kRounds = 100'000;
  vole::go([&] {
    for (int i = 0; i < kRounds; ++i) ping.acquire(), pong.release();
    done.release();
  });
  vole::go([&] {
    for (int i = 0; i < kRounds; ++i) ping.release(), pong.acquire();
    done.release();
  });
  done.acquire_all(2);
}

TEST_F(goroutine, wake_ups_are_never_lost_between_a_thread_and_a_goroutine) {
  semaphore ping, pong;
  constexpr int kRounds = 5'000;
  vole::go([&] {
    for (int i = 0; i < kRounds; ++i) ping.acquire(), pong.release();
  });
  for (int i = 0; i < kRounds; ++i) ping.release(), pong.acquire();
}

TEST_F(goroutine, wake_ups_are_never_lost_among_many) {
  constexpr int kRing = 100, kLaps = 200;
  std::vector<semaphore> links(kRing);
  semaphore done;
  for (int i = 0; i < kRing; ++i) {
    vole::go([&, i] {
      for (int lap = 0; lap < kLaps; ++lap) {
        links[static_cast<std::size_t>(i)].acquire();
        links[static_cast<std::size_t>((i + 1) % kRing)].release();
      }
      done.release();
    });
  }
  for (int start = 0; start < kRing; start += 25) links[static_cast<std::size_t>(start)].release();
  // Four tokens go round: the last goroutine's laps end when the ring's laps do.
  done.acquire_all(kRing);
}

TEST_F(goroutine, a_commit_that_refuses_undoes_the_park) {
  const auto refuse = [] {
    int calls = 0;
    for (int i = 0; i < 1000; ++i)
      vole::sched::park(
          wait_reason::semacquire, nullptr,
          [](vole::event::goroutine*, void* count) {
            ++*static_cast<int*>(count);
            return false;
          },
          &calls);
    EXPECT_EQ(calls, 1000);
  };
  refuse();  // adopted
  semaphore done;
  vole::go([&] {
    refuse();
    done.release();
  });
  done.acquire();
}

TEST_F(goroutine, a_commit_may_let_the_waker_come_before_it_returns) {
  semaphore done;
  vole::go([&] {
    for (int i = 0; i < 2000; ++i) {
      vole::sched::park(
          wait_reason::semacquire, nullptr,
          [](vole::event::goroutine* self, void*) {
            vole::sched::ready(self);  // the earliest wake-up there can be
            return true;
          },
          nullptr);
    }
    done.release();
  });
  done.acquire();
}

TEST_F(goroutine, a_pair_that_wakes_each_other_does_not_starve_a_third) {
  const int before = vole::max_procs(1);
  semaphore ping, pong, done;
  std::atomic<bool> has_third_run{false};
  const auto play = [&](semaphore& mine, semaphore& theirs) {
    while (!has_third_run.load(std::memory_order_relaxed)) {
      theirs.release();
      mine.acquire();
    }
    theirs.release();
    done.release();
  };
  vole::go([&] {
    vole::go([&] { has_third_run.store(true, std::memory_order_relaxed); });
    vole::go([&] { play(ping, pong); });
    vole::go([&] { play(pong, ping); });
  });
  done.acquire_all(2);
  vole::max_procs(before);
}

TEST_F(goroutine, yielding_ones_do_not_starve_a_queued_one) {
  const int before = vole::max_procs(1);
  std::atomic<bool> is_over{false};
  semaphore done;
  for (int i = 0; i < 3; ++i)
    vole::go([&] {
      until([&] { return is_over.load(); });
      done.release();
    });
  vole::go([&] { vole::go([&] { is_over = true; }); });
  done.acquire_all(3);
  vole::max_procs(before);
}

TEST_F(goroutine, a_hog_does_not_stop_the_others_when_there_is_another_processor) {
  const int before = vole::max_procs(2);
  std::atomic<bool> is_over{false};
  semaphore done;
  vole::go([&] {
    // In its run-next slot and queue sit others when it begins to hog.
    for (int i = 0; i < 100; ++i) vole::go([&] { done.release(); });
    while (!is_over.load(std::memory_order_relaxed)) {
    }
    done.release();
  });
  done.acquire_all(100);
  is_over = true;
  done.acquire();
  vole::max_procs(before);
}

TEST_F(goroutine, max_procs_may_change_under_load) {
  const int before = vole::max_procs();
  std::atomic<bool> is_over{false};
  semaphore done;
  constexpr int kGoroutines = 50;
  for (int i = 0; i < kGoroutines; ++i) {
    vole::go([&] {
      semaphore own;
      while (!is_over.load()) {
        vole::go([&] { own.release(); });
        vole::yield();
        own.acquire();
      }
      done.release();
    });
  }
  for (int round = 0; round < 200; ++round) {
    vole::max_procs(1 + round * 7 % 11);
    vole::yield();
  }
  is_over = true;
  done.acquire_all(kGoroutines);
  vole::max_procs(before);
}

TEST_F(goroutine, exceptions_being_handled_belong_to_their_goroutine) {
  constexpr int kGoroutines = 50;
  semaphore done;
  std::atomic<int> right{0};
  for (int i = 0; i < kGoroutines; ++i) {
    vole::go([&, i] {
      const std::string mine = "exception " + std::to_string(i);
      try {
        throw std::runtime_error(mine);
      } catch (const std::runtime_error&) {
        vole::yield();  // another handles its own on this thread meanwhile
        try {
          throw;
        } catch (const std::exception& e) {
          vole::yield();
          if (e.what() == mine) ++right;
        }
      }
      EXPECT_EQ(std::current_exception(), nullptr);
      done.release();
    });
  }
  done.acquire_all(kGoroutines);
  EXPECT_EQ(right.load(), kGoroutines);
}

TEST_F(goroutine, a_destructor_may_park_while_an_exception_unwinds) {
  constexpr int kGoroutines = 50;
  semaphore done, gate;
  std::atomic<int> counts_seen{0};
  for (int i = 0; i < kGoroutines; ++i) {
    vole::go([&] {
      try {
        const vole::defer waits([&] {
          const int before = std::uncaught_exceptions();
          gate.acquire();
          if (before == 1 && std::uncaught_exceptions() == 1) ++counts_seen;
        });
        throw 1;
      } catch (int) {
      }
      EXPECT_EQ(std::uncaught_exceptions(), 0);
      done.release();
    });
  }
  vole::go([&] {
    EXPECT_EQ(std::uncaught_exceptions(), 0);
    for (int i = 0; i < kGoroutines; ++i) gate.release();
  });
  done.acquire_all(kGoroutines);
  EXPECT_EQ(counts_seen.load(), kGoroutines);
}

TEST_F(goroutine, goexit_runs_destructors_inside_and_outside_of_handlers) {
  semaphore done;
  std::atomic<int> destroyed{0}, caught{0};
  for (int i = 0; i < 100; ++i) {
    vole::go([&] {
      const vole::defer last([&] { done.release(); });
      const vole::defer outer([&] { destroyed += std::uncaught_exceptions() == 1 ? 1 : 0; });
      try {
        throw std::runtime_error("being handled");
      } catch (const std::runtime_error&) {
        try {
          const vole::defer inner([&] {
            vole::yield();
            destroyed += std::uncaught_exceptions() == 1 ? 1 : 0;
          });
          vole::goexit();
        } catch (...) {
          ++caught;
          vole::yield();
          throw;
        }
      }
      ADD_FAILURE() << "goexit returned";
    });
  }
  done.acquire_all(100);
  EXPECT_EQ(destroyed.load(), 200);
  EXPECT_EQ(caught.load(), 100);
  until([] { return vole::num_goroutine() == 1; });
}

TEST_F(goroutine, goexit_on_a_foreign_thread_ends_the_thread) {
  bool is_destroyed = false;
  std::thread foreign([&] {
    const vole::defer d([&] { is_destroyed = true; });
    vole::goexit();
  });
  vole::blocking([&] { foreign.join(); });
  EXPECT_TRUE(is_destroyed);
  EXPECT_EQ(vole::num_goroutine(), 1u);
}

TEST_F(goroutine, foreign_threads_may_come_and_go_by_the_thousand) {
  semaphore done;
  for (int batch = 0; batch < 100; ++batch) {
    std::vector<std::thread> threads;
    for (int t = 0; t < 10; ++t) {
      threads.emplace_back([&] {
        semaphore own;
        vole::go([&] { own.release(), done.release(); });
        own.acquire();
      });
    }
    for (std::thread& t : threads) t.join();
    done.acquire_all(10);
  }
  until([] { return vole::num_goroutine() == 1; });
}

TEST_F(goroutine, thread_local_destructors_of_foreign_threads_may_park) {
  static semaphore* gate = nullptr;
  semaphore storage;
  gate = &storage;
  struct waits_at_the_end {
    bool is_used = false;
    ~waits_at_the_end() { gate->acquire(); }
  };
  std::thread foreign([] {
    thread_local waits_at_the_end last;
    last.is_used = true;
    vole::yield();
  });
  vole::go([] { gate->release(); });
  foreign.join();
  until([] { return vole::num_goroutine() == 1; });
}

TEST_F(goroutine, more_may_block_their_thread_than_there_are_processors) {
  const int before = vole::max_procs(2);
  constexpr int kBlocked = 20;
  std::atomic<int> blocked{0};
  std::atomic<std::uint32_t> is_open{0};
  semaphore done;
  for (int i = 0; i < kBlocked; ++i) {
    vole::go([&] {
      vole::blocking([&] {
        ++blocked;
        is_open.wait(0);
      });
      done.release();
    });
  }
  until([&] { return blocked.load() == kBlocked; });
  vole::go([&] { is_open = 1, is_open.notify_all(); });
  done.acquire_all(kBlocked);
  vole::max_procs(before);
}

TEST_F(goroutine, a_park_inside_of_blocking_works) {
  semaphore ping, pong, done;
  vole::go([&] {
    vole::blocking([&] {
      vole::blocking([&] {
        for (int i = 0; i < 1000; ++i) ping.acquire(), pong.release();
      });
      vole::yield();
    });
    done.release();
  });
  for (int i = 0; i < 1000; ++i) ping.release(), pong.acquire();
  vole::blocking([&] { done.acquire(); });
}

TEST_F(goroutine, a_park_inside_of_blocking_does_not_wait_for_a_processor_with_its_lock_held) {
  const int before = vole::max_procs(1);
  constexpr int kGoroutines = 4, kRounds = 2000;
  semaphore turns(1), done;
  long count = 0;
  for (int i = 0; i < kGoroutines; ++i) {
    vole::go([&, i] {
      const auto play = [&] {
        for (int k = 0; k < kRounds; ++k) {
          turns.acquire();
          ++count;
          turns.release();
        }
      };
      if (i % 2 == 0)
        vole::blocking(play);
      else
        play();
      done.release();
    });
  }
  done.acquire_all(kGoroutines);
  EXPECT_EQ(count, long{kGoroutines} * kRounds);
  vole::max_procs(before);
}

TEST_F(goroutine, a_locked_one_stays_on_its_thread_and_has_it_alone) {
  constexpr int kLocked = 5, kOthers = 20;
  semaphore done;
  std::atomic<int> running_locked{kLocked};
  for (int i = 0; i < kLocked; ++i) {
    vole::go([&] {
      vole::lock_os_thread();
      vole::lock_os_thread();
      thread_local int marker = 0;
      int* const mine = &marker;  // of this thread: nobody else may come by
      *mine = 1;
      semaphore own;
      for (int k = 0; k < 200; ++k) {
        vole::go([&] { own.release(); });
        own.acquire();
        vole::yield();
        EXPECT_EQ(*mine, 1);
      }
      *mine = 0;
      vole::unlock_os_thread();
      vole::unlock_os_thread();
      --running_locked;
      done.release();
    });
  }
  for (int i = 0; i < kOthers; ++i) {
    vole::go([&] {
      while (running_locked.load() != 0) vole::yield();
      done.release();
    });
  }
  done.acquire_all(kLocked + kOthers);
}

TEST_F(goroutine, a_locked_one_may_block_and_may_end_locked) {
  semaphore done;
  for (int i = 0; i < 20; ++i) {
    vole::go([&] {
      vole::lock_os_thread();
      const auto mine = std::this_thread::get_id();
      vole::blocking([] { std::this_thread::yield(); });
      EXPECT_EQ(std::this_thread::get_id(), mine);
      done.release();
    });
  }
  done.acquire_all(20);
  until([] { return vole::num_goroutine() == 1; });
  vole::unlock_os_thread();  // nothing to undo
}

TEST_F(goroutine, stacks_are_as_deep_as_asked_for) {
  semaphore done;
  struct deep {
    static int go_down(int frames) {
      volatile char page[4096];
      page[0] = static_cast<char>(frames);
      return frames == 0 ? 0 : go_down(frames - 1) + (page[0] == static_cast<char>(frames) ? 1 : 0);
    }
  };
  for (const std::size_t megabytes : {std::size_t{1}, std::size_t{4}, std::size_t{64}}) {
    vole::go(vole::spawn{.name = "digger", .stack_bytes = megabytes << 20}, [&done, megabytes] {
      const int frames = static_cast<int>(megabytes * 100);
      EXPECT_EQ(deep::go_down(frames), frames);
      done.release();
    });
  }
  done.acquire_all(3);
}

TEST_F(goroutine, a_default_stack_holds_what_the_standard_library_needs) {
  semaphore done;
  std::string text;
  vole::go([&] {
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, "%.20Lf %s", 1e10L, std::to_string(3.5).c_str());
    text = buffer;
    done.release();
  });
  done.acquire();
  EXPECT_EQ(text, "10000000000.00000000000000000000 3.500000");
}

}  // namespace
