// SPDX-License-Identifier: Apache-2.0
// One way for a process to end, by name: `ending NAME`. ending_test.cpp knows how each must look.
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vole/chan.h>
#include <vole/defer.h>
#include <vole/go.h>
#include <vole/mutex.h>
#include <vole/panic.h>
#include <vole/time.h>
#include <vole/wait_group.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <iostream>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

#include "sched/timer.h"
#include "support.h"
#include "tests/support/blocked.h"

namespace {

using sched_test::semaphore;

semaphore never;                         // nobody releases it
std::atomic<int> live_in_goroutines{0};  // goroutines in the middle of their code
std::atomic<bool> is_hog_here{false};

// A static destructor that says so, and that fails when a goroutine runs under it.
struct says_goodbye {
  ~says_goodbye() {
    const int first = live_in_goroutines.load();
    for (int i = 0; i < 2000; ++i) {
      sched_yield();
      if (live_in_goroutines.load() != first) {
        std::puts("a goroutine ran under a static destructor");
        std::_Exit(99);
      }
    }
    std::puts("static destructor");
  }
};

void make_late_static() { static says_goodbye late; }

void block() { never.acquire(); }

// Goroutines that are always in the middle of something and always about to switch.
void run_hot(int count) {
  make_late_static();
  for (int i = 0; i < count; ++i) {
    vole::go([] {
      semaphore own;
      for (;;) {
        live_in_goroutines.fetch_add(1, std::memory_order_relaxed);
        vole::go([&] { own.release(); });
        own.acquire();
        vole::yield();
      }
    });
  }
  while (live_in_goroutines.load() < count) vole::yield();
}

void start_hog() {
  vole::go([] {
    is_hog_here = true;
    for (;;) live_in_goroutines.fetch_add(1, std::memory_order_relaxed);
  });
  while (!is_hog_here.load()) sched_yield();
}

struct point {
  int x = 0;
};

[[gnu::noinline]] void throw_boom() { throw std::runtime_error("boom"); }

int main_returns_while_goroutines_run_hot() {
  run_hot(4);
  return 5;
}
int exit_in_a_goroutine_while_others_run_hot() {
  run_hot(4);
  vole::go([] { std::exit(7); });
  block();
  return 0;
}
int exit_on_a_foreign_thread() {
  run_hot(2);
  std::thread([] {
    vole::yield();
    std::exit(8);
  }).detach();
  block();
  return 0;
}
int main_returns_beside_a_hog() {
  make_late_static();
  start_hog();
  std::printf("unflushed");
  return 6;
}
int main_returns_beside_one_in_blocking() {
  make_late_static();
  std::atomic<bool> is_in{false};
  vole::go([&] {
    vole::blocking([&] {
      is_in = true;
      for (;;) pause();
    });
  });
  while (!is_in.load()) sched_yield();
  std::cout << "unflushed";
  return 6;
}
int main_returns_and_nobody_runs() {
  make_late_static();
  semaphore done;
  vole::go([&] { done.release(); });
  vole::go(block);
  done.acquire();
  return 4;
}
int a_static_destructor_waits_for_goroutines() {
  static vole::defer waits([] { block(); });
  vole::go(block);
  vole::yield();
  return 9;
}
int uncaught_exception_in_a_goroutine() {
  vole::go([] {
    const vole::defer d([] { std::puts("unwound"); });
    throw_boom();
  });
  block();
  return 0;
}
int uncaught_exception_in_main() {
  vole::yield();
  throw_boom();
  return 0;
}
int uncaught_panic_on_a_foreign_thread() {
  std::thread([] {
    vole::yield();
    throw vole::close_of_nil_channel();
  }).join();
  return 0;
}
int uncaught_text_of_two_lines() {
  vole::go([] { throw std::string("first\nsecond"); });
  block();
  return 0;
}
int uncaught_number() {
  vole::go([] { throw 42; });
  block();
  return 0;
}
int uncaught_struct() {
  vole::go([] { throw point{}; });
  block();
  return 0;
}
int terminate_without_an_exception() {
  vole::go([] { std::terminate(); });
  block();
  return 0;
}
int own_terminate_handler() {
  std::set_terminate([] {
    std::puts("mine");
    std::fflush(stdout);
    _exit(12);
  });
  vole::go([] { throw_boom(); });
  block();
  return 0;
}
int swallowed_goexit() {
  vole::go([] {
    try {
      vole::goexit();
    } catch (...) {
    }
  });
  block();
  return 0;
}
int goexit_through_noexcept() {
  vole::go([] { []() noexcept { vole::goexit(); }(); });
  block();
  return 0;
}
int deadlock_of_main() {
  block();
  return 0;
}
int deadlock_of_all() {
  for (int i = 0; i < 10; ++i) vole::go(block);
  std::thread([] { block(); }).detach();
  block();
  return 0;
}
int deadlock_after_a_timer() {
  vole::sched::timer_entry t;
  t.fire = [](vole::sched::timer_entry&) {};
  t.deadline_ns = vole::sched::now_ns() + 20'000'000;
  vole::sched::arm(t);
  block();
  return 0;
}
int deadlock_after_a_foreign_thread() {
  std::thread([] { usleep(20'000); }).detach();
  block();
  return 0;
}
int deadlock_of_a_locked_one() {
  vole::go([] {
    vole::lock_os_thread();
    vole::yield();
    block();
  });
  block();
  return 0;
}
int deadlock_inside_of_blocking() {
  vole::go([] { vole::blocking(block); });
  vole::blocking(block);
  return 0;
}
int goexit_on_main() {
  static semaphore unwound;
  const vole::defer d([] {
    std::puts("main unwound");
    unwound.release();
  });
  vole::go([] {
    unwound.acquire();
    vole::yield();
    std::puts("the rest");
  });
  vole::goexit();
}
int goexit_on_main_and_the_rest_blocked() {
  vole::go(block);
  vole::goexit();
}
int no_deadlock_beside_a_foreign_thread() {
  semaphore done;
  std::thread foreign([&] {
    usleep(100'000);  // much longer than a look for a deadlock takes
    done.release();
  });
  done.acquire();
  foreign.join();
  return 3;
}
int no_deadlock_beside_blocking() {
  semaphore done;
  vole::go([&] {
    vole::blocking([] { usleep(100'000); });
    done.release();
  });
  done.acquire();
  return 3;
}
int the_child_of_a_fork() {
  semaphore done;
  vole::go([&] { done.release(); });
  done.acquire();
  const pid_t child = fork();
  if (child == 0) std::exit(vole::goroutine_id() == 1 ? 21 : 22);
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 21) return 1;
  if (fork() == 0) {
    vole::go([] {});
    block();
  }
  wait(&status);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
// How a child ends that does this and, if it gets so far, leaves with status 21.
std::string end_of_child(void (*act)()) {
  const pid_t child = fork();
  if (child == 0) {
    act();
    _exit(21);
  }
  int status = 0;
  vole::blocking([&] { waitpid(child, &status, 0); });
  return WIFEXITED(status) ? std::to_string(WEXITSTATUS(status)) + " " : "killed ";
}
std::string ends_of_children_that_need_workers() {
  static const auto gate = vole::make_chan<int>();
  static vole::wait_group waiter;  // in the parent: somebody to wake
  waiter.go([] { gate.recv(); });
  while (vole_test::count_blocked(vole::event::wait_reason::chan_receive) == 0) vole::yield();
  std::string ends = end_of_child([] { block(); });
  ends += end_of_child([] { vole::make_chan<int>().recv(); });
  ends += end_of_child([] { vole::sleep(std::chrono::hours(1)); });
  ends += end_of_child([] { vole::go([] {}); });
  ends += end_of_child([] { gate.send(1); });
  gate.send(1);
  waiter.wait();
  return ends;
}
std::string ends_of_children_that_need_nobody() {
  std::string ends = end_of_child([] { _exit(31); });
  ends += end_of_child([] { std::exit(32); });
  ends += end_of_child([] { execl("/bin/sh", "sh", "-c", "exit 33", nullptr); });
  ends += end_of_child([] {
    const auto roomy = vole::make_chan<int>(1);
    roomy.send(34);
    vole::mutex free;
    const std::lock_guard hold(free);
    _exit(*roomy.recv());
  });
  return ends + end_of_child([] { vole::blocking([] { usleep(1); }); });
}
std::string ends_of_children() {
  return ends_of_children_that_need_workers() + ends_of_children_that_need_nobody();
}
int say(const std::string& text) {
  std::printf("%s\n", text.c_str());
  return 3;
}
int forks_of_main() { return say(ends_of_children()); }
int forks_of_a_foreign_thread() {
  std::string ends;
  std::thread([&] { ends = ends_of_children(); }).join();
  return say(ends);
}
int forks_of_a_goroutine() {
  std::string ends;
  vole::wait_group all;
  all.go([&] {
    ends = ends_of_children();
    ends += end_of_child([] { vole::yield(); });
    ends += end_of_child([] { vole::goexit(); });
    vole::lock_os_thread();
    ends += end_of_child([] { block(); });
    vole::unlock_os_thread();
    const vole::pin stay;
    ends += end_of_child([] { block(); });
  });
  all.wait();
  return say(ends);
}
int max_procs_follows_the_affinity() {
  cpu_set_t mask;
  sched_getaffinity(getpid(), sizeof mask, &mask);
  if (vole::max_procs() < 2) return 3;  // nothing to see on this machine
  int cpu = 0;
  while (!CPU_ISSET(cpu, &mask)) ++cpu;
  CPU_ZERO(&mask);
  CPU_SET(cpu, &mask);
  sched_setaffinity(getpid(), sizeof mask, &mask);
  vole::go([] {
    for (;;) vole::yield();
  });
  while (vole::max_procs() != 1) sched_yield();
  return 3;
}

const std::map<std::string, std::function<int()>>& endings() {
  static const std::map<std::string, std::function<int()>> all = {
#define ENDING(name) {#name, &name}
      ENDING(main_returns_while_goroutines_run_hot),
      ENDING(exit_in_a_goroutine_while_others_run_hot),
      ENDING(exit_on_a_foreign_thread),
      ENDING(main_returns_beside_a_hog),
      ENDING(main_returns_beside_one_in_blocking),
      ENDING(main_returns_and_nobody_runs),
      ENDING(a_static_destructor_waits_for_goroutines),
      ENDING(uncaught_exception_in_a_goroutine),
      ENDING(uncaught_exception_in_main),
      ENDING(uncaught_panic_on_a_foreign_thread),
      ENDING(uncaught_text_of_two_lines),
      ENDING(uncaught_number),
      ENDING(uncaught_struct),
      ENDING(terminate_without_an_exception),
      ENDING(own_terminate_handler),
      ENDING(swallowed_goexit),
      ENDING(goexit_through_noexcept),
      ENDING(deadlock_of_main),
      ENDING(deadlock_of_all),
      ENDING(deadlock_after_a_timer),
      ENDING(deadlock_after_a_foreign_thread),
      ENDING(deadlock_of_a_locked_one),
      ENDING(deadlock_inside_of_blocking),
      ENDING(goexit_on_main),
      ENDING(goexit_on_main_and_the_rest_blocked),
      ENDING(no_deadlock_beside_a_foreign_thread),
      ENDING(no_deadlock_beside_blocking),
      ENDING(the_child_of_a_fork),
      ENDING(forks_of_main),
      ENDING(forks_of_a_foreign_thread),
      ENDING(forks_of_a_goroutine),
      ENDING(max_procs_follows_the_affinity),
#undef ENDING
  };
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  const auto found = endings().find(argc > 1 ? argv[1] : "");
  if (found == endings().end()) return 98;
  return found->second();
}
