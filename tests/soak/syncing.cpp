// SPDX-License-Identifier: Apache-2.0
// Locks and what is made of them: plain data behind them stays whole.
#include <vole/context.h>
#include <vole/go.h>
#include <vole/semaphore.h>
#include <vole/singleflight.h>
#include <vole/sync.h>

#include <deque>
#include <mutex>
#include <shared_mutex>

#include "soak.h"

namespace soak {
namespace {

using namespace std::chrono_literals;

// A plain counter behind a mutex; some only try, some wait for others while they have it.
void counting(chance& dice) {
  const long goroutines = dice.from_to(1, 12);
  constexpr long kEach = 200;
  vole::mutex lock;
  long count = 0;
  vole::wait_group all;
  for (long g = 0; g < goroutines; ++g) {
    all.go([&, g] {
      for (long i = 0; i < kEach; ++i) {
        if (g % 3 == 0) {
          while (!lock.try_lock()) vole::yield();
        } else {
          lock.lock();
        }
        const long before = count;
        if (i % 50 == g % 50) vole::yield();
        count = before + 1;
        lock.unlock();
      }
    });
  }
  all.wait();
  expect_equal("counting: no count is lost", count, goroutines * kEach);
}

// Two plain numbers that readers must always see equal.
void reading_and_writing(chance& dice) {
  vole::shared_mutex lock;
  long left = 0;
  long right = 0;
  const long writers = dice.from_to(1, 3);
  constexpr long kEach = 50;
  vole::wait_group all;
  for (long w = 0; w < writers; ++w) {
    all.go([&] {
      for (long i = 0; i < kEach; ++i) {
        const std::unique_lock hold(lock);
        ++left;
        if (i % 10 == 0) vole::yield();
        ++right;
      }
    });
  }
  for (long r = dice.from_to(1, 6); r > 0; --r) {
    all.go([&] {
      for (long i = 0; i < kEach; ++i) {
        const std::shared_lock hold(lock);
        const long seen = left;
        if (i % 10 == 0) vole::yield();
        expect_equal("reading_and_writing: no writer beside readers", right, seen);
      }
    });
  }
  all.wait();
  expect_equal("reading_and_writing: no write is lost", left, writers * kEach);
}

// A queue with a limit, made of a mutex and two condition variables.
void bounded_queue(chance& dice) {
  vole::mutex lock;
  vole::condition_variable not_full;
  vole::condition_variable not_empty;
  std::deque<long> queue;
  const auto limit = static_cast<std::size_t>(dice.from_to(1, 5));
  const long pairs = dice.from_to(1, 4);
  const long each = dice.from_to(1, 100);
  const bool is_broadcast = dice.one_in(3);
  std::atomic<long> sum = 0;
  vole::wait_group all;
  const auto notify = [is_broadcast](vole::condition_variable& one) {
    is_broadcast ? one.notify_all() : one.notify_one();
  };
  for (long p = 0; p < pairs; ++p) {
    all.go([&] {
      for (long i = 0; i < each; ++i) {
        std::unique_lock hold(lock);
        not_full.wait(hold, [&] { return queue.size() < limit; });
        queue.push_back(i);
        notify(not_empty);
      }
    });
    all.go([&] {
      for (long i = 0; i < each; ++i) {
        std::unique_lock hold(lock);
        while (!not_empty.wait_for(hold, 300us, [&] { return !queue.empty(); })) {
        }
        sum.fetch_add(queue.front());
        queue.pop_front();
        notify(not_full);
      }
    });
  }
  all.wait();
  expect_equal("bounded_queue: every value is taken once", sum, pairs * each * (each - 1) / 2);
}

// A semaphore whose users take different amounts, and of whom some give up.
void sharing(chance& dice) {
  const long size = dice.from_to(1, 10);
  vole::weighted_semaphore memory(size);
  std::atomic<long> used = 0;
  vole::wait_group all;
  for (long g = dice.from_to(1, 8); g > 0; --g) {
    all.go([&, dice = chance(dice.seed())]() mutable {
      for (int i = 0; i < 20; ++i) {
        const long n = dice.from_to(1, size);
        auto [ctx, cancel] = vole::with_timeout(vole::background(), dice.one_in(4) ? 50us : 1h);
        if (memory.acquire(ctx, n)) continue;
        expect("sharing: no more is used than there is", used.fetch_add(n) + n <= size);
        if (dice.one_in(3)) vole::yield();
        used.fetch_sub(n);
        memory.release(n);
      }
    });
  }
  all.wait();
  expect("sharing: all is given back", memory.try_acquire(size));
  memory.release(size);
}

// Many call the same thing at the same time.
void once_for_all(chance& dice) {
  vole::once one;
  std::atomic<long> calls = 0;
  const auto value = vole::once_value([&] {
    vole::yield();
    calls.fetch_add(1);
    return 17L;
  });
  vole::singleflight<long, long> flights;
  vole::wait_group all;
  long once_calls = 0;
  for (long g = dice.from_to(2, 20); g > 0; --g) {
    all.go([&, g] {
      one.call([&] {
        vole::yield();
        ++once_calls;
      });
      expect_equal("once_for_all: call() returns after the one call", once_calls, 1);
      expect_equal("once_for_all: everybody gets the value", value(), 17);
      const long key = g % 3;
      const auto got = flights.call(key, [key] {
        vole::yield();
        return key * 10;
      });
      expect_equal("once_for_all: a flight gives its own value", got.value, key * 10);
    });
  }
  all.wait();
  expect_equal("once_for_all: one call", calls, 1);
}

// Counters in a map, raised by compare_and_swap while others clear and walk a part of it.
void mapping(chance& dice) {
  vole::sync_map<long, long> counts;
  const long goroutines = dice.from_to(1, 6);
  constexpr long kEach = 60;
  constexpr long kKeys = 7;
  vole::wait_group all;
  for (long g = 0; g < goroutines; ++g) {
    all.go([&] {
      for (long i = 0; i < kEach; ++i) {
        const long key = i % kKeys;
        for (long seen = counts.load_or_store(key, 0).first;
             !counts.compare_and_swap(key, seen, seen + 1); seen = *counts.load(key)) {
        }
        counts.store(1000 + i, i);
        counts.erase(1000 + i);
      }
    });
    all.go([&] { counts.range([](long, long) { return true; }); });
  }
  all.wait();
  long sum = 0;
  counts.range([&](long, long count) {
    sum += count;
    return true;
  });
  expect_equal("mapping: no count is lost", sum, goroutines * kEach);
}

// Things from a pool are nobody else's until they are put back.
void pooling(chance& dice) {
  struct thing {
    std::atomic<int> users = 0;
  };
  vole::pool<std::shared_ptr<thing>> things([] { return std::make_shared<thing>(); });
  vole::wait_group all;
  for (long g = dice.from_to(1, 8); g > 0; --g) {
    all.go([&] {
      for (int i = 0; i < 50; ++i) {
        auto mine = things.get();
        expect_equal("pooling: nobody else has it", mine->users.fetch_add(1), 0);
        if (i % 7 == 0) vole::yield();
        mine->users.fetch_sub(1);
        things.put(std::move(mine));
      }
    });
  }
  all.wait();
}

}  // namespace

std::vector<actor> sync_actors() {
  return {{"counting", counting},
          {"reading_and_writing", reading_and_writing},
          {"bounded_queue", bounded_queue},
          {"sharing", sharing},
          {"once_for_all", once_for_all},
          {"mapping", mapping},
          {"pooling", pooling}};
}

}  // namespace soak
