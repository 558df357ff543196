// SPDX-License-Identifier: Apache-2.0
// When every goroutine is blocked for ever.
//
// Nobody can ever run again when, at one moment, all of this holds:
//   1. no processor is held by a worker, and no queue holds a goroutine;
//   2. no adopted goroutine runs, and none runs on without a processor;
//   3. no timer is armed, and none is firing (this code runs on the timer thread);
//   4. each user goroutine waits for a reason that only goroutines can end;
//   5. the process has no thread but adopted ones, the runtime's and the diagnosers': any other
//   could
//      still wake somebody.
// 1 and 2 are read under the scheduler's lock, 3 after it. A thread that runs counts in
// adopted_running until after it has queued what it readied, and queueing takes the lock: so the
// counts are never below the truth. 4 and 5 are read without it; only a thread that 5 finds could
// change them, and 1 to 3 are read once more after.
#include "sched/ending/deadlock.h"

#include <unistd.h>

#include <algorithm>
#include <vector>

#include "base/clock.h"
#include "sched/core/scheduler.h"
#include "sched/exit.h"
#include "sched/goroutine/g_state.h"
#include "sched/goroutine/registry.h"
#include "sched/park.h"
#include "sched/thread/adopt.h"
#include "sched/thread/threads.h"
#include "sched/timer/timer_thread.h"

namespace vole::sched {
namespace {

// While only foreign threads stand in the way: their end is announced by nobody.
constexpr std::int64_t kLookAgainNsMin = 10'000'000;
constexpr std::int64_t kLookAgainNsMax = 1'000'000'000;

constinit std::atomic<std::uint64_t> refuted_count{0};

// Rules 1 and 2.
bool is_all_quiet() {
  scheduler& s = the_scheduler;
  base::spin_guard guard(s.lock);
  if (s.global_queue.size() != 0) return false;
  const int count = s.procs_allocated.load(std::memory_order_acquire);  // acquire: sees pointers
  if (count == 0) return false;  // a timer was armed before anything else: there is no main yet
  for (int i = 0; i < count; ++i) {
    const processor* proc = s.procs[i].load(std::memory_order_relaxed);  // relaxed: as above
    if (proc->state == processor::status::running) return false;
  }
  // seq_cst: in one order with the counts' changes
  return s.adopted_running.load(std::memory_order_seq_cst) == 0 &&
         s.processorless_count.load(std::memory_order_seq_cst) == 0;
}

// Rules 1 to 3. The timers come last: who runs may still arm one.
bool is_nobody_to_come() { return is_all_quiet() && !is_any_timer_armed(); }

// Rule 4. Collects the adopted threads for rule 5.
bool is_everybody_blocked(std::vector<pid_t>& adopted_threads) {
  const census_scope scope;
  for (const g_reference& who : living_goroutines()) {
    g_state state = g_state::dead;
    if (!freeze_state(*who.record, who.id, state)) return false;  // it has just ended
    const bool is_blocked =
        state == g_state::waiting &&
        (event::is_blocked_on_goroutines(who.record->reason) ||
         (who.record->in_bubble != nullptr && who.record->is_durable));  // a sleep in synctest
    const bool is_system = who.record->is_system;
    const pid_t thread = who.record->is_adopted ? who.record->thread_id : 0;
    thaw_state(*who.record);
    if (!is_blocked && !is_system) return false;
    if (thread != 0) adopted_threads.push_back(thread);
  }
  return true;
}

}  // namespace

void note_maybe_asleep() {
  scheduler& s = the_scheduler;
  // seq_cst: of two that stop at once, the later one in this order sees both gone
  if (s.adopted_running.load(std::memory_order_seq_cst) != 0) return;
  if (s.processorless_count.load(std::memory_order_seq_cst) != 0) return;
  if (s.idle_processors_count.load(std::memory_order_seq_cst) <
      s.procs_limit.load(std::memory_order_seq_cst))
    return;
  suspect_deadlock();
}

std::int64_t check_deadlock() {
  static std::int64_t look_again_ns = kLookAgainNsMin;  // the timer thread's own
  if (!is_nobody_to_come()) {
    look_again_ns = kLookAgainNsMin;
    return INT64_MAX;  // whoever stops next will say so
  }
  std::vector<pid_t> threads;
  if (!is_everybody_blocked(threads)) {
    refuted_count.fetch_add(1, std::memory_order_release);  // release: after the look
    return INT64_MAX;
  }
  const bool has_main_gone = state_of(main_goroutine()) == g_state::dead;
  if (has_main_gone) threads.push_back(getpid());
  std::sort(threads.begin(), threads.end());
  if (!has_only_known_threads(threads.data(), threads.size())) {
    look_again_ns = std::min(look_again_ns * 2, kLookAgainNsMax);
    return base::monotonic_ns() + look_again_ns;
  }
  if (!is_nobody_to_come() || the_scheduler.is_frozen.load(std::memory_order_acquire))
    return INT64_MAX;  // acquire: the process ends in an orderly way
  const bool has_nobody = count_goroutines() == 0;
  fatal(has_main_gone && has_nobody ? "no goroutines (main called runtime.Goexit) - deadlock!"
                                    : "all goroutines are asleep - deadlock!");
}

std::uint64_t count_refuted_deadlocks() noexcept {
  return refuted_count.load(std::memory_order_acquire);  // acquire: pairs with check_deadlock()
}

}  // namespace vole::sched
