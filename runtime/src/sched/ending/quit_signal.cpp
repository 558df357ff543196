// SPDX-License-Identifier: Apache-2.0
// Signal-handler code (on_quit and what it calls), and the thread that writes the report.
//
// The signal may hit a thread in the middle of malloc, or with a lock of the runtime's held, so the
// handler only notes the registers and wakes a thread of the runtime's that sleeps for just this;
// the interrupted one goes on, and lets go of what it holds. Should the report hang all the same (a
// goroutine is stuck with the heap's lock), a kernel timer sends SIGQUIT again, and that one ends
// the process from the handler. So does a person's second SIGQUIT when the first has not helped for
// a second.
//
// Rejected: writing the report in the handler (needs the heap and the symbolizer); a signalfd
// (needs SIGQUIT blocked in every thread, the program's own included).
#include "sched/ending/quit_signal.h"

#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <string>

#include "base/clock.h"
#include "base/debug_options.h"
#include "base/raw_log.h"
#include "event/emit.h"
#include "event/traceback.h"
#include "sched/core/scheduler.h"
#include "sched/ending/panic.h"
#include "sched/exit.h"
#include "sched/thread/futex.h"
#include "sched/thread/threads.h"

namespace vole::sched {
namespace {

constexpr int kStatus = 2;  // Go's
// 100,000 goroutines take about a second. Twice: a person waits long; half: a loaded machine.
constexpr std::int64_t kPatienceNs = 30'000'000'000;
constexpr std::int64_t kSecondSignalNs = 1'000'000'000;
constexpr int kTimerMark =
    0x766f6c67;  // in si_value: the kernel timer's signal, and not a person's

enum phase : std::uint32_t { kQuiet, kNoting, kAsked };

struct noted {
  std::uintptr_t pc = 0;
  int code = 0;
  pid_t thread_id = 0;
  std::uint64_t goroutine_id = 0;  // 0: the thread ran none
  mcontext_t machine = {};
};

constinit std::atomic<std::uint32_t> the_phase{kQuiet};
constinit std::atomic<std::int64_t> asked_at_ns{0};
constinit std::atomic<std::int64_t> patience_ns{kPatienceNs};
noted interrupted;  // written by the first signal, in phase kNoting

void print(base::raw_writer& out, std::string_view name, std::uint64_t value) {
  constexpr std::size_t kColumn = 7;  // Go's
  out << name << std::string_view("       ", name.size() < kColumn ? kColumn - name.size() : 1);
  out.hex(value);
  out << "\n";
}

#if defined(__x86_64__)
std::uintptr_t pc_of(const mcontext_t& machine) {
  return static_cast<std::uintptr_t>(machine.gregs[REG_RIP]);
}

void print_registers(base::raw_writer& out, const mcontext_t& machine) {
  constexpr struct {
    const char* name;
    int index;
  } kRows[] = {{"rax", REG_RAX}, {"rbx", REG_RBX},   {"rcx", REG_RCX}, {"rdx", REG_RDX},
               {"rdi", REG_RDI}, {"rsi", REG_RSI},   {"rbp", REG_RBP}, {"rsp", REG_RSP},
               {"r8", REG_R8},   {"r9", REG_R9},     {"r10", REG_R10}, {"r11", REG_R11},
               {"r12", REG_R12}, {"r13", REG_R13},   {"r14", REG_R14}, {"r15", REG_R15},
               {"rip", REG_RIP}, {"rflags", REG_EFL}};
  for (const auto& row : kRows)
    print(out, row.name, static_cast<std::uint64_t>(machine.gregs[row.index]));
  const auto segments = static_cast<std::uint64_t>(machine.gregs[REG_CSGSFS]);
  print(out, "cs", segments & 0xffff);
  print(out, "fs", segments >> 32 & 0xffff);
  print(out, "gs", segments >> 16 & 0xffff);
}
#else
std::uintptr_t pc_of(const mcontext_t& machine) { return machine.pc; }

void print_registers(base::raw_writer& out, const mcontext_t& machine) {
  char name[4] = "r";
  for (int i = 0; i < 30; ++i) {
    name[1] = static_cast<char>(i < 10 ? '0' + i : '0' + i / 10);
    name[2] = static_cast<char>(i < 10 ? '\0' : '0' + i % 10);
    print(out, name, machine.regs[i]);
  }
  print(out, "lr", machine.regs[30]);
  print(out, "sp", machine.sp);
  print(out, "pc", machine.pc);
  print(out, "fault", machine.fault_address);
}
#endif

// The process has waited long enough for the report, or its sender has.
[[noreturn]] void give_up(const char* why) {
  base::raw_writer out;
  out << "vole: no tracebacks: " << why << "\n\n";
  print_registers(out, interrupted.machine);
  out.flush();
  _exit(kStatus);
}

void on_repeated(const siginfo_t& info) {
  if (info.si_code == SI_TIMER && info.si_value.sival_int == kTimerMark)
    give_up("making them took too long");
  // relaxed: a time; whoever sees none yet is too early to be the second
  const std::int64_t asked = asked_at_ns.load(std::memory_order_relaxed);
  if (asked != 0 && base::monotonic_ns() - asked > kSecondSignalNs) give_up("SIGQUIT came again");
}

void on_quit(int, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  if (the_scheduler.is_forked.load(std::memory_order_relaxed)) {  // relaxed: the child's one thread
    signal(SIGQUIT, SIG_DFL);
    raise(SIGQUIT);  // delivered as the handler returns
    return;
  }
  std::uint32_t quiet = kQuiet;
  // acq_rel: exactly one thread notes; later ones see its registers
  if (!the_phase.compare_exchange_strong(quiet, kNoting, std::memory_order_acq_rel)) {
    on_repeated(*info);
    errno = saved_errno;
    return;
  }
  interrupted.machine = static_cast<const ucontext_t*>(context)->uc_mcontext;
  interrupted.pc = pc_of(interrupted.machine);
  interrupted.code = info->si_code;
  interrupted.thread_id = static_cast<pid_t>(syscall(SYS_gettid));
  if (const event::goroutine* const self = event::current()) interrupted.goroutine_id = self->id;
  asked_at_ns.store(base::monotonic_ns(), std::memory_order_relaxed);  // relaxed: see on_repeated()
  the_phase.store(kAsked, std::memory_order_release);  // release: pairs with the reporter
  futex_wake(the_phase);
  errno = saved_errno;
}

// The C library's timer_create() would allocate.
void limit_time() {
  sigevent how = {};
  how.sigev_notify = SIGEV_SIGNAL;
  how.sigev_signo = SIGQUIT;
  how.sigev_value.sival_int = kTimerMark;
  int id = 0;
  if (syscall(SYS_timer_create, CLOCK_MONOTONIC, &how, &id) != 0) return;
  // relaxed: a test's setting, made long before
  const std::int64_t limit_ns = patience_ns.load(std::memory_order_relaxed);
  itimerspec when = {};
  when.it_value.tv_sec = limit_ns / 1'000'000'000;
  when.it_value.tv_nsec = limit_ns % 1'000'000'000;
  syscall(SYS_timer_settime, id, 0, &when, nullptr);
}

void* report(void*) {
  enter_own_thread("vole:sigquit");
  event::emit::thread_started();
  // acquire: pairs with on_quit()
  for (std::uint32_t seen; (seen = the_phase.load(std::memory_order_acquire)) != kAsked;)
    futex_wait(the_phase, seen);
  limit_time();
  claim_death();
  const event::traceback_level level = event::wanted_traceback();
  {
    base::raw_writer out;
    out << "SIGQUIT: quit\nPC=";
    out.hex(interrupted.pc);
    const bool is_main = interrupted.thread_id == getpid();
    out << " m=" << (is_main ? 0 : interrupted.thread_id) << " sigcode=" << interrupted.code
        << "\n\n";
  }
  if (level != event::traceback_level::none) {
    const std::string text =
        event::traceback(event::traceback_scope::all, interrupted.goroutine_id);
    base::raw_writer out;
    out << std::string_view(text) << "\n";
    print_registers(out, interrupted.machine);
  }
  quit_after_report();
}

}  // namespace

void watch_for_quit() {
  if (!base::debug().handles_sigquit) return;
  struct sigaction before = {};
  if (sigaction(SIGQUIT, nullptr, &before) != 0) return;
  if ((before.sa_flags & SA_SIGINFO) != 0 || before.sa_handler != SIG_DFL) return;
  // The reporter must not be the one that is interrupted: it inherits the mask.
  sigset_t quit, mask;
  sigemptyset(&quit);
  sigaddset(&quit, SIGQUIT);
  pthread_sigmask(SIG_BLOCK, &quit, &mask);
  const bool is_started = start_own_thread(&report, nullptr);
  pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  if (!is_started) return;
  struct sigaction ours = {};
  ours.sa_sigaction = &on_quit;
  ours.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
  sigemptyset(&ours.sa_mask);
  sigaction(SIGQUIT, &ours, nullptr);
}

void set_quit_patience(std::int64_t ns) noexcept {
  patience_ns.store(ns, std::memory_order_relaxed);  // relaxed: see limit_time()
}

}  // namespace vole::sched
