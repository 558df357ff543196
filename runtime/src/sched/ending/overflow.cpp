// SPDX-License-Identifier: Apache-2.0
// Signal-handler code: the words for a full stack and for other faults.
//
// The head is written with write(2) alone; the traceback, which allocates, comes after it and in
// bounded time: the fault may lie in the middle of malloc.
#include "sched/ending/overflow.h"

#include <sys/auxv.h>
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <string>

#include "base/raw_log.h"
#include "event/fault_traceback.h"
#include "event/traceback.h"
#include "sched/ending/fault_signal.h"
#include "sched/ending/panic.h"
#include "sched/exit.h"
#include "sched/goroutine/g.h"

#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif

namespace vole::sched {
namespace {

constexpr std::size_t kSignalStackBytes = 256 << 10;  // committed as it is used; a profiler's
                                                      // handler unwinds on it, too
constexpr int kStatus = 2;                            // Go's for panics and fatal errors
constexpr std::uintptr_t kNullPageBytes = 4096;       // Go's limit between nil and a wild address
constinit std::atomic<bool> is_watching{false};

enum class fault { overflow, thread_overflow, other };

// A thread's guard and the page that its last frame began in; pthread's bounds are not exact.
bool is_near(std::uintptr_t address, std::uintptr_t low) {
  constexpr std::uintptr_t kSlack = 64 << 10;
  return low != 0 && address >= low - std::min(low, kSlack) && address < low + kSlack;
}

fault classify(const event::goroutine* current, int signal, const siginfo_t* info) {
  if (current == nullptr || signal == SIGFPE || info->si_code <= 0) return fault::other;
  const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
  if (current->is_adopted)
    return is_near(address, current->stack_low) ? fault::thread_overflow : fault::other;
  const g& self = *static_cast<const g*>(current);
  return fiber::is_in_guard(self.stack, address) ? fault::overflow : fault::other;
}

// The goroutine's record lies in it, too.
std::uint64_t size_of(const g& who) { return who.stack.slot_bytes - fiber::kGuardBytes; }

void write_overflow(std::uint64_t id, std::uint64_t bytes, const char* advice) {
  base::raw_writer() << "goroutine " << id << ": stack overflow: " << bytes / 1024
                     << " KiB are full; " << advice << "\nfatal error: stack overflow\n";
}
constexpr const char* kGoroutineAdvice =
    "vole::go({.stack_bytes = N}, ...) gives one goroutine more, VOLE_STACK_KB=N every one";
constexpr const char* kThreadAdvice =
    "this thread is not vole's: see `ulimit -s` for the main thread, its creator for others";

struct signal_words {
  const char* name;
  const char* meaning;
};
signal_words words_of(int signal) {
  if (signal == SIGBUS) return {"SIGBUS", "bus error"};
  if (signal == SIGFPE) return {"SIGFPE", "floating-point exception"};
  return {"SIGSEGV", "segmentation violation"};
}

std::uintptr_t pc_of(const void* context) {
#if defined(__x86_64__)
  return static_cast<std::uintptr_t>(
      static_cast<const ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP]);
#else
  return static_cast<const ucontext_t*>(context)->uc_mcontext.pc;
#endif
}

void write_fault(int signal, const siginfo_t* info, const void* context) {
  const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
  base::raw_writer out;
  if (signal == SIGFPE && info->si_code == FPE_INTDIV) {
    out << "panic: runtime error: integer divide by zero\n";
  } else if (signal == SIGFPE) {
    out << "panic: runtime error: floating point error\n";
  } else if (address < kNullPageBytes) {
    out << "panic: runtime error: invalid memory address or nil pointer dereference\n";
  } else {
    out << "unexpected fault address ";
    out.hex(address) << "\nfatal error: fault\n";
  }
  const signal_words words = words_of(signal);
  out << "[signal " << words.name << ": " << words.meaning << " code=";
  out.hex(static_cast<std::uint64_t>(info->si_code)) << " addr=";
  out.hex(address) << " pc=";
  out.hex(pc_of(context)) << "]\n";
}

void write_frames(const void* context) {
  if (event::wanted_traceback() == event::traceback_level::none) return;
  const std::string text = event::fault_traceback(context);
  base::raw_writer() << "\n" << std::string_view(text);
}

void report(fault kind, int signal, siginfo_t* info, void* context) {
  const event::goroutine& self = *event::current();
  const bool is_overflow = kind == fault::overflow;
  begin_last_words(kStatus, is_overflow && !has_handler_before(signal) ? 0 : signal);
  claim_death();
  if (kind == fault::other)
    write_fault(signal, info, context);
  else if (is_overflow)
    write_overflow(self.id, size_of(static_cast<const g&>(self)), kGoroutineAdvice);
  else
    write_overflow(self.id, self.stack_high - self.stack_low, kThreadAdvice);
  write_frames(context);
  if (is_overflow && !has_handler_before(signal)) quit_after_report();
  alarm(0);
}

void on_fault(int signal, siginfo_t* info, void* context) {
  const int kept_errno = errno;
  const event::goroutine* const current = event::current();
  const fault kind = classify(current, signal, info);
  const bool is_fault = info->si_code > 0;  // and not sent by kill()
  if (current != nullptr && is_fault && (kind != fault::other || !has_handler_before(signal)))
    report(kind, signal, info, context);
  errno = kept_errno;
  pass_on(signal, info, context);
}

}  // namespace

void watch_for_overflow() {
  if (handle_faults(&on_fault))
    is_watching.store(true, std::memory_order_relaxed);  // relaxed: threads are started after it
}

void prepare_overflow_stack() {
  if (!is_watching.load(std::memory_order_relaxed)) return;  // relaxed: see above
  const std::size_t bytes = kSignalStackBytes + getauxval(AT_MINSIGSTKSZ);
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (memory == MAP_FAILED) return;
  stack_t alternate = {};
  alternate.ss_sp = memory;
  alternate.ss_size = bytes;
  sigaltstack(&alternate, nullptr);
}

void drop_overflow_stack() {
  stack_t alternate = {};
  const stack_t none = {.ss_sp = nullptr, .ss_flags = SS_DISABLE, .ss_size = 0};
  if (sigaltstack(nullptr, &alternate) != 0 || (alternate.ss_flags & SS_DISABLE) != 0) return;
  if (alternate.ss_size != kSignalStackBytes + getauxval(AT_MINSIGSTKSZ)) return;  // another's
  if (sigaltstack(&none, nullptr) == 0) munmap(alternate.ss_sp, alternate.ss_size);
}

void die_if_overrun(const g& self) {
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  if (!fiber::is_overrun(self.stack, here)) return;
  begin_last_words(kStatus, 0);
  claim_death();
  write_overflow(
      self.id, size_of(self),
      "it has no guard, so that this is seen only as it waits, and what lies below it is "
      "damaged; vole::go({.stack_bytes = N}, ...) and VOLE_STACK_KB=N give more");
  write_frames(nullptr);
  quit_after_report();
}

}  // namespace vole::sched
