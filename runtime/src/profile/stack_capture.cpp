// SPDX-License-Identifier: Apache-2.0
// Asks a thread for its stack. answer() is signal-handler code: no heap, no lock.
#include "profile/stack_capture.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <ctime>

#include "base/clock.h"
#include "base/spin_lock.h"
#include "event/goroutine.h"
#include "profile/profiling_signal.h"
#include "symbol/unwind.h"

namespace vole::profile {
namespace {

enum phase : std::uint32_t { kIdle, kPending, kWriting, kDone, kPhaseBits = 2 };

// A thread that is waiting for a processor answers when it gets one: on a machine with many more
// threads than cores that takes some time slices. Half is too little there; twice makes a dump of
// a process with signals blocked in many threads slow.
constexpr std::int64_t kAnswerNsMax = 40'000'000;
// After this many silent threads in a row the rest get a shorter time, so that a dump ends.
constexpr int kSilentMax = 5;
constexpr std::int64_t kAnswerAfterSilenceNsMax = 2'000'000;

struct stack_request {
  std::atomic<std::uint32_t> state{kIdle};  // number << kPhaseBits | phase
  std::uint64_t goroutine_id = 0;
  bool is_found = false;
  label_set* labels = nullptr;  // shared for the asker
  std::size_t depth = 0;
  std::uintptr_t pcs[kTracebackFramesMax];
};

constinit base::spin_lock request_lock{base::lock_rank::leaf};
stack_request request;
constinit std::uint32_t request_count VOLE_GUARDED_BY(request_lock) = 0;
constinit int silent_count VOLE_GUARDED_BY(request_lock) = 0;

symbol::stack_bounds bounds_of(const event::goroutine& self, std::uintptr_t sp) {
  // On another stack (the scheduler's, an alternative one) the goroutine's bounds say nothing.
  if (sp < self.stack_low || sp >= self.stack_high) return {};
  return {self.stack_low, self.stack_high};
}

// In the handler.
void answer(siginfo_t* /*info*/, void* context) {
  std::uint32_t state = request.state.load(std::memory_order_relaxed);  // relaxed: CAS follows
  if ((state & 3) != kPending) return;
  const std::uint32_t number = state & ~std::uint32_t{3};
  // acquire: pairs with the release of step 1; sees whom the asker wants
  if (!request.state.compare_exchange_strong(state, number | kWriting, std::memory_order_acquire,
                                             std::memory_order_relaxed))
    return;
  event::goroutine* const self = event::current();
  request.is_found = self != nullptr && self->id == request.goroutine_id;
  if (request.is_found) {
    const symbol::registers from = symbol::registers_of_ucontext(context);
    request.depth =
        symbol::unwind(from, bounds_of(*self, from.sp), request.pcs, kTracebackFramesMax);
    request.labels = current_labels_in_handler();
    if (request.labels != nullptr) request.labels->retain();
  }
  request.state.store(number | kDone, std::memory_order_release);  // release: pairs with step 2
  syscall(SYS_futex, &request.state, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

bool send_request(pid_t thread_id) {
  siginfo_t info;
  std::memset(&info, 0, sizeof info);
  info.si_signo = kProfilingSignal;
  info.si_code = SI_QUEUE;
  info.si_pid = getpid();
  info.si_uid = getuid();
  info.si_value.sival_int = static_cast<int>(signal_purpose::stack_request);
  return syscall(SYS_rt_tgsigqueueinfo, getpid(), thread_id, kProfilingSignal, &info) == 0;
}

// True when the handler has answered request `number`.
bool wait_for_answer(std::uint32_t number, std::int64_t patience_ns) {
  const std::int64_t deadline_ns = base::monotonic_ns() + patience_ns;
  for (;;) {
    std::uint32_t state =
        request.state.load(std::memory_order_acquire);  // acquire: pairs with answer
    if (state == (number | kDone)) return true;
    const std::int64_t left_ns = deadline_ns - base::monotonic_ns();
    // While the handler writes there is no going back; it ends by itself.
    if (left_ns <= 0 && state == (number | kPending) &&
        request.state.compare_exchange_strong(state, number | kIdle, std::memory_order_acquire))
      return false;  // acquire: ordered like a lock
    const std::int64_t nap_ns = left_ns > 0 ? left_ns : 1'000'000;
    const timespec nap{.tv_sec = static_cast<time_t>(nap_ns / 1'000'000'000),
                       .tv_nsec = static_cast<long>(nap_ns % 1'000'000'000)};
    syscall(SYS_futex, &request.state, FUTEX_WAIT_PRIVATE, state, &nap, nullptr, 0);
  }
}

}  // namespace

bool capture_stack(pid_t thread_id, std::uint64_t goroutine_id, captured_stack& out) {
  install_profiling_signal();
  set_stack_request_receiver(&answer);
  base::spin_guard guard(request_lock);
  const std::uint32_t number = ++request_count << kPhaseBits;
  request.goroutine_id = goroutine_id;
  request.is_found = false;
  request.labels = nullptr;
  request.state.store(number | kPending,
                      std::memory_order_release);  // release: pairs with answer()
  const bool is_short = silent_count >= kSilentMax;
  const bool is_answered =
      send_request(thread_id) &&
      wait_for_answer(number, is_short ? kAnswerAfterSilenceNsMax : kAnswerNsMax);
  silent_count = is_answered ? 0 : silent_count + 1;
  if (!is_answered) {
    request.state.store(number | kIdle, std::memory_order_relaxed);  // relaxed: nobody answers it
    return false;
  }
  if (!request.is_found) return false;
  out.pcs.assign(request.pcs, request.pcs + request.depth);
  out.labels = label_reference(request.labels);
  if (request.labels != nullptr) request.labels->release();  // the handler's share
  return true;
}

}  // namespace vole::profile
