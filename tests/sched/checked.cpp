// SPDX-License-Identifier: Apache-2.0
// Programs for VOLE_CHECKED=1, by name: `checked NAME`. checked_test.cpp knows what each must do.
#include <unistd.h>
#include <vole/go.h>

#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <functional>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>

#include "support.h"
#include "tests/support/blocked.h"

namespace {

using sched_test::semaphore;

std::mutex the_mutex;
std::shared_mutex the_shared_mutex;

// Runs `body` in a goroutine and waits for its end.
int in_goroutine(const std::function<void()>& body) {
  semaphore done;
  vole::go([&] {
    body();
    done.release();
  });
  done.acquire();
  return 0;
}

int yields_change_threads() {
  int moves = 0;
  in_goroutine([&] {
    for (int i = 0; i < 100; ++i) {
      const pid_t before = gettid();
      vole::yield();
      moves += gettid() != before ? 1 : 0;
    }
  });
  std::printf("%d\n", moves);
  return 0;
}
int waits_change_threads() {
  int moves = 0;
  in_goroutine([&] {
    for (int i = 0; i < 100; ++i) {
      semaphore own;
      const pid_t before = gettid();
      vole::go([&] {
        vole_test::until_blocked(vole::event::wait_reason::semacquire, 2);  // main is the other
        own.release();
      });
      own.acquire();
      moves += gettid() != before ? 1 : 0;
    }
  });
  std::printf("%d\n", moves);
  return 0;
}
int a_pin_keeps_its_thread() {
  int moves = 0;
  in_goroutine([&] {
    const vole::pin outer;
    const pid_t before = gettid();
    for (int i = 0; i < 50; ++i) {
      const vole::pin inner;
      const std::lock_guard held(the_mutex);
      semaphore own;
      vole::go([&] { own.release(); });
      own.acquire();
      vole::yield();
      moves += gettid() != before ? 1 : 0;
    }
  });
  std::printf("%d\n", moves);
  return 0;
}
int locks_that_are_given_back() {
  return in_goroutine([&] {
    std::recursive_mutex recursive;
    std::condition_variable changed;
    for (int i = 0; i < 50; ++i) {
      {
        const std::scoped_lock held(the_mutex, recursive);
        const std::lock_guard again(recursive);
      }
      {
        const std::shared_lock reader(the_shared_mutex);
      }
      {
        const std::unique_lock writer(the_shared_mutex);
      }
      std::unique_lock waiting(the_mutex);
      changed.wait_for(waiting, std::chrono::microseconds(1));
      waiting.unlock();
      if (the_mutex.try_lock()) the_mutex.unlock();
      vole::yield();
    }
  });
}
int a_thread_may_hold_a_lock_over_a_wait() {
  std::thread([] {
    const std::lock_guard held(the_mutex);
    semaphore own;
    vole::go([&] { own.release(); });
    own.acquire();
    vole::yield();
  }).join();
  return 0;
}

int wait_under_a_mutex() {
  return in_goroutine([] {
    semaphore own;
    const std::lock_guard held(the_mutex);
    own.acquire();
  });
}
int wait_under_a_shared_mutex() {
  return in_goroutine([] {
    semaphore own;
    const std::shared_lock held(the_shared_mutex);
    own.acquire();
  });
}
int yield_under_a_tried_mutex() {
  return in_goroutine([] {
    if (!the_mutex.try_lock()) return;
    vole::yield();
    the_mutex.unlock();
  });
}
int blocking_under_a_mutex() {
  return in_goroutine([] {
    const std::lock_guard held(the_mutex);
    vole::blocking([] {});
  });
}
int end_under_a_mutex() {
  vole::go([] { the_mutex.lock(); });
  semaphore never;
  never.acquire();
  return 0;
}

int a_pin_destroyed_elsewhere() {
  vole::pin* made = nullptr;
  in_goroutine([&] { made = new vole::pin; });
  delete made;
  return 0;
}

const std::map<std::string, int (*)()>& programs() {
  static const std::map<std::string, int (*)()> all = {
#define PROGRAM(name) {#name, &name}
      PROGRAM(yields_change_threads),
      PROGRAM(waits_change_threads),
      PROGRAM(a_pin_keeps_its_thread),
      PROGRAM(locks_that_are_given_back),
      PROGRAM(a_thread_may_hold_a_lock_over_a_wait),
      PROGRAM(wait_under_a_mutex),
      PROGRAM(wait_under_a_shared_mutex),
      PROGRAM(yield_under_a_tried_mutex),
      PROGRAM(blocking_under_a_mutex),
      PROGRAM(end_under_a_mutex),
      PROGRAM(a_pin_destroyed_elsewhere),
#undef PROGRAM
  };
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  const auto found = programs().find(argc > 1 ? argv[1] : "");
  return found == programs().end() ? 98 : found->second();
}
