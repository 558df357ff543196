// SPDX-License-Identifier: Apache-2.0
// What a worker thread does: find a goroutine, run it until it leaves, settle what it left for.
//
// Searching and sleeping. A worker without work becomes a *spinner* (it searches the others'
// queues), then gives its processor up and sleeps. At most half as many spin as are busy. That no
// goroutine is left behind while a processor is idle rests on two sides with a store-load fence
// each (asymmetric: submitters are many, and sleeping costs a microsecond more or less anyway):
//   submitter  1. publishes the goroutine in a queue; 2. light fence
//              3. when somebody spins: done. When a processor is idle: starts a spinner. Otherwise
//                 notes in needs_spinning that work waits, and looks for an idle processor again
//   searcher   4. gives its processor up; if needs_spinning is set, takes it back and searches
//              5. if it was a spinner: stops counting as one; heavy fence; looks at all queues once
//                 more; if there is work, takes an idle processor back (or notes in needs_spinning
//                 that it found none)
//   Of 3 and 5, either 3 sees no spinner any more, or 5 sees the goroutine. Of 3 and 4, either 3
//   sees the idle processor, or 4 sees the note: a worker that did not search, because enough
//   others did, can't sleep while work waits behind one that hogs its processor.
// tests/sched/idle_model_test.cpp is this protocol as a machine, explored through all
// interleavings. A spinner that finds work and was the last one starts another before it runs it (3
// again): work tends to come in bursts.
//
// Rejected, as in Go: one central queue (its lock); handing a processor over at each ready() (the
// waker runs on with cold caches); waking a thread at each ready() (storms of futexes).
#include "sched/core/worker.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "sched/checked/checked.h"
#include "sched/core/scheduler.h"
#include "sched/ending/deadlock.h"
#include "sched/poll/turn.h"
#include "sched/thread/futex.h"

namespace vole::sched {
namespace {

constexpr int kStealRounds = 4;

// One goroutine from the global queue, and unless `only_one` a fair share of the rest into the
// local one, which is empty then.
g* pick_global(processor& proc, bool only_one) {
  constexpr std::size_t kShareMax = run_queue::kCapacity / 2;
  scheduler& s = the_scheduler;
  if (s.global_size.load(std::memory_order_relaxed) == 0) return nullptr;  // relaxed: a hint
  g* taken[kShareMax];
  base::spin_guard guard(s.lock);
  s.global_queue.age(s.coarse_ns.load(std::memory_order_relaxed));  // relaxed: a clock
  std::size_t count = 1;
  if (only_one) {
    taken[0] = s.global_queue.pop();
  } else {
    // relaxed: a matter of balance
    const auto procs = static_cast<std::size_t>(s.procs_limit.load(std::memory_order_relaxed));
    const std::size_t share = s.global_queue.size() / procs + 1;
    count = s.global_queue.take({taken, std::min(share, kShareMax)});
  }
  if (count == 0 || taken[0] == nullptr) return nullptr;
  g* overflow[run_queue::kOverflow];
  for (std::size_t i = 1; i < count; ++i)
    VOLE_CHECK(proc.queue.push(taken[i], overflow) == 0, "the local queue was not empty");
  // release: in step 5, whoever misses them here finds them in the local queue
  s.global_size.store(static_cast<std::uint32_t>(s.global_queue.size()), std::memory_order_release);
  return taken[0];
}

g* steal(worker& self) {
  scheduler& s = the_scheduler;
  const int count =
      s.procs_allocated.load(std::memory_order_acquire);  // acquire: sees the pointers
  for (int round = 0; round < kStealRounds; ++round) {
    const bool with_next = round == kStealRounds - 1;
    const auto start = self.random.below(static_cast<std::uint32_t>(count));
    for (int i = 0; i < count; ++i) {
      processor* const victim =
          s.procs[(start + static_cast<std::uint32_t>(i)) % static_cast<std::uint32_t>(count)].load(
              std::memory_order_relaxed);  // relaxed: see acquire above
      if (victim == self.proc() || victim->queue.is_empty()) continue;
      if (with_next) {
        // The victim is likely to run its run-next in the next moment: leave it the time.
        for (int pause = 0; pause < 100; ++pause) base::cpu_relax();
      }
      if (g* stolen = victim->queue.steal(self.proc()->queue, with_next)) return stolen;
    }
  }
  return nullptr;
}

bool may_spin(const worker& self) {
  scheduler& s = the_scheduler;
  // relaxed: a limit on waste, not a matter of correctness
  const int busy = s.procs_limit.load(std::memory_order_relaxed) -
                   s.idle_processors_count.load(std::memory_order_relaxed);
  return self.is_spinning || 2 * s.spinning_count.load(std::memory_order_relaxed) < busy;
}

void become_spinning(worker& self) {
  if (self.is_spinning) return;
  self.is_spinning = true;
  the_scheduler.spinning_count.fetch_add(1, std::memory_order_seq_cst);  // seq_cst: step 3 reads it
  // acq_rel: sees the work that the note was about, now that it is to be searched for
  the_scheduler.needs_spinning.exchange(false, std::memory_order_acq_rel);
}

// Step 4. True when the worker must go on searching, with a processor; false: go to sleep.
bool give_up_processor(worker& self) {
  scheduler& s = the_scheduler;
  {
    base::spin_guard guard(s.lock);
    if (s.global_queue.size() != 0) return true;
    release_processor_locked(s, *self.proc());
    self.set_proc(nullptr);
    // seq_cst: after the processor is counted idle; see step 3
    if (!self.is_spinning && s.needs_spinning.load(std::memory_order_seq_cst))
      self.set_proc(take_idle_processor_locked(s));
  }
  if (self.proc() != nullptr) {
    become_spinning(self);
    return true;
  }
  if (!self.is_spinning) return false;
  self.is_spinning = false;
  s.spinning_count.fetch_sub(1, std::memory_order_seq_cst);  // seq_cst: step 4 before step 5
  if (!is_work_anywhere()) return false;
  self.set_proc(take_idle_processor());
  if (self.proc() == nullptr) return false;
  become_spinning(self);
  return true;
}

void stop_spinning(worker& self) {
  if (!self.is_spinning) return;
  self.is_spinning = false;
  // seq_cst: step 4's count; the work in hand is ours, more of it may be waiting
  the_scheduler.spinning_count.fetch_sub(1, std::memory_order_seq_cst);
  wake_processor();
}

// One look at every place where a goroutine may wait; null: nowhere.
g* look_for_runnable(worker& self, processor& proc) {
  // relaxed: the holder's
  const std::uint32_t tick = proc.tick.load(std::memory_order_relaxed) + 1;
  proc.tick.store(tick, std::memory_order_relaxed);
  g* found = nullptr;
  if (tick % kGlobalEvery == 0) {
    poll_beside_work(self);
    found = pick_global(proc, true);
  }
  if (found == nullptr) found = pick_local(proc);
  if (found == nullptr) found = pick_global(proc, false);
  if (found == nullptr) found = poll_now(self);
  if (found == nullptr && may_spin(self)) {
    become_spinning(self);
    found = steal(self);
  }
  return found;
}

// Blocks until there is a goroutine to run and this worker holds a processor.
g& find_runnable(worker& self) {
  scheduler& s = the_scheduler;
  for (;;) {
    if (s.is_frozen.load(std::memory_order_relaxed))  // relaxed: checked again before user code
      block_thread_for_ever();
    if (self.proc() == nullptr) {
      note_maybe_asleep();
      stop_worker(self);
    }
    processor& proc = *self.proc();
    g* found = std::exchange(self.polled, nullptr);
    if (found == nullptr &&
        proc.index >= s.procs_limit.load(std::memory_order_relaxed)) {  // relaxed: checked again
      retire_processor(self);
      continue;
    }
    if (found == nullptr) found = look_for_runnable(self, proc);
    if (found != nullptr) {
      stop_spinning(self);
      if (is_checked && must_move(self, *found)) [[unlikely]] {
        enqueue_global(*found);
        continue;
      }
      if (found->locked_worker == nullptr || found->locked_worker == &self) return *found;
      start_locked_worker(self, *found);
      continue;
    }
    if (!give_up_processor(self)) note_maybe_asleep();
  }
}

}  // namespace

void run_worker(worker& self) {
  while (!self.is_ending) {
    if (g* const other = std::exchange(self.picked, nullptr)) {
      start_locked_worker(self, *other);
    } else if (self.locked_g != nullptr) {
      g& mine = *self.locked_g;
      stop_locked_worker(self);
      execute(self, mine);
    } else {
      execute(self, find_runnable(self));
    }
  }
}

}  // namespace vole::sched
