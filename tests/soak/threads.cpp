// SPDX-License-Identifier: Apache-2.0
// Threads and goroutines together: foreign threads, blocked threads, threads that one goroutine
// has.
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/sync.h>
#include <vole/time.h>

#include <chrono>
#include <thread>

#include "soak.h"

namespace soak {
namespace {

// Threads come, trade with goroutines over channels and behind a mutex, and go.
void adopted(chance& dice) {
  const long threads = dice.from_to(1, 4);
  const long each = dice.from_to(1, 40);
  const auto there = vole::make_chan<long>(static_cast<std::size_t>(dice.below(3)));
  const auto back = vole::make_chan<long>();
  vole::mutex lock;
  long count = 0;
  vole::go([=] {
    for (const long value : there) back.send(value * 2);
    back.close();
  });
  std::atomic<long> sum = 0;
  std::vector<std::thread> all;
  for (long t = 0; t < threads; ++t) {
    all.emplace_back([&] {
      for (long i = 0; i < each; ++i) {
        there.send(i);
        sum.fetch_add(*back.recv());
        lock.lock();
        ++count;
        lock.unlock();
      }
    });
  }
  vole::blocking([&] {
    for (auto& one : all) one.join();
  });
  there.close();
  expect_equal("adopted: every value comes back", sum, threads * each * (each - 1));
  expect_equal("adopted: no count is lost", count, threads * each);
}

// Goroutines block their threads while others run on.
void blocked(chance& dice) {
  vole::wait_group all;
  std::atomic<long> ended = 0;
  const long goroutines = dice.from_to(1, 6);
  for (long g = 0; g < goroutines; ++g) {
    all.go([&, us = dice.below(2000)] {
      const long got = vole::blocking([us] {
        std::this_thread::sleep_for(std::chrono::microseconds(us));
        return us;
      });
      expect_equal("blocked: the result comes through", got, us);
      ended.fetch_add(1);
    });
  }
  all.wait();
  expect_equal("blocked: all come back", ended, goroutines);
}

// A goroutine that has locked itself to its thread stays there, however often it waits.
void locked(chance& dice) {
  const auto ch = vole::make_chan<long>();
  const long trips = dice.from_to(1, 20);
  vole::wait_group both;
  both.go([=] {
    vole::lock_os_thread();
    const auto thread = std::this_thread::get_id();
    for (long i = 0; i < trips; ++i) {
      ch.send(i);
      vole::yield();
      expect("locked: always on its thread", std::this_thread::get_id() == thread);
    }
    if (trips % 2 == 0) vole::unlock_os_thread();
  });
  both.go([=] {
    for (long i = 0; i < trips; ++i) expect_equal("locked: in order", *ch.recv(), i);
  });
  both.wait();
}

// Computes for longer than a turn should last.
void hogging(chance& dice) {
  const auto end = vole::steady_clock::now() + std::chrono::milliseconds(dice.from_to(1, 15));
  while (vole::steady_clock::now() < end) {
  }
  vole::sleep(std::chrono::milliseconds(10));
}

}  // namespace

std::vector<actor> thread_actors() {
  return {{"adopted", adopted}, {"blocked", blocked}, {"locked", locked}, {"hogging", hogging}};
}

}  // namespace soak
