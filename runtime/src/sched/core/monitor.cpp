// SPDX-License-Identifier: Apache-2.0
// The monitor: a thread without a processor that takes processors from those who sit on them, as
// Go's sysmon does.
//
// A goroutine that computes for kHogNs without coming to the scheduler, one in blocking() for a
// round while others wait, or one whose thread sleeps in the kernel (a lock, the disk, a page
// fault, getaddrinfo) while others wait, loses its *processor* and runs on upon its thread. It is
// in line for one again when it next parks, yields or leaves blocking(). Nothing is interrupted:
// signals that switch stacks are not safe inside arbitrary C++ code.
//
// A worker uses its processor only between enter_runtime() and exit_runtime(). Taking it away:
//   worker    1. runtime_depth = 1; 2. light fence; 3. reads `taking`: none: goes on
//                attempted: waits until the monitor has decided. done: has no processor any more,
//                and takes an idle one if there is one; else it counts as processorless
//   monitor   4. taking = attempted; 5. heavy fence; 6. reads runtime_depth and tick. Depth 0 and
//                the same stretch as before: takes the processor, taking = done. Else taking = none
//   Of 3 and 6, either 3 sees the attempt, or 6 sees the depth. While the attempt stands nobody but
//   the monitor touches the processor.
//
// Also here: what should happen about every so often: the number of processors follows the cgroup,
// the coarse clock, and idle stacks give their cold pages back.
#include <sched.h>

#include <algorithm>

#include "base/check.h"
#include "base/clock.h"
#include "base/debug_options.h"
#include "sched/core/scheduler.h"
#include "sched/goroutine/g_state.h"
#include "sched/goroutine/registry.h"
#include "sched/machine/max_procs.h"
#include "sched/machine/schedtrace.h"
#include "sched/poller.h"
#include "sched/thread/futex.h"
#include "sched/thread/threads.h"
#include "sched/timer.h"

namespace vole::sched {
namespace {

// Go's forcePreemptNS. Half: twice as many processor moves for goroutines that compute in stretches
// of some ms; twice: others wait up to 20 ms for a hog's processor.
constexpr std::int64_t kHogNs = 10'000'000;
constexpr std::int64_t kRoundNsMin = 20'000;  // Go's: between two looks while there is something
constexpr std::int64_t kRoundNsMax = 10'000'000;  // and when there has been nothing for long
constexpr int kBusyRounds = 50;                   // rounds at the least distance before it doubles
constexpr int kIdleRoundsMax = 20;                // all idle for so long: sleeps until woken
// The first look whether a thread sleeps in the kernel (a read of /proc: some 20 us); each next one
// after twice the time.
constexpr std::int64_t kProbeNs = 200'000;
// Idle stacks are trimmed so often, and before the monitor sleeps. Half: deep stacks in steady use
// lose their pages more often; twice: memory that nobody uses is held for longer.
constexpr std::int64_t kTrimEveryNs = 1'000'000'000;
// So many goroutines may run without a processor; past that a hog keeps it until it leaves. Each
// one more is one more thread that competes for the cores.
constexpr int kProcessorlessMax = 256;

constinit std::atomic<std::uint32_t> wake_word{0};

bool is_work_waiting(const processor& proc) {
  scheduler& s = the_scheduler;
  // relaxed: a wrong guess is put right in the next round
  return !proc.queue.is_empty() || s.global_size.load(std::memory_order_relaxed) != 0;
}

// Steps 4 to 6. True when `held` is the monitor's now.
bool take_processor(worker& from, processor& held, std::uint32_t tick) {
  scheduler& s = the_scheduler;
  from.taking.store(retake::attempted, std::memory_order_relaxed);  // relaxed: the fence orders it
  base::heavy_fence();
  // acquire: pairs with exit_runtime(); sees what the worker did to the processor
  if (from.runtime_depth.load(std::memory_order_acquire) != 0 || from.proc() != &held ||
      held.tick.load(std::memory_order_relaxed) != tick) {       // relaxed: its writer is outside
    from.taking.store(retake::none, std::memory_order_release);  // release: nothing was done
    return false;
  }
  // seq_cst: counted before the processor is seen idle; see deadlock.cpp
  s.processorless_count.fetch_add(1, std::memory_order_seq_cst);
  from.set_proc(nullptr);
  from.taking.store(retake::done, std::memory_order_release);  // release: pairs with answer_retake
  return true;
}

bool is_due(worker& w, const processor& held, std::int64_t now) {
  const std::int64_t elapsed = now - w.watched.since_ns;
  if (elapsed >= kHogNs)  // relaxed: a limit on waste
    return the_scheduler.processorless_count.load(std::memory_order_relaxed) < kProcessorlessMax;
  if (elapsed < kRoundNsMin || !is_work_waiting(held)) return false;
  const g* const running = w.running.load(std::memory_order_acquire);  // acquire: its record
  if (running == nullptr) return false;
  if (state_of(*running) == g_state::syscall) return true;
  if (now < w.watched.probe_at_ns) return false;
  w.watched.probe_at_ns = w.watched.since_ns + 2 * elapsed;
  return thread_state(w.thread_id) != 'R';
}

// One worker's turn in a round. True when it has lost its processor.
bool look_at(worker& w, std::int64_t now) {
  processor* const held = w.proc();
  if (held == nullptr) {
    w.watched.seen = nullptr;
    return false;
  }
  const std::uint32_t tick = held->tick.load(std::memory_order_relaxed);  // relaxed: compared again
  const bool is_inside = w.runtime_depth.load(std::memory_order_relaxed) != 0;  // relaxed: likewise
  if (w.watched.seen != held || w.watched.tick != tick || is_inside) {
    w.watched = {held, tick, now, now + kProbeNs};
    return false;
  }
  if (!is_due(w, *held, now) || !take_processor(w, *held, tick)) return false;
  hand_off(*held);
  return true;
}

bool look_at_all(std::int64_t now) {
  scheduler& s = the_scheduler;
  worker* all = nullptr;
  {
    base::spin_guard guard(s.lock);
    all = s.all_workers;
  }
  bool has_taken = false;
  // A worker's place in the list never changes.
  for (worker* w = all; w != nullptr; w = w->all_next) has_taken = look_at(*w, now) || has_taken;
  return has_taken;
}

bool is_all_idle() {
  scheduler& s = the_scheduler;
  // seq_cst: after is_monitor_asleep; see take_idle_processor_locked()
  return s.idle_processors_count.load(std::memory_order_seq_cst) >=
         s.procs_limit.load(std::memory_order_seq_cst);
}

void sleep_until_woken() {
  scheduler& s = the_scheduler;
  const std::uint32_t seen = wake_word.load(std::memory_order_relaxed);  // relaxed: compared again
  s.is_monitor_asleep.store(true, std::memory_order_seq_cst);  // seq_cst: before is_all_idle()
  if (is_all_idle()) futex_wait(wake_word, seen);
  s.is_monitor_asleep.store(false, std::memory_order_relaxed);  // relaxed: one wake-up too many
}

void* monitor_thread(void*) {
  enter_own_thread("vole:monitor");
  int quiet_rounds = 0;
  int idle_rounds = 0;
  std::int64_t distance_ns = kRoundNsMin;
  std::int64_t poll_within_ns = kNever;
  std::int64_t trimmed_at_ns = base::monotonic_ns();
  for (;;) {
    futex_wait_until(wake_word, wake_word.load(std::memory_order_relaxed),  // relaxed: a sleep
                     base::monotonic_ns() + std::min(distance_ns, poll_within_ns));
    set_coarse_clock();
    follow_cgroup();
    const std::int64_t now = base::monotonic_ns();
    trace_schedule(now);
    poll_within_ns = poll_supervise();
    quiet_rounds = look_at_all(now) ? 0 : quiet_rounds + 1;
    if (quiet_rounds == 0)
      distance_ns = kRoundNsMin;
    else if (quiet_rounds > kBusyRounds)
      distance_ns = distance_ns * 2 < kRoundNsMax ? distance_ns * 2 : kRoundNsMax;
    idle_rounds = is_all_idle() && distance_ns == kRoundNsMax ? idle_rounds + 1 : 0;
    if (idle_rounds > kIdleRoundsMax || now - trimmed_at_ns >= kTrimEveryNs) {
      trim_idle_stacks();
      trimmed_at_ns = now;
    }
    if (idle_rounds > kIdleRoundsMax && base::debug().schedtrace_ms == 0) {
      sleep_until_woken();
      quiet_rounds = idle_rounds = 0;
      distance_ns = kRoundNsMin;
    }
  }
}

}  // namespace

void start_monitor() {
  VOLE_CHECK(start_own_thread(&monitor_thread, nullptr), "can't create the monitor's thread");
}

void wake_monitor() noexcept {
  wake_word.fetch_add(1, std::memory_order_relaxed);  // relaxed: the futex orders it
  futex_wake(wake_word, 1);
}

[[gnu::noinline]] void answer_retake(worker& self) noexcept {
  refuse_forked_child();
  int spins = 0;
  // acquire: pairs with take_processor()
  while (self.taking.load(std::memory_order_acquire) == retake::attempted) {
    base::cpu_relax();
    if (++spins % 64 == 0) sched_yield();  // the monitor may be on this very core
  }
  // relaxed: only the monitor writes otherwise, and it has no business with one without a processor
  if (self.taking.load(std::memory_order_relaxed) == retake::none) return;
  self.taking.store(retake::none, std::memory_order_relaxed);
  VOLE_ASSERT(self.proc() == nullptr);
  self.set_proc(take_idle_processor(false));
  if (self.proc() == nullptr) {
    self.has_lost_processor = true;
    return;
  }
  // seq_cst: after the processor was taken; see deadlock.cpp
  the_scheduler.processorless_count.fetch_sub(1, std::memory_order_seq_cst);
}

}  // namespace vole::sched
