// SPDX-License-Identifier: Apache-2.0
// Workers (threads that run goroutines) and processors (the right to run one): Go's M and P.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>

#include "base/prng.h"
#include "base/thread/asymmetric_fence.h"
#include "base/thread/thread_word.h"
#include "sched/core/run_queue.h"
#include "sched/goroutine/g.h"
#include "sched/goroutine/g_cache.h"
#include "sched/park.h"

VOLE_DECLARE_THREAD_WORD(vole_this_worker)

namespace vole::sched {

// At most max_procs of them are idle or running; a worker must hold one to run a goroutine.
struct processor {
  // idle: in the idle list. running: held by a worker. retired: beyond max_procs.
  enum class status : std::uint8_t { idle, running, retired };

  explicit processor(int number) : index(number) {}

  const int index;
  status state = status::retired;  // under scheduler::lock
  processor* idle_next = nullptr;  // likewise
  run_queue queue;
  // The holder's. tick: goroutines run; every 61st comes from the global queue. The monitor reads
  // it.
  std::atomic<std::uint32_t> tick{0};
  std::uint32_t next_streak = 0;  // run-next slots in a row, see pick_local()
  g_cache cache;
};

// What a goroutine asks for as it leaves its stack; done once its registers are saved.
enum class leave_action : std::uint8_t { park, yield, finish };

// Who may take a worker's processor away: see monitor.cpp. forked: nobody, this is the one thread
// of a forked child, where nothing of the runtime works that needs a worker.
enum class retake : std::uint8_t { none, attempted, done, forked };

struct worker {
  explicit worker(std::uint64_t seed) : random(seed) {}

  // This worker's own.
  std::uintptr_t scheduler_sp = 0;
  g* locked_g = nullptr;   // lock_os_thread: it runs nobody else
  bool is_ending = false;  // the goroutine that was locked to it has ended
  bool is_spinning = false;
  bool has_lost_processor = false;  // to the monitor; counted in scheduler::processorless_count
  // From leave() to settle(): who left, and what for.
  g* left = nullptr;
  leave_action action = leave_action::park;
  park_commit* commit = nullptr;
  void* commit_argument = nullptr;
  g* picked = nullptr;  // taken from the queue by one who then could not run it
  g* polled = nullptr;  // to run next: became ready while this worker polled without a processor
  base::prng random;
  eh_globals* thread_eh = nullptr;  // the C++ runtime's, fixed for a thread
  pid_t thread_id = 0;
  std::uintptr_t stack_low = 0, stack_high = 0;  // of the thread; known only under a sanitizer
  void* fake_stack = nullptr;

  // Written by the worker; the monitor takes the processor away only by the protocol of
  // monitor.cpp.
  std::atomic<processor*> held{nullptr};
  std::atomic<std::uint32_t> runtime_depth{1};  // 0: in the program's code
  std::atomic<retake> taking{retake::none};
  std::atomic<g*> running{nullptr};

  processor* proc() const noexcept {
    return held.load(std::memory_order_relaxed);  // relaxed: ours while runtime_depth is not 0
  }
  void set_proc(processor* now) noexcept {
    held.store(now, std::memory_order_relaxed);  // relaxed: the monitor looks again by its protocol
  }

  // True from before a goroutine's code runs until after: what the end of the process waits for.
  std::atomic<bool> is_in_user_code{false};

  struct {  // the monitor's own notes
    const processor* seen = nullptr;
    std::uint32_t tick = 0;
    std::int64_t since_ns = 0;
    std::int64_t probe_at_ns = 0;
  } watched;

  // Whoever takes this worker off the idle list, or finds its locked goroutine runnable, gives it a
  // processor and sets wake_word.
  static constexpr std::uint32_t kNotWoken = 0, kWoken = 1, kInKernel = 2;  // in the poller's wait
  processor* next_proc = nullptr;
  std::atomic<std::uint32_t> wake_word{0};
  worker* idle_next = nullptr;  // under scheduler::lock
  worker* all_next = nullptr;   // likewise
};

// The worker that the calling thread is, or null. Ask again after a switch.
inline worker* this_worker() noexcept {
  return static_cast<worker*>(VOLE_READ_THREAD_WORD(vole_this_worker));
}

// monitor.cpp: the monitor takes the processor of a worker that is long in the program's code. ---

// The slow half of enter_runtime(): refuses the child of a fork. Else waits for the monitor to make
// up its mind, and when it has taken the processor, takes an idle one in its place if there is one.
void answer_retake(worker& self) noexcept;
// Starts the monitor's thread. Once.
void start_monitor();
// Wakes it from the sleep that it falls into when everything is idle.
void wake_monitor() noexcept;

// From here to exit_runtime() the worker's processor is its own to use (null: it has been taken).
inline void enter_runtime(worker& self) noexcept {
  // relaxed: only this thread writes it; the fence orders it before the look at `taking`
  self.runtime_depth.store(self.runtime_depth.load(std::memory_order_relaxed) + 1,
                           std::memory_order_relaxed);
  base::light_fence();
  // relaxed: answer_retake() looks again
  if (__builtin_expect(self.taking.load(std::memory_order_relaxed) != retake::none, 0))
    answer_retake(self);
}
inline void exit_runtime(worker& self) noexcept {
  // release: what was done to the processor comes before the monitor takes it
  self.runtime_depth.store(self.runtime_depth.load(std::memory_order_relaxed) - 1,
                           std::memory_order_release);
}

class runtime_scope {
 public:
  explicit runtime_scope(worker& self) noexcept : self_(self) { enter_runtime(self); }
  ~runtime_scope() { exit_runtime(self_); }
  runtime_scope(const runtime_scope&) = delete;
  runtime_scope& operator=(const runtime_scope&) = delete;

 private:
  worker& self_;
};

// switch.cpp ------------------------------------------------------------------------------------

// Leaves the current goroutine's stack, for the next goroutine's where there is one at hand, else
// for the worker's scheduler, and performs `action` there. Returns when the goroutine is resumed,
// perhaps on another thread; never for leave_action::finish.
void leave(g& self, leave_action action, park_commit* commit = nullptr, void* argument = nullptr);
// The first thing on a goroutine's stack after each switch to it.
void arrive(g& self);
// From the scheduler's stack: runs `next` and whoever it passes the processor on to.
void execute(worker& self, g& next);

// worker.cpp -----------------------------------------------------------------------------------

// Run-next slots in a row before the queue's head has its turn: a pair that wakes each other for
// ever must not starve the rest; half costs 1 % in pingpong.
inline constexpr std::uint32_t kNextStreakMax = 64;

// From a processor's own queue: the run-next slot first, unless it has had its way for long.
inline g* pick_local(processor& proc) {
  if (proc.next_streak < kNextStreakMax) {
    if (g* next = proc.queue.take_next()) {
      ++proc.next_streak;
      return next;
    }
  }
  proc.next_streak = 0;
  if (g* head = proc.queue.pop()) return head;
  return proc.queue.take_next();
}

// The life of a worker thread. Returns when a goroutine has ended that was locked to it: what it
// did to its thread (a namespace, a priority, a mask) must not befall others. The thread ends.
void run_worker(worker& self);

// idle.cpp -------------------------------------------------------------------------------------

// Puts a runnable goroutine where it will be found, and wakes a worker for it if one is due.
void enqueue(g& who, bool is_next);
void enqueue_global(g& who);
// The same for this worker's own processor, which it must hold.
void enqueue_local(processor& proc, g& who, bool is_next);
// After work was published: starts one more worker if a processor is idle and nobody searches.
void wake_processor();
// Starts (or wakes) a worker for `proc`, or for any idle processor when null.
void start_worker(processor* proc, bool is_spinning);
// Blocks this thread until it is given a processor; it has none before. It may poll meanwhile.
void stop_worker(worker& self);
// For a worker on the idle list that has found work: takes it off the list, with a processor if one
// is idle. When somebody has taken it off already, waits for the processor that comes.
void rise(worker& self);
// Gives away a processor that nobody holds any more: to a worker if there is work, else to the idle
// list.
void hand_off(processor& proc);
// For a worker that holds `locked_g`, whose turn will come from another: blocks until then.
void stop_locked_worker(worker& self);
// Gives this worker's processor to the worker that `who` is locked to, and stops this one.
void start_locked_worker(worker& self, g& who);
// For a caller who knows of work: takes an idle processor. When there is none, notes that the next
// worker must search before it sleeps (unless told not to), and returns null.
processor* take_idle_processor(bool notes_need = true);
// Step 5: a heavy fence, and a look at every queue.
bool is_work_anywhere();
// Puts this worker's processor out of use, which max_procs() has made one too many.
void retire_processor(worker& self);

}  // namespace vole::sched
