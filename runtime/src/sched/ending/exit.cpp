// SPDX-License-Identifier: Apache-2.0
// What happens when main returns or somebody calls exit() while goroutines run.
//
// The law: the status is kept, nobody is waited for, and no static destructor runs under a live
// goroutine. So goroutines must be stopped after exit() has been called and before its first
// handler. The way there:
//   1. glibc's exit() runs the calling thread's thread_local destructors first of all. Each thread
//      that may call exit() has one of ours (exit_watch): main, workers and adopted threads from
//      their beginning, any other one from its call of exit(), which goes through watched_exit().
//   2. That destructor registers end_of_process() with on_exit(): handlers run in reverse order of
//      registration, so that it is the very first, and it is told the status.
//   3. end_of_process() freezes the workers: each stops at its next scheduling point for ever.
//   4. When all have stopped, exit() goes on with the program's static destructors. A goroutine
//      that hogs its processor, or blocks its thread in blocking(), can't be stopped: then the
//      process ends at once with the status, stdio flushed, without static destructors. A thread
//      that merely ends (no exit() among its frames) is none of this room's business.
//
// A goroutine is never stopped while it holds a lock of the runtime's: it may be about to park with
// a channel's lock held, and a static destructor may need that channel. The park goes on to its
// commit, and the worker stops after it.
//
// Rejected: an atexit handler (destructors of objects made after it run before it); interposing
// exit() alone (main's return does not go through the symbol) and __libc_start_main (breaks under
// -static and other interposers); --wrap=main (needs link options that a hand-written link line
// forgets).
#include "sched/exit.h"

#include <dlfcn.h>
#include <pthread.h>
#include <unistd.h>
#include <unwind.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <type_traits>
#include <vector>

#include "base/clock.h"
#include "base/raw_log.h"
#include "sched/core/scheduler.h"
#include "sched/goroutine/g_state.h"
#include "sched/machine/redirect.h"
#include "sched/machine/stack_depth.h"
#include "sched/thread/adopt.h"
#include "sched/thread/futex.h"
#include "sched/thread/threads.h"

namespace vole::sched {
namespace {

// When step 4 gives a thread up. A hog is told by the CPU time that it uses without coming to a
// scheduling point, and not by the clock on the wall: on a loaded machine a thread may have to wait
// long for its turn. Half: programs whose goroutines compute for 25 ms at a time lose their static
// destructors; twice: programs with a hog take 0.1 s to end.
constexpr std::int64_t kHogCpuNs = 50'000'000;
// When all that are left sleep in the kernel for this long, they are in system calls, for good as
// far as one can tell. (One alone may wait for a lock whose holder waits for its turn.)
constexpr std::int64_t kAsleepNs = 50'000'000;
// The same for goroutines in blocking(), which say so.
constexpr std::int64_t kBlockingNs = 2'000'000;
constexpr std::int64_t kLookEveryNs = 200'000;
constexpr int kStatusOfAbort = 128 + SIGABRT;  // what a shell shows; only the exit hook sees it
// How long a flush of stdio may take when a stopped goroutine may hold a stream's lock.
constexpr std::int64_t kFlushNsMax = 200'000'000;

constexpr int kStatusOfFatal = 2;  // Go's
constinit std::atomic<exit_hook*> the_exit_hook{nullptr};
constinit std::atomic<pid_t> dying_thread{0};
constinit std::atomic<bool> is_main_stopped{false};
constinit int kept_status = 0;  // written before is_frozen, by the one exiting thread
[[gnu::tls_model("initial-exec")]] thread_local bool is_exiting_thread = false;

bool is_exit_among_callers() {
  struct search {
    void* exit_function;
    bool is_found = false;
  } looking{dlsym(RTLD_NEXT, "exit")};
  if (looking.exit_function == nullptr) looking.exit_function = reinterpret_cast<void*>(&std::exit);
  _Unwind_Backtrace(
      [](_Unwind_Context* frame, void* argument) {
        auto& search_for = *static_cast<search*>(argument);
        // Minus one: exit()'s call of its handlers is its last instruction.
        auto* const pc = reinterpret_cast<void*>(_Unwind_GetIP(frame) - 1);
        if (_Unwind_FindEnclosingFunction(pc) != search_for.exit_function) return _URC_NO_REASON;
        search_for.is_found = true;
        return _URC_END_OF_STACK;
      },
      &looking);
  return looking.is_found;
}

bool is_main_running() {
  if (is_main_stopped.load(std::memory_order_acquire)) return false;  // acquire: its last effects
  const g_state state = state_of(main_goroutine());
  return state == g_state::running || state == g_state::runnable || state == g_state::syscall;
}

bool is_blocking(const worker& w) {
  const g* const running = w.running.load(std::memory_order_acquire);  // acquire: its record
  return running != nullptr && state_of(*running) == g_state::syscall;
}

// Who is still in the program's code.
struct user_code {
  std::vector<pid_t> threads;  // but those in blocking()
  bool is_anybody_blocking = false;
};
user_code threads_in_user_code(const worker* self, bool is_on_main) {
  scheduler& s = the_scheduler;
  user_code found;
  if (!is_on_main && is_main_running()) found.threads.push_back(getpid());
  base::spin_guard guard(s.lock);
  for (const worker* w = s.all_workers; w != nullptr; w = w->all_next) {
    // seq_cst: with the store of is_frozen, against execute(); acquires what the goroutine did
    if (w == self || !w->is_in_user_code.load(std::memory_order_seq_cst)) continue;
    if (is_blocking(*w))
      found.is_anybody_blocking = true;
    else
      found.threads.push_back(w->thread_id);
  }
  return found;
}

// Watches the threads that are still in the program's code while the process ends.
class stragglers {
 public:
  // True when one of them will not come to a scheduling point.
  bool are_hopeless(const std::vector<pid_t>& threads, std::int64_t now) {
    bool are_all_asleep = true;
    for (const pid_t thread : threads) {
      const std::int64_t used = base::thread_cpu_ns(thread);
      const auto [first_seen, is_new] = cpu_when_first_seen_.try_emplace(thread, used);
      if (used - first_seen->second > kHogCpuNs) return true;
      // One that waits for the disk comes back.
      const char state = thread_state(thread);
      are_all_asleep = are_all_asleep && (state == 'S' || state == 'X');
    }
    if (!are_all_asleep) asleep_since_ = now;
    return now - asleep_since_ > kAsleepNs;
  }
  explicit stragglers(std::int64_t now) : asleep_since_(now) {}

 private:
  std::map<pid_t, std::int64_t> cpu_when_first_seen_;
  std::int64_t asleep_since_;
};

// Step 3. True when no goroutine runs any more.
bool freeze_goroutines() {
  scheduler& s = the_scheduler;
  s.is_frozen.store(true, std::memory_order_seq_cst);  // seq_cst: see execute()
  const worker* const self = this_worker();
  const bool is_on_main = event::current() == &main_goroutine() || getpid() == gettid();
  const std::int64_t start = base::monotonic_ns();
  stragglers watched(start);
  for (;;) {
    const user_code running = threads_in_user_code(self, is_on_main);
    if (!running.is_anybody_blocking && running.threads.empty()) return true;
    const std::int64_t now = base::monotonic_ns();
    if (running.threads.empty() ? now - start > kBlockingNs
                                : watched.are_hopeless(running.threads, now))
      return false;
    usleep(kLookEveryNs / 1000);
  }
}

void end_of_process(int status, void*) {
  kept_status = status;
  if (the_scheduler.is_forked.load(std::memory_order_relaxed)) return;  // relaxed: one thread
  const bool is_frozen = freeze_goroutines();
  if (is_measuring_stacks) report_stack_depths();
  if (!is_frozen) quit_process(status);
}

struct exit_watch {
  bool is_armed = false;
  ~exit_watch() {
    if (the_scheduler.procs_allocated.load(std::memory_order_acquire) == 0)  // acquire: started?
      return;
    if (!is_exit_among_callers()) return;
    if (the_scheduler.is_frozen.load(std::memory_order_relaxed))  // relaxed: set for ever
      block_thread_for_ever();                                    // a second exit() at once
    is_exiting_thread = true;
    if (on_exit(&end_of_process, nullptr) != 0) end_of_process(0, nullptr);
  }
};
thread_local exit_watch watch;

// Main is watched even if another thread starts the runtime.
[[gnu::constructor]] void watch_main() { watch_for_exit(); }

constinit std::add_pointer_t<void(int)> real_exit = nullptr;

void watched_exit(int status) {
  watch_for_exit();
  real_exit(status);
}

void* flush_everything(void* done) {
  std::fflush(nullptr);
  std::cout.flush();
  std::clog.flush();
  auto& word = *static_cast<std::atomic<std::uint32_t>*>(done);
  word.store(1, std::memory_order_release);  // release: after the flush
  futex_wake(word);
  return nullptr;
}

// On a thread of its own: a stopped goroutine, or this very thread, may hold a stream's lock.
void flush_for_a_while() {
  static std::atomic<std::uint32_t> is_done{0};
  pthread_t flusher;
  if (pthread_create(&flusher, nullptr, &flush_everything, &is_done) != 0) return;
  const std::int64_t deadline = base::monotonic_ns() + kFlushNsMax;
  // acquire: pairs with flush_everything()
  while (is_done.load(std::memory_order_acquire) == 0 && base::monotonic_ns() < deadline)
    futex_wait_until(is_done, 0, deadline);
}

}  // namespace

void watch_for_exit() { watch.is_armed = true; }

void watch_calls_of_exit() {
  real_exit = reinterpret_cast<void (*)(int)>(dlsym(RTLD_NEXT, "exit"));
  if (real_exit == nullptr) return;  // a static executable
  constexpr auto kReplacement = &watched_exit;
  const redirection row{"exit", reinterpret_cast<void*>(kReplacement)};
  redirect_imports({&row, 1});
}

bool is_process_over() noexcept {
  // acquire: what the goroutines did before they were stopped
  return the_scheduler.is_frozen.load(std::memory_order_acquire) ||
         the_scheduler.is_forked.load(std::memory_order_relaxed);  // relaxed: one thread
}

void set_exit_hook(exit_hook* hook) {
  the_exit_hook.store(hook, std::memory_order_release);  // release: pairs with quit_process()
}

void claim_death() {
  const pid_t self = gettid();
  pid_t first = 0;
  // acq_rel: exactly one goes on
  if (dying_thread.compare_exchange_strong(first, self, std::memory_order_acq_rel)) return;
  if (first != self) block_thread_for_ever();
  base::raw_writer() << "vole: the report failed, perhaps for want of memory\n";
  _exit(kStatusOfFatal);
}

void quit_process(int status) {
  flush_for_a_while();
  exit_hook* const hook = the_exit_hook.load(std::memory_order_acquire);  // acquire: see set
  if (hook != nullptr) status = hook(status);
  _exit(status);
}

void abort_process() {
  flush_for_a_while();
  exit_hook* const hook = the_exit_hook.load(std::memory_order_acquire);  // acquire: see set
  if (hook != nullptr) hook(kStatusOfAbort);
  signal(SIGABRT, SIG_DFL);
  std::abort();
}

void stop_if_frozen() {
  if (!the_scheduler.is_frozen.load(std::memory_order_acquire) || is_exiting_thread)
    return;  // acquire: kept_status
  if (event::current() == &main_goroutine())
    is_main_stopped.store(true, std::memory_order_release);  // release: main's effects
  if (worker* const self = this_worker())
    self->is_in_user_code.store(false, std::memory_order_release);  // release: its effects
  block_thread_for_ever();
}

void refuse_park_at_exit() {
  if (!is_exiting_thread) return;
  base::raw_writer() << "vole: a destructor that runs after main waits for goroutines, which ended "
                        "with main: ending the process\n";
  quit_process(kept_status);
}

}  // namespace vole::sched
