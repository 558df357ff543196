// SPDX-License-Identifier: Apache-2.0
// One way to fault, by name: `fault NAME`. fault_test.cpp knows what each must say.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/sync.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <thread>

namespace {

[[gnu::noinline]] int fill_the_stack(int frames) {
  if (frames < 0) return 0;
  volatile char page[1000];
  page[0] = 1;
  return fill_the_stack(frames + 1) + page[0];
}

[[gnu::noinline]] int one_large_frame() {
  volatile std::size_t bytes = 300'000;  // more than a slot: it would end in a neighbour's
  auto* const room = static_cast<volatile char*>(__builtin_alloca(bytes));
  room[0] = 1;  // -fstack-clash-protection has touched each page before
  return room[0];
}

// Something that every build reads and writes as it stands.
void touch(std::uintptr_t address) {
  volatile char* volatile place = reinterpret_cast<char*>(address);
  *place = 1;
}

template <class F>
int in_goroutine(F body) {
  vole::wait_group all;
  all.go(body);
  all.wait();
  return 0;
}

void handle(int signal, void (*handler)(int, siginfo_t*, void*)) {
  struct sigaction action = {};
  action.sa_sigaction = handler;
  action.sa_flags = SA_SIGINFO;
  sigaction(signal, &action, nullptr);
}

void exit_with_7(int, siginfo_t*, void*) {
  constexpr char kText[] = "the program's handler\n";
  static_cast<void>(!write(1, kText, sizeof kText - 1));
  _exit(7);
}

char* closed_page = nullptr;

void open_the_page(int, siginfo_t* info, void*) {
  if (info->si_addr != closed_page) _exit(8);
  mprotect(closed_page, 4096, PROT_READ | PROT_WRITE);
}

struct deep_on_move {
  int depth = 0;
  deep_on_move() = default;
  deep_on_move(const deep_on_move&) = default;
  deep_on_move& operator=(const deep_on_move&) = default;
  deep_on_move(deep_on_move&& from) noexcept : depth(fill_the_stack(from.depth)) {}
  deep_on_move& operator=(deep_on_move&& from) noexcept {
    depth = fill_the_stack(from.depth);
    return *this;
  }
};

int recursion() {
  return in_goroutine([] { std::printf("%d", fill_the_stack(0)); });
}
int recursion_on_a_stack_of_1_mib() {
  vole::chan<int> never;
  vole::go({.stack_bytes = 1'000'000}, [] { std::printf("%d", fill_the_stack(0)); });
  never.recv();
  return 0;
}
int large_frame() {
  return in_goroutine([] { std::printf("%d", one_large_frame()); });
}
int recursion_under_a_lock_of_the_runtimes() {
  return in_goroutine([] {
    const auto ch = vole::make_chan<deep_on_move>(1);
    ch.send(deep_on_move());
  });
}
int recursion_under_the_lock_of_stdout() {
  return in_goroutine([] {
    std::printf("unflushed");
    flockfile(stdout);
    fill_the_stack(0);
  });
}
int recursion_on_main() {
  vole::yield();
  return fill_the_stack(0);
}
int recursion_on_main_with_a_signal_stack() {
  vole::yield();
  static char memory[1 << 18];
  stack_t alternate = {};
  alternate.ss_sp = memory;
  alternate.ss_size = sizeof memory;
  sigaltstack(&alternate, nullptr);
  return fill_the_stack(0);
}
int recursion_with_a_handler_from_before() {
  handle(SIGSEGV, &exit_with_7);
  return recursion();
}
int null_pointer() {
  return in_goroutine([] { touch(8); });
}
int null_pointer_on_main() {
  vole::yield();
  touch(8);
  return 0;
}
int null_pointer_on_a_thread_that_is_no_goroutine() {
  vole::yield();
  std::thread([] { touch(8); }).join();
  return 0;
}
int null_pointers_on_many_threads() {
  vole::wait_group all;
  std::atomic<int> ready{0};
  for (int i = 0; i < 4; ++i) {
    std::thread([&] {
      vole::yield();
      ++ready;
      while (ready < 4) {
      }
      touch(8);
    }).detach();
  }
  pause();
  return 0;
}
int wild_pointer() {
  return in_goroutine([] { touch(0x123456789000); });
}
int division_by_zero() {
  return in_goroutine([] {
    volatile int zero = 0;
    volatile int result = 100 / zero;
    static_cast<void>(result);
  });
}
int null_pointer_with_a_handler_from_before() {
  handle(SIGSEGV, &exit_with_7);
  return null_pointer();
}
int null_pointer_with_a_handler_from_later() {
  vole::yield();
  handle(SIGSEGV, &exit_with_7);
  return null_pointer();
}
int fault_that_the_programs_handler_mends() {
  closed_page =
      static_cast<char*>(mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  handle(SIGSEGV, &open_the_page);
  in_goroutine([] {
    for (int i = 0; i < 3; ++i) {
      mprotect(closed_page, 4096, PROT_NONE);
      touch(reinterpret_cast<std::uintptr_t>(closed_page));
    }
  });
  return closed_page[0] == 1 ? 5 : 6;
}
int segv_sent_by_kill() {
  vole::yield();
  kill(getpid(), SIGSEGV);
  pause();
  return 0;
}
int segv_ignored_and_sent_by_kill() {
  std::signal(SIGSEGV, SIG_IGN);
  vole::yield();
  kill(getpid(), SIGSEGV);
  return 5;
}
// The guard is never touched by user code here, but by the kernel on its behalf.
int system_call_into_the_guard() {
  return in_goroutine([] {
    int ends[2];
    if (pipe(ends) != 0) _exit(9);
    char here = 0;
    auto below = reinterpret_cast<std::uintptr_t>(&here) & ~std::uintptr_t{4095};
    int error = 0;
    for (int pages = 0; pages < 64 && error == 0; ++pages, below -= 4096) {
      if (write(ends[1], "x", 1) != 1) _exit(9);
      if (read(ends[0], reinterpret_cast<void*>(below), 1) < 0) error = errno;
    }
    std::_Exit(error == EFAULT ? 5 : 6);
  });
}
int overrun_and_then_a_wait() {
  return in_goroutine([] {
    fill_the_stack(-1);
    char here = 0;
    const auto top = reinterpret_cast<std::uintptr_t>(&here);
    // What a recursion would do that stops in the 16 KiB where others have their guard.
    for (std::size_t down = 128; down < (113 << 10); down += 128) touch(top - down);
    vole::yield();
  });
}

// Under a limit of address space that the caller has set.
int goroutines_without_end() {
  const auto never = vole::make_chan<int>();
  for (;;) vole::go([never] { never.recv(); });
}

const std::map<std::string, std::function<int()>>& faults() {
  static const std::map<std::string, std::function<int()>> all = {
#define FAULT(name) {#name, &name}
      FAULT(recursion),
      FAULT(recursion_on_a_stack_of_1_mib),
      FAULT(large_frame),
      FAULT(recursion_under_a_lock_of_the_runtimes),
      FAULT(recursion_under_the_lock_of_stdout),
      FAULT(recursion_on_main),
      FAULT(recursion_on_main_with_a_signal_stack),
      FAULT(recursion_with_a_handler_from_before),
      FAULT(null_pointer),
      FAULT(null_pointer_on_main),
      FAULT(null_pointer_on_a_thread_that_is_no_goroutine),
      FAULT(null_pointers_on_many_threads),
      FAULT(wild_pointer),
      FAULT(division_by_zero),
      FAULT(null_pointer_with_a_handler_from_before),
      FAULT(null_pointer_with_a_handler_from_later),
      FAULT(fault_that_the_programs_handler_mends),
      FAULT(segv_sent_by_kill),
      FAULT(segv_ignored_and_sent_by_kill),
      FAULT(system_call_into_the_guard),
      FAULT(overrun_and_then_a_wait),
      FAULT(goroutines_without_end),
#undef FAULT
  };
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  const auto found = faults().find(argc > 1 ? argv[1] : "");
  if (found == faults().end()) return 98;
  return found->second();
}
