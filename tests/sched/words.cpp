// SPDX-License-Identifier: Apache-2.0
// What a dying process says, by name: `words NAME`. words_test.cpp knows the texts.
#include <sys/wait.h>
#include <unistd.h>
#include <vole/go.h>
#include <vole/panic.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "event/census.h"
#include "event/traceback.h"
#include "sched/ending/quit_signal.h"
#include "sched/spawn.h"
#include "support.h"

namespace {

using sched_test::semaphore;

semaphore never;  // nobody releases it
std::atomic<int> spinning{0};

[[gnu::noinline]] void block() {
  never.acquire();
  asm volatile("" ::: "memory");
}

[[gnu::noinline]] void spin() {
  ++spinning;
  for (;;) asm volatile("" ::: "memory");
}

std::size_t count_waiting() {
  std::size_t count = 0;
  vole::event::for_each_goroutine(
      [](void* argument, const vole::event::goroutine_view& view) {
        if (view.state == vole::event::goroutine_state::waiting)
          ++*static_cast<std::size_t*>(argument);
      },
      &count, true);
  return count;
}

void start_blocked() {
  const std::size_t before = count_waiting();
  vole::go(block);
  sched_test::until([&] { return count_waiting() == before + 1; });
}

[[noreturn]] void quit_from_here() {
  kill(getpid(), SIGQUIT);
  for (;;) pause();
}

// One that waits, one that runs, and main in the kernel.
int quit_of_everybody() {
  start_blocked();
  std::thread([] {
    vole::yield();
    spin();
  }).detach();
  while (spinning.load() == 0) sched_yield();
  quit_from_here();
}
int quit_while_all_allocate() {
  for (int i = 0; i < 4; ++i) {
    vole::go([] {
      for (;;) {
        std::vector<std::unique_ptr<std::string>> some;
        for (std::size_t k = 0; k < 50; ++k) some.push_back(std::make_unique<std::string>(k, 'x'));
        ++spinning;
        semaphore own;
        vole::go([&] { own.release(); });
        own.acquire();
      }
    });
  }
  while (spinning.load() < 100) vole::yield();
  kill(getpid(), SIGQUIT);
  for (;;) {
    const std::string churn(static_cast<std::size_t>(spinning.load() % 1000), 'y');
    asm volatile("" ::"r"(churn.data()) : "memory");
  }
}
int quit_with_a_report_that_hangs() {
  vole::yield();
  vole::event::set_traceback_writer([](vole::event::traceback_scope, std::uint64_t) {
    for (;;) pause();
    return std::string();
  });
  vole::sched::set_quit_patience(20'000'000);
  quit_from_here();
}
int quit_twice_with_a_report_that_hangs() {
  vole::yield();
  vole::event::set_traceback_writer([](vole::event::traceback_scope, std::uint64_t) {
    for (;;) pause();
    return std::string();
  });
  kill(getpid(), SIGQUIT);
  for (;;) {
    usleep(10'000);
    kill(getpid(), SIGQUIT);  // those of the first second go for nothing
  }
}
int quit_with_a_handler_of_the_programs() {
  signal(SIGQUIT, [](int) { _exit(17); });
  vole::yield();
  quit_from_here();
}
int quit_with_a_later_handler_of_the_programs() {
  vole::yield();
  signal(SIGQUIT, [](int) { _exit(18); });
  quit_from_here();
}
int quit_ignored() {
  signal(SIGQUIT, SIG_IGN);
  vole::yield();
  kill(getpid(), SIGQUIT);
  return 19;
}
int quit_of_a_forked_child() {
  vole::yield();
  const pid_t child = fork();
  if (child == 0) quit_from_here();
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGQUIT ? 20 : 1;
}

// A goroutine of the user's, one of the runtime's, and a panic.
int panic_beside_others() {
  start_blocked();
  vole::sched::spawn_request request;
  request.run = [](void*) { block(); };
  request.is_system = true;
  const std::size_t before = count_waiting();
  vole::sched::spawn(request);
  sched_test::until([&] { return count_waiting() == before + 1; });
  throw std::runtime_error("boom");
}
int fatal_beside_others() {
  start_blocked();
  vole::sched::fatal("sync: unlock of unlocked mutex");
}

// Exceptions.
int thrown_in_a_handler() {
  try {
    throw std::runtime_error("first");
  } catch (const std::exception&) {
    throw std::logic_error("second");
  }
}
int nested() {
  try {
    throw std::runtime_error("first");
  } catch (...) {
    std::throw_with_nested(std::logic_error("second"));
  }
}
int nested_and_carried_elsewhere() {
  std::exception_ptr carried;
  try {
    try {
      try {
        throw 1;
      } catch (...) {
        std::throw_with_nested(std::runtime_error("two"));
      }
    } catch (...) {
      std::throw_with_nested(std::runtime_error("three\nlines"));
    }
  } catch (...) {
    carried = std::current_exception();
  }
  vole::go([carried] { std::rethrow_exception(carried); });
  block();
  return 0;
}
int rethrown() {
  try {
    throw std::runtime_error("once");
  } catch (...) {
    throw;
  }
}
int thrown_while_unwinding() {
  struct thrower {
    ~thrower() noexcept(false) { throw std::runtime_error("second"); }
  };
  vole::go([] {
    try {
      const thrower t;
      throw std::runtime_error("first");
    } catch (const std::logic_error&) {
    } catch (const std::runtime_error&) {
    }
  });
  block();
  return 0;
}
[[gnu::noinline]] void throw_it() { throw std::runtime_error("stopped"); }

int out_of_noexcept() {
  vole::go([]() noexcept { throw_it(); });
  block();
  return 0;
}
int thrown_view() { throw std::string_view("a view"); }
int thrown_double() { throw 1.5; }
int thrown_error_code() { throw std::system_error(std::make_error_code(std::errc::timed_out)); }

const std::map<std::string, std::function<int()>>& programs() {
  static const std::map<std::string, std::function<int()>> all = {
#define PROGRAM(name) {#name, &name}
      PROGRAM(quit_of_everybody),
      PROGRAM(quit_while_all_allocate),
      PROGRAM(quit_with_a_report_that_hangs),
      PROGRAM(quit_twice_with_a_report_that_hangs),
      PROGRAM(quit_with_a_handler_of_the_programs),
      PROGRAM(quit_with_a_later_handler_of_the_programs),
      PROGRAM(quit_ignored),
      PROGRAM(quit_of_a_forked_child),
      PROGRAM(panic_beside_others),
      PROGRAM(fatal_beside_others),
      PROGRAM(thrown_in_a_handler),
      PROGRAM(nested),
      PROGRAM(nested_and_carried_elsewhere),
      PROGRAM(rethrown),
      PROGRAM(thrown_while_unwinding),
      PROGRAM(out_of_noexcept),
      PROGRAM(thrown_view),
      PROGRAM(thrown_double),
      PROGRAM(thrown_error_code),
#undef PROGRAM
  };
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  const auto found = programs().find(argc > 1 ? argv[1] : "");
  if (found == programs().end()) return 98;
  vole::yield();  // the runtime's terminate handler comes with its start
  return found->second();
}
