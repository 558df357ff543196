// SPDX-License-Identifier: Apache-2.0
// Timers: one 4-ary heap, and a thread that sleeps until its top.
//
// A thread of its own, and not the workers, so that goroutines that hog every processor can't make
// timers late; the price is a lock that all timers share. It is also the thread that looks for
// deadlocks, for the same reason.
//
// A one-shot entry is not touched once its fire() has been called: its owner may be gone by then. A
// periodic one is armed again before the call.
#include "sched/timer.h"

#include <cstdint>
#include <vector>

#include "base/check.h"
#include "base/spin_lock.h"
#include "event/emit.h"
#include "sched/core/scheduler.h"
#include "sched/ending/deadlock.h"
#include "sched/thread/futex.h"
#include "sched/thread/threads.h"
#include "sched/timer_thread.h"

namespace vole::sched {
namespace {

constexpr std::size_t kNotArmed = SIZE_MAX;
constexpr std::size_t kArity = 4;  // shallower than 2, and four children share a cache line
constexpr std::int64_t kNever = INT64_MAX;
// From the first suspicion to the look: everything that goes to sleep meanwhile shares one look.
constexpr std::int64_t kSuspicionNs = 5'000'000;

struct timer_heap {
  base::spin_lock lock{base::lock_rank::timer_heap};
  std::vector<timer_entry*> entries VOLE_GUARDED_BY(lock);
  timer_entry* firing VOLE_GUARDED_BY(lock) = nullptr;
  int cancel_waiters VOLE_GUARDED_BY(lock) = 0;

  void place(timer_entry* entry, std::size_t index) VOLE_REQUIRES(lock) {
    entries[index] = entry;
    entry->heap_index = index;
  }
  void sift_up(std::size_t index) VOLE_REQUIRES(lock) {
    timer_entry* const moving = entries[index];
    while (index > 0) {
      const std::size_t parent = (index - 1) / kArity;
      if (entries[parent]->deadline_ns <= moving->deadline_ns) break;
      place(entries[parent], index);
      index = parent;
    }
    place(moving, index);
  }
  void sift_down(std::size_t index) VOLE_REQUIRES(lock) {
    timer_entry* const moving = entries[index];
    for (;;) {
      const std::size_t first = index * kArity + 1;
      if (first >= entries.size()) break;
      std::size_t least = first;
      for (std::size_t child = first + 1; child < first + kArity && child < entries.size(); ++child)
        if (entries[child]->deadline_ns < entries[least]->deadline_ns) least = child;
      if (moving->deadline_ns <= entries[least]->deadline_ns) break;
      place(entries[least], index);
      index = least;
    }
    place(moving, index);
  }
  void push(timer_entry& entry) VOLE_REQUIRES(lock) {
    entries.push_back(&entry);
    sift_up(entries.size() - 1);
  }
  void remove(timer_entry& entry) VOLE_REQUIRES(lock) {
    const std::size_t index = entry.heap_index;
    VOLE_ASSERT(entries[index] == &entry);
    timer_entry* const last = entries.back();
    entries.pop_back();
    entry.heap_index = kNotArmed;
    if (last == &entry) return;
    place(last, index);
    sift_down(index);
    sift_up(last->heap_index);
  }
};

timer_heap& heap() {
  static timer_heap* const one = new timer_heap;  // never destroyed: see scheduler.h
  return *one;
}

constinit std::atomic<std::uint32_t> signal{0};     // bumped when the thread must look again
constinit std::atomic<std::uint32_t> fire_ends{0};  // bumped after a fire that somebody waits for
constinit std::atomic<bool> is_suspected{false};    // somebody may have been the last to run
[[gnu::tls_model("initial-exec")]] thread_local bool is_timer_thread = false;

void wake_timer_thread() {
  signal.fetch_add(1, std::memory_order_release);  // release: pairs with the acquire in the loop
  futex_wake(signal, 1);
}

std::int64_t next_deadline(const timer_entry& entry, std::int64_t now) {
  const std::int64_t missed = (now - entry.deadline_ns) / entry.period_ns;
  return entry.deadline_ns + (missed + 1) * entry.period_ns;
}

// Fires what is due. Returns the deadline of the rest, kNever when there is none.
std::int64_t fire_due(timer_heap& timers) {
  bool has_fired = false;
  for (;;) {
    timers.lock.lock();
    if (timers.entries.empty()) break;
    timer_entry& top = *timers.entries.front();
    const std::int64_t now = now_ns();
    if (top.deadline_ns > now) break;
    if (top.period_ns > 0) {
      top.deadline_ns = next_deadline(top, now);
      timers.sift_down(0);
    } else {
      timers.remove(top);
    }
    timers.firing = &top;
    void (*const fire)(timer_entry&) = top.fire;
    timers.lock.unlock();
    fire(top);
    has_fired = true;
    timers.lock.lock();
    timers.firing = nullptr;
    const bool is_awaited = timers.cancel_waiters != 0;
    timers.lock.unlock();
    if (is_awaited) {
      fire_ends.fetch_add(1, std::memory_order_release);  // release: the fire's effects
      futex_wake(fire_ends);
    }
  }
  const std::int64_t next = timers.entries.empty() ? kNever : timers.entries.front()->deadline_ns;
  timers.lock.unlock();
  // The timer may have been all that there was to wait for.
  if (has_fired) is_suspected.store(true, std::memory_order_relaxed);  // relaxed: our own to read
  return next;
}

void* timer_thread(void*) {
  enter_own_thread("vole:timer");
  is_timer_thread = true;
  event::emit::thread_started();
  timer_heap& timers = heap();
  std::int64_t look_at = kNever;  // when to look for a deadlock
  for (;;) {
    const std::uint32_t seen = signal.load(std::memory_order_acquire);  // acquire: see wake
    if (the_scheduler.is_frozen.load(std::memory_order_relaxed))        // relaxed: the process ends
      block_thread_for_ever();
    const std::int64_t next = fire_due(timers);
    const std::int64_t now = now_ns();
    // acquire: pairs with suspect_deadlock(); the flag stays up until the look
    if (look_at == kNever && is_suspected.load(std::memory_order_acquire))
      look_at = now + kSuspicionNs;
    if (look_at <= now) {
      is_suspected.store(false, std::memory_order_seq_cst);  // seq_cst: before the look reads
      look_at = check_deadlock(next != kNever);
    }
    const std::int64_t until = next < look_at ? next : look_at;
    if (until == kNever)
      futex_wait(signal, seen);
    else if (until > now)
      futex_wait_until(signal, seen, until);
  }
}

void ensure_timer_thread() {
  static const bool is_started = start_own_thread(&timer_thread, nullptr);
  VOLE_CHECK(is_started, "can't create the timer thread");
}

}  // namespace

void suspect_deadlock() {
  // acq_rel: pairs with the timer thread; one wake-up for many suspicions
  if (is_suspected.exchange(true, std::memory_order_acq_rel)) return;
  ensure_timer_thread();
  wake_timer_thread();
}

void arm(timer_entry& entry) {
  ensure_timer_thread();
  timer_heap& timers = heap();
  bool is_top = false;
  {
    base::spin_guard guard(timers.lock);
    VOLE_CHECK(entry.heap_index == kNotArmed, "a timer is armed twice");
    timers.push(entry);
    is_top = entry.heap_index == 0;
  }
  if (is_top && !is_timer_thread) wake_timer_thread();
}

bool cancel(timer_entry& entry) {
  timer_heap& timers = heap();
  timers.lock.lock();
  const bool was_armed = entry.heap_index != kNotArmed;
  if (was_armed) timers.remove(entry);
  while (timers.firing == &entry && !is_timer_thread) {
    ++timers.cancel_waiters;
    const std::uint32_t seen = fire_ends.load(std::memory_order_acquire);  // acquire: see fire_due
    timers.lock.unlock();
    futex_wait(fire_ends, seen);
    timers.lock.lock();
    --timers.cancel_waiters;
  }
  timers.lock.unlock();
  return was_armed;
}

}  // namespace vole::sched
