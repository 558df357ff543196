// SPDX-License-Identifier: Apache-2.0
// Signal-handler code: the report of a full goroutine stack.
//
// No traceback and no flush: the stack may have run full in the middle of malloc or printf.
#include "sched/ending/overflow.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>

#include "base/raw_log.h"
#include "sched/goroutine/g.h"

namespace vole::sched {
namespace {

constexpr std::size_t kSignalStackBytes = 64 << 10;  // AVX-512 frames are 3 KiB; a profiler's
                                                     // handler unwinds on it, too
constexpr int kStatus = 2;                           // Go's for fatal errors
constinit std::atomic<bool> is_watching{false};

void on_segv(int, siginfo_t* info, void*) {
  const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
  event::goroutine* const current = event::current();
  if (current != nullptr && !current->is_adopted) {
    const g& self = as_g(current);
    if (fiber::is_in_guard(self.stack, address)) {
      base::raw_writer out;
      out << "fatal error: stack overflow\n\ngoroutine " << self.id
          << " [running]:\n\tits stack of "
          << static_cast<std::uint64_t>(self.stack.high - self.stack.low)
          << " bytes is full; vole::go({.stack_bytes = N}, ...) gives it more\n";
      out.flush();
      _exit(kStatus);
    }
  }
  signal(SIGSEGV, SIG_DFL);  // an ordinary crash: it happens again as we return
}

}  // namespace

void watch_for_overflow() {
  struct sigaction before = {};
  if (sigaction(SIGSEGV, nullptr, &before) != 0) return;
  if ((before.sa_flags & SA_SIGINFO) != 0 || before.sa_handler != SIG_DFL) return;
  struct sigaction ours = {};
  ours.sa_sigaction = &on_segv;
  ours.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&ours.sa_mask);
  if (sigaction(SIGSEGV, &ours, nullptr) == 0)
    is_watching.store(true, std::memory_order_relaxed);  // relaxed: threads are started after it
}

void prepare_overflow_stack() {
  if (!is_watching.load(std::memory_order_relaxed)) return;  // relaxed: see above
  void* const memory = mmap(nullptr, kSignalStackBytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (memory == MAP_FAILED) return;
  stack_t alternate = {};
  alternate.ss_sp = memory;
  alternate.ss_size = kSignalStackBytes;
  sigaltstack(&alternate, nullptr);  // for the life of the thread, which is the process's
}

}  // namespace vole::sched
