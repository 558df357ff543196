// SPDX-License-Identifier: Apache-2.0
// Laws of a bubble: who is in it, when wait() returns, how it ends.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/panic.h>
#include <vole/select.h>
#include <vole/sync.h>
#include <vole/synctest.h>

#include <atomic>
#include <functional>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/support/blocked.h"

namespace synctest = vole::synctest;
using namespace std::chrono_literals;
using vole_test::until;

namespace {

class bubble : public ::testing::Test {
 protected:
  void TearDown() override { vole_test::until_alone(); }
};

template <class F>
std::string text_of_panic(F f) {
  try {
    f();
  } catch (const vole::panic& p) {
    return p.what();
  }
  return "no panic";
}

TEST_F(bubble, may_be_empty) {
  synctest::test([] {});
}

TEST_F(bubble, runs_its_body_once_and_in_a_goroutine_of_its_own) {
  const std::uint64_t caller = vole::goroutine_id();
  int runs = 0;
  synctest::test([&] {
    ++runs;
    EXPECT_NE(vole::goroutine_id(), caller);
    EXPECT_TRUE(synctest::is_in_bubble());
  });
  EXPECT_EQ(runs, 1);
  EXPECT_FALSE(synctest::is_in_bubble());
}

TEST_F(bubble, ends_when_everybody_has_ended) {
  std::atomic<int> ended = 0;
  synctest::test([&] {
    for (int i = 0; i < 20; ++i) {
      vole::go([&] {
        for (int k = 0; k < 10; ++k) vole::yield();
        vole::go([&] { ++ended; });
      });
    }
  });
  EXPECT_EQ(ended, 20);
}

TEST_F(bubble, is_inherited_by_what_its_goroutines_start) {
  synctest::test([] { vole::go([] { vole::go([] { EXPECT_TRUE(synctest::is_in_bubble()); }); }); });
}

TEST_F(bubble, wait_returns_at_once_when_nobody_else_is_there) {
  synctest::test([] {
    for (int i = 0; i < 100; ++i) synctest::wait();
  });
}

TEST_F(bubble, wait_lets_others_end_first) {
  synctest::test([] {
    int value = 0;
    vole::go([&] { value = 1; });
    synctest::wait();
    EXPECT_EQ(value, 1);
  });
}

// Each goroutine makes the next one and hands the count on.
void count_down(vole::chan<int> counts, bool& is_done) {
  const int count = *counts.recv();
  if (count == 0) {
    is_done = true;
    return;
  }
  vole::go([counts, &is_done] { count_down(counts, is_done); });
  counts.send(count - 1);
}

TEST_F(bubble, wait_follows_a_chain_of_goroutines_to_its_end) {
  synctest::test([] {
    bool is_done = false;
    const auto counts = vole::make_chan<int>();
    vole::go([&] { count_down(counts, is_done); });
    counts.send(100);
    synctest::wait();
    EXPECT_TRUE(is_done);
  });
}

TEST_F(bubble, wait_returns_when_the_others_are_blocked) {
  synctest::test([] {
    const auto gate = vole::make_chan<vole::unit>();
    int before = 0, after = 0;
    for (int i = 0; i < 10; ++i) vole::go([gate] { gate.recv(); });
    vole::go([&, gate] {
      before = 1;
      gate.recv();
      after = 1;
    });
    synctest::wait();
    EXPECT_EQ(before, 1);
    EXPECT_EQ(after, 0);
    gate.close();
    synctest::wait();
    EXPECT_EQ(after, 1);
  });
}

TEST_F(bubble, wait_may_be_called_by_any_of_its_goroutines) {
  synctest::test([] {
    const auto gate = vole::make_chan<vole::unit>();
    int steps = 0;
    vole::go([&, gate] {
      synctest::wait();  // the body and the other one are blocked
      EXPECT_EQ(steps, 1);
      gate.close();
    });
    vole::go([&, gate] {
      ++steps;
      gate.recv();
    });
    gate.recv();
  });
}

TEST_F(bubble, a_second_wait_at_the_same_time_panics) {
  synctest::test([] {
    std::atomic<bool> goes_on = false;
    std::string text;
    vole::go([&] {
      until([&] { return goes_on.load(); });  // awake: the other's wait lasts
      text = text_of_panic([] { synctest::wait(); });
    });
    vole::go([&] {
      // The census, because a chan would be one more durable wait.
      vole_test::until_blocked(vole::event::wait_reason::synctest_wait);
      goes_on = true;
    });
    synctest::wait();
    EXPECT_EQ(text, "wait already in progress");
  });
}

TEST_F(bubble, wait_outside_panics) {
  EXPECT_EQ(text_of_panic([] { synctest::wait(); }), "goroutine is not in a bubble");
}

TEST_F(bubble, a_test_within_a_test_panics) {
  std::string text;
  synctest::test([&] { text = text_of_panic([] { synctest::test([] {}); }); });
  EXPECT_EQ(text, "synctest.Run called from within a synctest bubble");
}

TEST_F(bubble, an_exception_of_the_body_leaves_the_test) {
  for (int i = 0; i < 20; ++i)
    EXPECT_THROW(synctest::test([] { throw std::out_of_range("mine"); }), std::out_of_range);
  // Also when others are there still, which end before.
  bool has_ended = false;
  EXPECT_THROW(synctest::test([&] {
                 vole::go([&] {
                   for (int i = 0; i < 100; ++i) vole::yield();
                   has_ended = true;
                 });
                 throw 7;
               }),
               int);
  EXPECT_TRUE(has_ended);
}

TEST_F(bubble, goexit_ends_the_body_and_the_test_goes_on) {
  bool has_ended = false, was_unwound = false;
  synctest::test([&] {
    vole::go([&] {
      synctest::wait();
      has_ended = true;
    });
    struct flag {
      bool& raised;
      ~flag() { raised = true; }
    } const at_end{was_unwound};
    vole::goexit();
  });
  EXPECT_TRUE(has_ended);
  EXPECT_TRUE(was_unwound);
}

TEST_F(bubble, goexit_ends_a_child) {
  synctest::test([] {
    vole::go([] { vole::goexit(); });
    synctest::wait();
  });
}

TEST_F(bubble, may_be_made_by_any_goroutine_and_any_thread) {
  std::atomic<int> runs = 0;
  const auto body = [&] {
    vole::sleep(1h);
    ++runs;
  };
  synctest::test(body);
  std::thread([&] { synctest::test(body); }).join();
  vole::wait_group group;
  group.go([&] { synctest::test(body); });
  group.wait();
  EXPECT_EQ(runs, 3);
}

TEST_F(bubble, many_run_beside_each_other_each_with_its_own_clock) {
  vole::wait_group group;
  std::atomic<int> wrong = 0;
  for (int i = 1; i <= 50; ++i) {
    group.go([&wrong, i] {
      synctest::test([&wrong, i] {
        const auto start = vole::steady_clock::now();
        for (int k = 0; k < 20; ++k) {
          vole::sleep(std::chrono::seconds(i));
          vole::yield();
        }
        if (vole::steady_clock::now() - start != std::chrono::seconds(20 * i)) ++wrong;
      });
    });
  }
  group.wait();
  EXPECT_EQ(wrong, 0);
}

TEST_F(bubble, what_a_member_does_in_blocking_is_waited_for) {
  synctest::test([] {
    bool is_done = false;
    vole::go([&] {
      vole::blocking([&] {
        std::this_thread::sleep_for(1ms);
        is_done = true;
      });
    });
    synctest::wait();
    EXPECT_TRUE(is_done);
  });
}

TEST_F(bubble, a_member_bound_to_its_thread_is_one_as_any) {
  synctest::test([] {
    const auto start = vole::steady_clock::now();
    vole::lock_os_thread();
    const auto gate = vole::make_chan<vole::unit>();
    vole::go([gate] {
      vole::lock_os_thread();
      vole::sleep(1h);
      gate.close();
    });
    gate.recv();
    EXPECT_EQ(vole::steady_clock::now() - start, 1h);
  });
}

TEST_F(bubble, ten_thousand_goroutines_are_waited_for) {
  synctest::test([] {
    const auto gate = vole::make_chan<vole::unit>();
    std::atomic<int> through = 0;
    for (int i = 0; i < 10'000; ++i) {
      vole::go([&, gate] {
        gate.recv();
        ++through;
      });
    }
    synctest::wait();
    EXPECT_EQ(through, 0);
    gate.close();
    synctest::wait();
    EXPECT_EQ(through, 10'000);
  });
}

// Everybody is busy on all processors with parks that are undone, handed over and overtaken; not
// once may wait() return while anybody can go on.
TEST_F(bubble, wait_is_never_early_however_hard_the_others_work) {
  synctest::test([] {
    for (int round = 0; round < 50; ++round) {
      std::atomic<int> at_work = 8;
      const auto items = vole::make_chan<int>(3);
      vole::mutex m;
      vole::condition_variable filled;
      int produced = 0;
      for (int i = 0; i < 4; ++i) {
        vole::go([&, items] {
          for (int k = 0; k < 50; ++k) {
            items.send(k);
            const std::lock_guard hold(m);
            ++produced;
            filled.notify_one();
          }
          --at_work;
        });
        vole::go([&, items] {
          for (int k = 0; k < 50; ++k) {
            std::unique_lock hold(m);
            filled.wait(hold, [&] { return produced > 0; });
            --produced;
            hold.unlock();
            items.recv();
          }
          --at_work;
        });
      }
      synctest::wait();
      ASSERT_EQ(at_work, 0);
    }
  });
}

}  // namespace
