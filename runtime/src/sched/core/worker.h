// SPDX-License-Identifier: Apache-2.0
// Workers (threads that run goroutines) and processors (the right to run one): Go's M and P.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>

#include "base/prng.h"
#include "sched/core/run_queue.h"
#include "sched/goroutine/g.h"
#include "sched/park.h"

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
  // The holder's.
  std::uint32_t tick = 0;         // goroutines run; every 61st comes from the global queue
  std::uint32_t next_streak = 0;  // run-next slots in a row, see pick_local()
};

// What a goroutine asks of the scheduler's stack as it leaves its own.
// The last two from within blocking(), where the worker holds no processor: to park; to go on once
// there is one again.
enum class leave_action : std::uint8_t { park, yield, finish, park_blocking, requeue };

struct worker {
  explicit worker(std::uint64_t seed) : random(seed) {}

  // This worker's own.
  std::uintptr_t scheduler_sp = 0;
  processor* proc = nullptr;
  g* running = nullptr;
  g* locked_g = nullptr;  // lock_os_thread: it runs nobody else
  bool is_spinning = false;
  leave_action action = leave_action::park;
  park_commit* commit = nullptr;
  void* commit_argument = nullptr;
  base::prng random;
  eh_globals* thread_eh = nullptr;  // the C++ runtime's, fixed for a thread
  pid_t thread_id = 0;
  std::uintptr_t stack_low = 0, stack_high = 0;  // of the thread; known only under a sanitizer
  void* fake_stack = nullptr;

  // True from before a goroutine's code runs until after: what the end of the process waits for.
  std::atomic<bool> is_in_user_code{false};

  // Whoever takes this worker off the idle list, or finds its locked goroutine runnable, gives it a
  // processor and sets wake_word.
  processor* next_proc = nullptr;
  std::atomic<std::uint32_t> wake_word{0};
  worker* idle_next = nullptr;  // under scheduler::lock
  worker* all_next = nullptr;   // likewise
};

// The worker that the calling thread is, or null. Opaque to the compiler: ask again after a switch.
worker* this_worker() noexcept;

// worker.cpp -----------------------------------------------------------------------------------

// Leaves the current goroutine's stack for its worker's scheduler and performs `action` there.
// Returns when the goroutine is resumed, perhaps on another thread; never for leave_action::finish.
void leave(g& self, leave_action action, park_commit* commit = nullptr, void* argument = nullptr);

// The life of a worker thread. Never returns.
[[noreturn]] void run_worker(worker& self);

// idle.cpp -------------------------------------------------------------------------------------

// Puts a runnable goroutine where it will be found, and wakes a worker for it if one is due.
void enqueue(g& who, bool is_next);
void enqueue_global(g& who);
// After work was published: starts one more worker if a processor is idle and nobody searches.
void wake_processor();
// Starts (or wakes) a worker for `proc`, or for any idle processor when null.
void start_worker(processor* proc, bool is_spinning);
// Blocks this thread until it is given a processor; it has none before.
void stop_worker(worker& self);
// Gives this worker's processor away: to another worker if there is work, else to the idle list.
void hand_off_processor(worker& self);
// For a worker that holds `locked_g`, whose turn will come from another: blocks until then.
void stop_locked_worker(worker& self);
// Gives this worker's processor to the worker that `who` is locked to, and stops this one.
void start_locked_worker(worker& self, g& who);
// For a caller who knows of work: takes an idle processor. When there is none, notes that the next
// worker must search before it sleeps (unless told not to), and returns null.
processor* take_idle_processor(bool notes_need = true);
// Step 5: looks at every queue.
bool is_work_anywhere();
// Puts this worker's processor out of use, which max_procs() has made one too many.
void retire_processor(worker& self);

}  // namespace vole::sched
