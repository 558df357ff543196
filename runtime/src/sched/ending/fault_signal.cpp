// SPDX-License-Identifier: Apache-2.0
// Signal-handler code: installing, passing on, and dying in bounded time.
#include "sched/ending/fault_signal.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <iterator>

#include "base/raw_log.h"
#include "fiber/sanitizer_fiber.h"

namespace vole::sched {
namespace {

// A traceback reads the debug information of the program: seconds for the largest ones. What it
// cuts short hangs for good.
constexpr unsigned kLastWordsSeconds = 20;

constexpr int kFaultSignals[] = {SIGSEGV, SIGBUS, SIGFPE};
struct sigaction before_us[std::size(kFaultSignals)];  // written before our handlers are in place

// Of the thread that speaks the last words.
constinit std::atomic<long> speaker{0};
constinit int end_status = 0, end_signal = 0;  // the speaker's, written before its signals are set

long this_thread() noexcept { return syscall(SYS_gettid); }

[[noreturn]] void block_for_ever() noexcept {
  for (;;) pause();
}

struct sigaction* kept_for(int signal) noexcept {
  for (std::size_t i = 0; i < std::size(kFaultSignals); ++i)
    if (kFaultSignals[i] == signal) return &before_us[i];
  return nullptr;
}

bool is_function(const struct sigaction& action) noexcept {
  return (action.sa_flags & SA_SIGINFO) != 0 ||
         (action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN);
}

void set_default(int signal) noexcept {
  struct sigaction plain = {};
  plain.sa_handler = SIG_DFL;
  sigemptyset(&plain.sa_mask);
  sigaction(signal, &plain, nullptr);
}

[[noreturn]] void end_now() noexcept {
  if (end_signal != 0) {
    set_default(end_signal);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, end_signal);
    syscall(SYS_tgkill, getpid(), this_thread(), end_signal);
    sigprocmask(SIG_UNBLOCK, &only, nullptr);
  }
  _exit(end_status);
}

// The speaker is stuck, faults or aborts. Time runs out on whatever thread is at hand.
void on_stuck(int signal, siginfo_t*, void*) {
  // acquire: sees how to end
  if (signal != SIGALRM && speaker.load(std::memory_order_acquire) != this_thread())
    block_for_ever();
  base::raw_writer() << "vole: there is no traceback: "
                     << (signal == SIGALRM ? "it took too long" : "it failed") << '\n';
  end_now();
}

}  // namespace

bool handle_faults(fault_handler* handler) noexcept {
  if (fiber::is_sanitized()) return false;  // its words are better
  for (std::size_t i = 0; i < std::size(kFaultSignals); ++i)
    if (sigaction(kFaultSignals[i], nullptr, &before_us[i]) != 0) return false;
  for (const int signal : kFaultSignals) {
    struct sigaction ours = {};
    ours.sa_sigaction = handler;
    ours.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
    ours.sa_mask = kept_for(signal)->sa_mask;  // for the handler that we may pass it on to
    if (sigaction(signal, &ours, nullptr) != 0) return false;
  }
  return true;
}

bool has_handler_before(int signal) noexcept {
  const struct sigaction* const kept = kept_for(signal);
  return kept != nullptr && is_function(*kept);
}

void pass_on(int signal, siginfo_t* info, void* context) noexcept {
  const struct sigaction* const kept = kept_for(signal);
  if (kept != nullptr && is_function(*kept)) {
    if ((kept->sa_flags & SA_SIGINFO) != 0)
      kept->sa_sigaction(signal, info, context);
    else
      kept->sa_handler(signal);
    return;
  }
  const bool is_sent = info->si_code <= 0;  // by kill() or the like: there is no instruction
  if (is_sent && kept != nullptr && kept->sa_handler == SIG_IGN) return;
  set_default(signal);
  if (is_sent) syscall(SYS_tgkill, getpid(), this_thread(), signal);
}

void begin_last_words(int status, int signal) noexcept {
  long nobody = 0;
  // acq_rel: exactly one goes on
  if (!speaker.compare_exchange_strong(nobody, this_thread(), std::memory_order_acq_rel))
    block_for_ever();
  end_status = status;
  end_signal = signal;
  struct sigaction stuck = {};
  stuck.sa_sigaction = &on_stuck;
  stuck.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigemptyset(&stuck.sa_mask);
  sigset_t needed;
  sigemptyset(&needed);
  for (const int one : {SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGALRM}) {
    sigaction(one, &stuck, nullptr);
    sigaddset(&needed, one);
  }
  pthread_sigmask(SIG_UNBLOCK, &needed, nullptr);
  alarm(kLastWordsSeconds);
}

}  // namespace vole::sched
