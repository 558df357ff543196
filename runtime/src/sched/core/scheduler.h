// SPDX-License-Identifier: Apache-2.0
// The runtime's one shared state: queues, idle lists, counts. There is exactly one, it is constant
// initialised and never destroyed, so that it is valid before the first and after the last
// destructor of the program.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/spin_lock.h"
#include "sched/core/global_run_queue.h"
#include "sched/core/worker.h"

namespace vole::sched {

inline constexpr int kProcsMax = 1024;             // larger numbers are cut to this
inline constexpr int kWorkersMax = 10'000;         // Go's limit; one more is fatal
inline constexpr std::uint32_t kGlobalEvery = 61;  // a prime, so that no pattern of the program's
                                                   // own keeps missing the global queue (Go's)

struct scheduler {
  base::spin_lock lock{base::lock_rank::sched};
  global_run_queue global_queue VOLE_GUARDED_BY(lock);
  processor* idle_processors VOLE_GUARDED_BY(lock) = nullptr;
  worker* idle_workers VOLE_GUARDED_BY(lock) = nullptr;
  worker* ended_workers VOLE_GUARDED_BY(lock) = nullptr;  // records without a thread, to use again
  worker* all_workers VOLE_GUARDED_BY(lock) = nullptr;    // linked by all_next; only grows
  int workers_count VOLE_GUARDED_BY(lock) = 0;

  // Written under `lock`, read without it.
  std::atomic<std::uint32_t> global_size{0};
  std::atomic<int> idle_processors_count{0};
  std::atomic<int> procs_limit{0};      // max_procs
  std::atomic<int> procs_allocated{0};  // procs[0 .. procs_allocated) are set
  std::atomic<processor*> procs[kProcsMax] = {};

  // The idle protocol's; see worker.cpp.
  std::atomic<int> spinning_count{0};
  std::atomic<bool> needs_spinning{false};

  std::atomic<int> adopted_running{0};      // adopted goroutines that do not wait
  std::atomic<int> processorless_count{0};  // goroutines that run on without a processor
  std::atomic<std::uint64_t> last_id{1};    // 1 is main's

  std::atomic<bool> is_monitor_asleep{false};
  // CLOCK_MONOTONIC, some 10 ms old at most while anybody runs: the monitor writes it, and whoever
  // comes out of a sleep that the monitor may have slept through.
  std::atomic<std::int64_t> coarse_ns{0};

  std::atomic<bool> is_forked{false};  // a child of fork(): none of our threads is here
  std::atomic<bool> is_frozen{false};  // the process ends: no goroutine goes on, see exit.cpp
};

[[gnu::visibility("hidden")]] extern constinit scheduler the_scheduler;

// Puts a processor that nobody holds on the idle list, or out of use if it is one too many.
void release_processor_locked(scheduler& s, processor& proc) VOLE_REQUIRES(s.lock);

// An idle processor, now held by the caller; null when there is none.
processor* take_idle_processor_locked(scheduler& s) VOLE_REQUIRES(s.lock);

// Brings scheduler::coarse_ns up to date.
void set_coarse_clock() noexcept;

// Starts the runtime at its first use: processors, main's goroutine, the terminate handler.
// Returns at once ever after.
void ensure_started();

}  // namespace vole::sched
