// SPDX-License-Identifier: Apache-2.0
// Groups of goroutines with one task: errgroup and singleflight, after the tests of
// golang.org/x/sync.
#include <vole/chan.h>
#include <vole/errgroup.h>
#include <vole/select.h>
#include <vole/singleflight.h>
#include <vole/sync.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support.h"

namespace {

using namespace std::chrono_literals;
using behaviour::in_goroutine;
using behaviour::until;

class group : public behaviour::alone {};

TEST_F(group, without_functions_has_nothing_to_wait_for) {
  vole::errgroup empty;
  empty.wait();
  auto [with_ctx, ctx] = vole::errgroup::with_context(vole::background());
  EXPECT_FALSE(ctx.err());
  with_ctx.wait();
  EXPECT_EQ(ctx.err(), vole::context_errc::canceled);
}

TEST_F(group, keeps_the_type_and_the_object_of_the_failure) {
  vole::errgroup numbers;
  numbers.go([] { throw 42; });
  try {
    numbers.wait();
    ADD_FAILURE();
  } catch (int failure) {
    EXPECT_EQ(failure, 42);
  }
}

TEST_F(group, failures_after_the_first_are_dropped_and_destroyed) {
  const auto shared = std::make_shared<int>(1);
  {
    vole::errgroup many;
    for (int i = 0; i < 50; ++i) many.go([shared] { throw std::shared_ptr<int>(shared); });
    EXPECT_THROW(many.wait(), std::shared_ptr<int>);
  }
  EXPECT_EQ(shared.use_count(), 1);
}

TEST_F(group, the_cause_of_its_context_is_the_failure_itself) {
  auto [one, ctx] = vole::errgroup::with_context(vole::background());
  one.go([] { throw std::range_error("the cause"); });
  EXPECT_THROW(one.wait(), std::range_error);
  EXPECT_EQ(ctx.err(), vole::context_errc::canceled);
  try {
    std::rethrow_exception(ctx.cause());
  } catch (const std::range_error& e) {
    EXPECT_STREQ(e.what(), "the cause");
  }
}

TEST_F(group, the_end_of_its_parent_context_is_no_failure) {
  auto [parent, cancel] = vole::with_cancel(vole::background());
  auto [one, ctx] = vole::errgroup::with_context(parent);
  one.go([ctx = ctx] { ctx.done().recv(); });
  cancel();
  one.wait();
}

TEST_F(group, a_failure_ends_producers_that_wait_to_send) {
  auto [one, ctx] = vole::errgroup::with_context(vole::background());
  const auto nobody_receives = vole::make_chan<int>();
  std::atomic<int> given_up = 0;
  for (int g = 0; g < 10; ++g) {
    one.go([&, ctx = ctx] {
      if (vole::select(vole::on_send(nobody_receives, 1), vole::on_recv(ctx.done())) == 1)
        given_up.fetch_add(1);
    });
  }
  one.go([] {
    for (int i = 0; i < 10; ++i) vole::yield();
    throw std::runtime_error("enough");
  });
  EXPECT_THROW(one.wait(), std::runtime_error);
  EXPECT_EQ(given_up, 10);
}

TEST_F(group, a_limit_of_one_is_mutual_exclusion) {
  vole::errgroup one;
  one.set_limit(1);
  long count = 0;
  for (int g = 0; g < 200; ++g) {
    one.go([&] {
      const long before = count;
      vole::yield();
      count = before + 1;
    });
  }
  one.wait();
  EXPECT_EQ(count, 200);
}

TEST_F(group, a_negative_limit_is_none) {
  vole::errgroup one;
  one.set_limit(1);
  one.set_limit(-1);
  const auto gate = vole::make_chan<vole::unit>();
  for (int g = 0; g < 100; ++g) ASSERT_TRUE(one.try_go([gate] { gate.recv(); }));
  gate.close();
  one.wait();
}

TEST_F(group, a_limit_of_zero_refuses_everybody) {
  vole::errgroup one;
  one.set_limit(0);
  EXPECT_FALSE(one.try_go([] { ADD_FAILURE(); }));
  one.wait();
}

TEST_F(group, a_place_is_free_again_after_a_function_has_failed) {
  vole::errgroup one;
  one.set_limit(1);
  for (int g = 0; g < 20; ++g) one.go([] { throw std::runtime_error("again"); });
  EXPECT_THROW(one.wait(), std::runtime_error);
}

TEST_F(group, a_limit_must_not_come_while_functions_run_without_one) {
  vole::errgroup one;
  const auto gate = vole::make_chan<vole::unit>();
  one.go([gate] { gate.recv(); });
  one.go([gate] { gate.recv(); });
  try {
    one.set_limit(5);
    ADD_FAILURE() << "changed";
  } catch (const vole::panic& e) {
    EXPECT_STREQ(e.what(),
                 "errgroup: modify limit while 2 goroutines in the group are still active");
  }
  gate.close();
  one.wait();
}

TEST_F(group, groups_may_stand_within_groups) {
  vole::errgroup outer;
  std::atomic<int> leaves = 0;
  for (int g = 0; g < 10; ++g) {
    outer.go([&, g] {
      vole::errgroup inner;
      for (int f = 0; f < 10; ++f) {
        inner.go([&, f] {
          leaves.fetch_add(1);
          if (g == 3 && f == 7) throw std::runtime_error("from the inside");
        });
      }
      inner.wait();
    });
  }
  EXPECT_THROW(outer.wait(), std::runtime_error);
  EXPECT_EQ(leaves, 100);
}

TEST_F(group, what_functions_wrote_can_be_read_after_wait) {
  std::vector<int> squares(500);
  vole::errgroup one;
  for (int i = 0; i < 500; ++i) one.go([&, i] { squares[static_cast<std::size_t>(i)] = i * i; });
  one.wait();
  for (int i = 0; i < 500; ++i) ASSERT_EQ(squares[static_cast<std::size_t>(i)], i * i);
}

TEST_F(group, stages_of_a_pipeline_fail_together) {
  auto [stages, ctx] = vole::errgroup::with_context(vole::background());
  const auto numbers = vole::make_chan<int>();
  const auto squares = vole::make_chan<int>();
  stages.go([=, ctx = ctx] {
    for (int i = 0;; ++i)
      if (vole::select(vole::on_send(numbers, i), vole::on_recv(ctx.done())) == 1) break;
    numbers.close();
  });
  stages.go([=, ctx = ctx] {
    for (const int n : numbers)
      if (vole::select(vole::on_send(squares, n * n), vole::on_recv(ctx.done())) == 1) break;
    squares.close();
  });
  stages.go([=] {
    for (const int square : squares)
      if (square == 49) throw std::runtime_error("seven");
  });
  EXPECT_THROW(stages.wait(), std::runtime_error);
}

TEST_F(group, its_functions_may_hold_things_that_only_move) {
  vole::errgroup one;
  auto number = std::make_unique<int>(5);
  std::atomic<int> got = 0;
  one.go([number = std::move(number), &got] { got = *number; });
  one.wait();
  EXPECT_EQ(got, 5);
}

TEST_F(group, threads_may_use_groups_too) {
  std::thread([] {
    vole::errgroup one;
    std::atomic<int> sum = 0;
    for (int i = 1; i <= 10; ++i) one.go([&, i] { sum.fetch_add(i); });
    one.wait();
    EXPECT_EQ(sum, 55);
  }).join();
}

class flight : public behaviour::alone {};

TEST_F(flight, a_crowd_causes_few_calls_and_everybody_gets_the_answer) {
  vole::singleflight<int, int> flights;
  std::atomic<int> calls = 0;
  vole::wait_group all;
  for (int g = 0; g < 200; ++g) {
    all.go([&, g] {
      const int key = g % 4;
      const auto got = flights.call(key, [&] {
        calls.fetch_add(1);
        for (int i = 0; i < 10; ++i) vole::yield();
        return key * 100;
      });
      EXPECT_EQ(got.value, key * 100);
    });
  }
  all.wait();
  EXPECT_GE(calls, 4);
  EXPECT_LE(calls, 200);
}

TEST_F(flight, threads_and_goroutines_share_a_call) {
  vole::singleflight<std::string, int> flights;
  std::atomic<int> calls = 0;
  std::atomic<int> arrived = 0;
  const auto fly = [&] {
    arrived.fetch_add(1);
    return flights
        .call("key",
              [&] {
                until([&] { return arrived.load() == 3; });
                for (int i = 0; i < 50; ++i) vole::yield();
                return calls.fetch_add(1) + 1;
              })
        .value;
  };
  std::atomic<int> sum = 0;
  std::thread first([&] { sum.fetch_add(fly()); });
  std::thread second([&] { sum.fetch_add(fly()); });
  in_goroutine([&] { sum.fetch_add(fly()); });
  first.join();
  second.join();
  EXPECT_GE(sum, 3);
}

TEST_F(flight, a_call_may_start_another_with_a_key_of_its_own) {
  vole::singleflight<int, long> flights;
  struct factorial {
    static long of(vole::singleflight<int, long>& all, int n) {
      return all.call(n, [&] { return n == 0 ? 1 : n * of(all, n - 1); }).value;
    }
  };
  vole::wait_group all;
  for (int g = 0; g < 20; ++g) all.go([&] { EXPECT_EQ(factorial::of(flights, 10), 3628800); });
  all.wait();
}

TEST_F(flight, forget_during_a_call_starts_a_second_beside_it) {
  vole::singleflight<int, int> flights;
  const auto gate = vole::make_chan<vole::unit>();
  std::atomic<int> begun = 0;
  vole::wait_group all;
  all.go([&] {
    const auto got = flights.call(1, [&] {
      begun.fetch_add(1);
      gate.recv();
      return 1;
    });
    EXPECT_EQ(got.value, 1);
  });
  until([&] { return begun.load() == 1; });
  flights.forget(1);
  EXPECT_EQ(flights.call(1, [] { return 2; }).value, 2);
  gate.close();
  all.wait();
}

TEST_F(flight, a_failed_call_is_not_remembered) {
  vole::singleflight<int, int> flights;
  EXPECT_THROW(flights.call(1, []() -> int { throw std::runtime_error("first"); }),
               std::runtime_error);
  EXPECT_EQ(flights.call(1, [] { return 7; }).value, 7);
}

}  // namespace
