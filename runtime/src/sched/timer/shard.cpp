// SPDX-License-Identifier: Apache-2.0
// Arming, cancelling and firing in one shard.
#include "sched/timer/shard.h"

#include "base/check.h"
#include "sched/thread/futex.h"

namespace vole::sched {
namespace {

// The gate that this thread fires for; a fire() never parks, so it stays on its thread.
[[gnu::tls_model("initial-exec")]] constinit thread_local const fire_gate* own_gate = nullptr;

std::int64_t next_tick(const timer_entry& entry, std::int64_t now_ns) {
  const std::int64_t missed = (now_ns - entry.deadline_ns) / entry.period_ns;
  return entry.deadline_ns + (missed + 1) * entry.period_ns;
}

}  // namespace

void fire_gate::set_firing(timer_entry* entry) noexcept {
  own_gate = entry != nullptr ? this : nullptr;
  // seq_cst: against the read of waiters_ in wake_waiters(); releases the last fire's effects
  firing_.store(entry, std::memory_order_seq_cst);
}

void fire_gate::wake_waiters() noexcept {
  // seq_cst: after the store in set_firing()
  if (waiters_.load(std::memory_order_seq_cst) == 0) return;
  ends_.fetch_add(1, std::memory_order_release);  // release: pairs with the acquire in wait_for()
  futex_wake(ends_);
}

bool fire_gate::is_own(const timer_entry& entry) const noexcept {
  // relaxed: only this thread writes it, where the first half is true
  return own_gate == this && firing_.load(std::memory_order_relaxed) == &entry;
}

void fire_gate::wait_for(const timer_entry& entry) noexcept {
  // acquire: pairs with set_firing(); sees what the fire did
  if (firing_.load(std::memory_order_acquire) != &entry || own_gate == this) return;
  waiters_.fetch_add(1, std::memory_order_seq_cst);  // seq_cst: before the look at firing_
  for (;;) {
    const std::uint32_t seen = ends_.load(std::memory_order_acquire);  // acquire: see above
    if (firing_.load(std::memory_order_seq_cst) != &entry) break;      // seq_cst: after waiters_
    futex_wait(ends_, seen);
  }
  waiters_.fetch_sub(1, std::memory_order_relaxed);  // relaxed: one wake-up too many does no harm
}

void timer_shard::publish_least_locked() noexcept {
  const std::int64_t least = heap_.least_ns();
  // relaxed: the lock is held
  const std::int64_t published = least_ns_.load(std::memory_order_relaxed);
  if (least < published)
    least_ns_.store(least, std::memory_order_seq_cst);  // seq_cst: step 1 of timer_thread.cpp
  else if (least > published)
    least_ns_.store(least, std::memory_order_relaxed);  // relaxed: a late look wakes for nothing
}

bool timer_shard::arm(timer_entry& entry) {
  const base::spin_guard guard(lock_);
  VOLE_CHECK(entry.heap_index == timer_heap::kNotArmed, "a timer is armed twice");
  if (entry.shard != this) entry.shard = this;  // see arm() in timer_thread.cpp
  heap_.push(entry);
  if (entry.heap_index != 0) return false;
  publish_least_locked();
  return true;
}

bool timer_shard::cancel(timer_entry& entry) {
  bool was_armed;
  {
    const base::spin_guard guard(lock_);
    was_armed = entry.heap_index != timer_heap::kNotArmed;
    if (was_armed) {
      heap_.remove(entry);
      publish_least_locked();
    }
  }
  gate_.wait_for(entry);
  return was_armed;
}

// Takes the first out if it is due, and makes it the gate's; null and the gate empty if not.
timer_entry* timer_shard::take_due(std::int64_t until_ns, std::int64_t now_ns) {
  const base::spin_guard guard(lock_);
  if (heap_.least_ns() > until_ns || heap_.is_empty()) {
    gate_.set_firing(nullptr);
    return nullptr;
  }
  timer_entry& first = clock_ == nullptr ? heap_.top() : heap_.any_top(clock_->random);
  if (first.period_ns > 0)
    heap_.postpone(first, next_tick(first, now_ns));
  else
    heap_.remove(first);
  publish_least_locked();
  gate_.set_firing(&first);
  return &first;
}

bool timer_shard::fire_due(std::int64_t until_ns, std::int64_t now_ns) {
  bool has_fired = false;
  for (;;) {
    timer_entry* const entry = take_due(until_ns, now_ns);
    gate_.wake_waiters();
    if (entry == nullptr) return has_fired;
    entry->fire(*entry);
    has_fired = true;
  }
}

std::vector<timer_entry*> timer_shard::clear() {
  std::vector<timer_entry*> to_tell;
  const base::spin_guard guard(lock_);
  while (!heap_.is_empty()) {
    timer_entry& entry = heap_.top();
    heap_.remove(entry);
    if (entry.end == timer_entry::end_of_time::wants) to_tell.push_back(&entry);
  }
  publish_least_locked();
  return to_tell;
}

std::size_t timer_shard::size() {
  const base::spin_guard guard(lock_);
  return heap_.size();
}

bool timer_shard::is_valid() {
  const base::spin_guard guard(lock_);
  return heap_.is_valid() &&
         least_ns_.load(std::memory_order_relaxed) == heap_.least_ns();  // relaxed: lock held
}

}  // namespace vole::sched
