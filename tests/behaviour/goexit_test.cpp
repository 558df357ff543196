// SPDX-License-Identifier: Apache-2.0
// goexit unwinds the goroutine as an exception would, and takes nobody else with it.
#include <vole/chan.h>
#include <vole/defer.h>
#include <vole/errgroup.h>
#include <vole/select.h>
#include <vole/sync.h>

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "support.h"

namespace {

using behaviour::in_goroutine;
using behaviour::processors;
using behaviour::until;

class exiting : public behaviour::alone {};

TEST_F(exiting, runs_what_was_deferred_in_reverse_order) {
  std::string order;
  in_goroutine([&] {
    const vole::defer first([&] { order += '1'; });
    const vole::defer second([&] { order += '2'; });
    [&] {
      const vole::defer third([&] { order += '3'; });
      vole::goexit();
    }();
    order += 'x';
  });
  EXPECT_EQ(order, "321");
}

TEST_F(exiting, gives_back_locks_and_memory) {
  vole::mutex lock;
  const auto shared = std::make_shared<int>(1);
  in_goroutine([&, copy = shared] {
    const std::lock_guard hold(lock);
    const std::vector<std::shared_ptr<int>> more(10, copy);
    vole::goexit();
  });
  EXPECT_TRUE(lock.try_lock());
  lock.unlock();
  EXPECT_EQ(shared.use_count(), 1);
}

TEST_F(exiting, destructors_may_wait) {
  const auto ch = vole::make_chan<int>();
  vole::go([ch] {
    const vole::defer tell([&] { ch.send(7); });
    vole::goexit();
  });
  EXPECT_EQ(ch.recv(), 7);
}

TEST_F(exiting, destructors_see_something_in_flight_and_may_throw_and_catch) {
  in_goroutine([] {
    const vole::defer look([] {
      EXPECT_GT(std::uncaught_exceptions(), 0);
      vole::yield();
      EXPECT_GT(std::uncaught_exceptions(), 0);
      EXPECT_THROW(throw std::runtime_error("inner"), std::runtime_error);
    });
    vole::goexit();
  });
}

TEST_F(exiting, passes_through_handlers_that_rethrow) {
  int seen = 0;
  in_goroutine([&] {
    try {
      try {
        vole::goexit();
      } catch (...) {
        ++seen;
        vole::yield();
        throw;
      }
    } catch (...) {
      ++seen;
      throw;
    }
  });
  EXPECT_EQ(seen, 2);
}

TEST_F(exiting, is_not_taken_for_an_exception_of_any_type) {
  bool is_caught = false;
  in_goroutine([&] {
    try {
      vole::goexit();
    } catch (const std::exception&) {
      is_caught = true;
    } catch (int) {
      is_caught = true;
    }
  });
  EXPECT_FALSE(is_caught);
}

TEST_F(exiting, from_within_a_handler_destroys_the_exception) {
  const auto shared = std::make_shared<int>(1);
  in_goroutine([&] {
    try {
      throw shared;
    } catch (const std::shared_ptr<int>& held) {
      vole::yield();
      EXPECT_EQ(held.use_count(), 2);
      vole::goexit();
    }
  });
  EXPECT_EQ(shared.use_count(), 1);
}

TEST_F(exiting, leaves_a_loop_over_a_channel_that_stays_usable) {
  const auto ch = vole::make_chan<int>(3);
  for (int i = 0; i < 3; ++i) ch.send(i);
  in_goroutine([&] {
    for ([[maybe_unused]] const int value : ch) vole::goexit();
  });
  EXPECT_EQ(ch.recv(), 1);
}

TEST_F(exiting, leaves_a_select_from_its_handler) {
  const auto ch = vole::make_chan<int>(1);
  ch.send(1);
  bool is_after = false;
  in_goroutine([&] {
    vole::select(vole::on_recv(ch, [](std::optional<int>) { vole::goexit(); }));
    is_after = true;
  });
  EXPECT_FALSE(is_after);
  EXPECT_EQ(ch.len(), 0u);
}

TEST_F(exiting, inside_blocking_gives_the_processor_back) {
  const processors one(1);
  in_goroutine([] { vole::blocking([] { vole::goexit(); }); });
  in_goroutine([] { vole::blocking([] {}); });
}

TEST_F(exiting, of_a_locked_one_lets_the_others_run_on) {
  const processors one(1);
  for (int round = 0; round < 10; ++round) {
    in_goroutine([] {
      vole::lock_os_thread();
      vole::goexit();
    });
  }
  in_goroutine([] {});
}

TEST_F(exiting, passes_through_the_standard_librarys_frames) {
  bool is_destroyed = false;
  in_goroutine([&] {
    const std::function<void(int)> indirect = [&](int depth) {
      const vole::defer at_end([&] { is_destroyed = true; });
      if (depth == 0) vole::goexit();
      std::invoke(indirect, depth - 1);
    };
    indirect(5);
  });
  EXPECT_TRUE(is_destroyed);
}

TEST_F(exiting, a_wait_group_counts_it_as_done) {
  vole::wait_group all;
  for (int g = 0; g < 100; ++g) {
    all.go([g] {
      if (g % 2 == 0) vole::goexit();
    });
  }
  all.wait();
}

TEST_F(exiting, ten_thousand_leave_nothing_behind) {
  vole::wait_group all;
  std::atomic<int> destroyed = 0;
  for (int round = 0; round < 10; ++round) {
    for (int g = 0; g < 1000; ++g) {
      all.go([&] {
        const vole::defer at_end([&] { destroyed.fetch_add(1); });
        vole::goexit();
      });
    }
    all.wait();
  }
  EXPECT_EQ(destroyed, 10'000);
  until([] { return vole::num_goroutine() == 1; });
}

TEST_F(exiting, one_beside_a_group_that_fails_is_no_failure_of_its_own) {
  vole::errgroup group;
  group.go([] { vole::goexit(); });
  group.go([] { throw std::runtime_error("the failure"); });
  EXPECT_THROW(group.wait(), std::runtime_error);
}

}  // namespace
