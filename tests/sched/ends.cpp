// SPDX-License-Identifier: Apache-2.0
// One way for a process to end, in one kind of company: `ends WAY COMPANY`. ends_test.cpp runs all
// pairs of them, often. Exit status 99: a goroutine ran under a static destructor.
#include <sched.h>
#include <unistd.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/sync.h>
#include <vole/time.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

#include "sched/park.h"

namespace {

using namespace std::chrono_literals;

std::atomic<bool> is_over{false};
std::atomic<int> arrived{0};

// Whoever runs after this one's destruction runs under static destructors.
struct witness {
  ~witness() {
    is_over = true;
    for (int i = 0; i < 200; ++i) sched_yield();
  }
};

void make_late_static() { static witness late; }

void look() {
  if (is_over) std::_Exit(99);
}

void wait_for_arrivals(int count) {
  while (arrived.load() < count) vole::yield();
}

// COMPANY
// ------------------------------------------------------------------------------------------

void nobody() {}

// Always in the middle of a send, a wait for a lock, a start or an end.
void busy_ones() {
  static vole::mutex shared;
  for (int i = 0; i < 4; ++i) {
    vole::go([] {
      ++arrived;
      const auto c = vole::make_chan<int>();
      for (;;) {
        vole::go([c] { c.send(1); });
        c.recv();
        look();
        const std::lock_guard held(shared);
        vole::yield();
        look();
      }
    });
  }
  wait_for_arrivals(4);
}

void hogs() {
  for (int i = 0; i < 2; ++i) {
    vole::go([] {
      ++arrived;
      for (;;) look();
    });
  }
  while (arrived.load() < 2) sched_yield();
}

void ones_in_system_calls() {
  for (int i = 0; i < 3; ++i) {
    vole::go([] {
      vole::blocking([] {
        ++arrived;
        for (;;) pause();
      });
    });
  }
  wait_for_arrivals(3);
}

void timers() {
  for (int i = 0; i < 20; ++i) {
    vole::go([i] {
      ++arrived;
      vole::ticker every(std::chrono::microseconds(50 + i));
      for (;;) {
        every.c().recv();
        vole::sleep(10us);
        look();
      }
    });
  }
  static vole::timer later = vole::after_func(1h, [] {});
  wait_for_arrivals(20);
}

// Foreign threads are the program's own to stop: they may still run under static destructors.
void threads() {
  static const auto& c = *new vole::chan<int>(vole::make_chan<int>());
  for (int i = 0; i < 3; ++i) {
    std::thread([i] {
      ++arrived;
      for (;;) {
        if (i == 0)
          c.send(i);
        else
          c.recv();
        vole::yield();
      }
    }).detach();
  }
  while (arrived.load() < 3) sched_yield();
}

// In objects that static destructors destroy.
void ones_that_wait() {
  static const auto c = vole::make_chan<int>();
  static vole::mutex lock;
  static vole::wait_group group;
  static vole::condition_variable changed;
  group.add();
  lock.lock();
  for (int i = 0; i < 3; ++i) {
    vole::go([] {
      ++arrived;
      c.recv();
    });
    vole::go([] {
      ++arrived;
      lock.lock();
    });
    vole::go([] {
      ++arrived;
      group.wait();
    });
    vole::go([] {
      vole::mutex own;
      std::unique_lock held(own);
      ++arrived;
      changed.wait(held);
    });
  }
  wait_for_arrivals(12);
}

// WAY
// ------------------------------------------------------------------------------------------------

// Runs `end` in a goroutine and never returns.
[[noreturn]] void in_goroutine(void (*end)()) {
  vole::go(end);
  for (;;) vole::sleep(1h);
}

[[gnu::noinline]] void throw_boom() { throw std::runtime_error("boom"); }

int main_returns() { return 7; }
int exit_in_a_goroutine() {
  in_goroutine([] { std::exit(8); });
}
int exit_on_a_thread() {
  std::thread([] { std::exit(9); }).detach();
  for (;;) vole::sleep(1h);
}
int exit_on_an_adopted_thread() {
  std::thread([] {
    vole::yield();
    std::exit(9);
  }).detach();
  for (;;) vole::sleep(1h);
}
int quick_exit() {
  in_goroutine([] { std::quick_exit(10); });
}
int immediate_exit() {
  in_goroutine([] { std::_Exit(11); });
}
int panic_in_main() {
  throw_boom();
  return 0;
}
int panic_in_a_goroutine() {
  in_goroutine([] { throw_boom(); });
}
int fatal_error() {
  in_goroutine([] { vole::sched::fatal("as asked"); });
}
int two_ends_at_once() {
  vole::go([] { std::exit(7); });
  return 7;
}

const std::map<std::string, int (*)()>& ways() {
  static const std::map<std::string, int (*)()> all = {
#define ROW(name) {#name, &name}
      ROW(main_returns),     ROW(exit_in_a_goroutine),
      ROW(exit_on_a_thread), ROW(exit_on_an_adopted_thread),
      ROW(quick_exit),       ROW(immediate_exit),
      ROW(panic_in_main),    ROW(panic_in_a_goroutine),
      ROW(fatal_error),      ROW(two_ends_at_once)};
  return all;
}

const std::map<std::string, void (*)()>& companies() {
  static const std::map<std::string, void (*)()> all = {
      ROW(nobody), ROW(busy_ones), ROW(hogs),          ROW(ones_in_system_calls),
      ROW(timers), ROW(threads),   ROW(ones_that_wait)};
#undef ROW
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  const auto way = ways().find(argc > 1 ? argv[1] : "");
  const auto company = companies().find(argc > 2 ? argv[2] : "");
  if (way == ways().end() || company == companies().end()) return 98;
  make_late_static();
  company->second();
  return way->second();
}
