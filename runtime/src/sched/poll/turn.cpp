// SPDX-License-Identifier: Apache-2.0
// Whose turn it is to poll.
//
// A worker that runs goroutines polls without blocking whenever its queue and the global one are
// empty (poll_now), and at every 61st turn even if they never are. When nobody has anything to run,
// one idle worker has the *seat*: it waits in the kernel for events instead of sleeping, is woken
// there by an interrupt when it is given a processor, and goes on itself with what became ready:
// from the packet to the goroutine it is one hop. That somebody polls whenever all processors are
// idle and a goroutine waits rests on two sides:
//   waiter        W1. counts itself in poll_waiters, with its record's word set to it
//                 W2. when the seat is free and all processors are idle: starts a worker, which
//                     finds nothing to do and comes to I2
//   idle worker   I1. gives its processor up, which counts it as idle
//                 I2. when a goroutine waits, and all processors are idle: takes the seat if free
//                 I3. looks whether it has been given a processor; if not, says that it waits in
//                     the kernel, and does; whoever gives it one sees that, and interrupts the wait
//   The writes of W1 and I1 and the reads of W2 and I2 are sequentially consistent: either the last
//   worker to become idle sees the waiter, or the waiter sees that all are idle. Who leaves the
//   seat holds a processor, or comes to I2 again. Where a processor becomes idle without its worker
//   (it was taken from one that blocks its thread; max_procs has changed), W2 is done by who does
//   that. In I3 the word is changed by CAS on both sides: either the worker sees that it was given
//   a processor, or the giver sees that it waits in the kernel.
//
// While some processors are busy, the seat is taken by an idle worker unless another worker has
// found something by poll_now within kGraceNs: a worker that keeps polling beside its goroutines
// does it with warm caches and without a wake-up, and one in the seat would only snatch every other
// event from it. When that worker then stops polling, because a goroutine computes, the monitor
// notices (poll_supervise): it polls itself and wakes an idle worker, which finds the seat free and
// nobody polling.
//
// Rejected: a thread that only polls (two hops and a wake-up for each event); to let the seat
// always be taken (Go's way: a ping-pong over a loopback connection moves from thread to thread
// with each message); to poll with every look at the global queue (the monitor does it, without a
// system call in the workers).
#include "sched/poll/turn.h"

#include "base/clock.h"
#include "sched/core/scheduler.h"
#include "sched/poll/record.h"
#include "sched/thread/futex.h"

namespace vole::sched {
namespace {

// A worker that has found something by polling is taken to poll again within this. At half,
// goroutines that take 30 us between two reads lose their worker to the seat; at twice, an idle
// processor takes over that much later.
constexpr std::int64_t kGraceNs = 50'000;
// How long it may take until the monitor notices.
constexpr std::int64_t kWatchNs = 1'000'000;

constinit std::atomic<bool> is_seated{false};   // a worker waits in the kernel, or is about to
constinit std::atomic<bool> is_polling{false};  // somebody is in poll_now() or poll_supervise()
constinit std::atomic<std::int64_t> found_at_ns{0};      // when poll_now() found something last,
constinit std::atomic<const worker*> found_by{nullptr};  // and for whom

bool is_all_idle() {
  const scheduler& s = the_scheduler;
  // seq_cst: steps W2 and I2
  return s.idle_processors_count.load(std::memory_order_seq_cst) >=
         s.procs_limit.load(std::memory_order_seq_cst);
}

bool is_somebody_else_polling(const worker& self) {
  // relaxed: a guess, which the monitor puts right
  return found_by.load(std::memory_order_relaxed) != &self &&
         base::monotonic_ns() - found_at_ns.load(std::memory_order_relaxed) < kGraceNs;
}

// Step I2.
bool take_seat(const worker& self) {
  if (poll_waiters.load(std::memory_order_seq_cst) <= 0) return false;  // seq_cst: after step I1
  if (!is_all_idle() && is_somebody_else_polling(self)) return false;
  bool is_taken = false;
  return is_seated.compare_exchange_strong(is_taken, true, std::memory_order_seq_cst);  // W2 reads
}

void leave_seat() {
  is_seated.store(false, std::memory_order_seq_cst);  // seq_cst: before another step I2
}

void collect(bool may_block, g_list& woken) {
  poll_events::change changes[poll_events::kChangesMax];
  const std::size_t count = poll_events::wait(may_block, changes);
  for (std::size_t i = 0; i < count; ++i) poll_tell(changes[i], woken);
}

// Without blocking, unless somebody does so already: one thread at a time.
void collect_now(g_list& woken) {
  if (is_polling.load(std::memory_order_relaxed)) return;  // relaxed: the exchange decides
  if (is_polling.exchange(true, std::memory_order_acquire))
    return;  // acquire: pairs with the store
  collect(false, woken);
  is_polling.store(false, std::memory_order_release);  // release: as above
}

// Step I3. Events, or none when the worker has been given a processor.
void wait_in_kernel(worker& self, g_list& woken) {
  for (;;) {
    std::uint32_t seen = worker::kNotWoken;
    // acq_rel: pairs with wake(); sees the processor that was given
    if (!self.wake_word.compare_exchange_strong(seen, worker::kInKernel, std::memory_order_acq_rel))
      return;
    collect(true, woken);
    seen = worker::kInKernel;
    // acq_rel: as above
    const bool is_woken =
        !self.wake_word.compare_exchange_strong(seen, worker::kNotWoken, std::memory_order_acq_rel);
    if (is_woken || woken.size() != 0) return;
  }
}

}  // namespace

g* poll_now(worker& self) {
  if (poll_waiters.load(std::memory_order_relaxed) <= 0) return nullptr;  // relaxed: a hint
  g_list woken;
  collect_now(woken);
  g* const first = woken.pop();
  if (first == nullptr) return nullptr;
  // relaxed: a guess for those who go idle
  found_at_ns.store(base::monotonic_ns(), std::memory_order_relaxed);
  if (found_by.load(std::memory_order_relaxed) != &self)
    found_by.store(&self, std::memory_order_relaxed);
  while (g* const other = woken.pop()) enqueue(*other, false);
  return first;
}

void poll_beside_work(worker& self) {
  // relaxed: hints. Somebody in the seat does it better.
  if (poll_waiters.load(std::memory_order_relaxed) <= 0 ||
      is_seated.load(std::memory_order_relaxed))
    return;
  if (g* const first = poll_now(self)) enqueue(*first, false);
}

poll_outcome poll_while_idle(worker& self) {
  if (!take_seat(self)) return poll_outcome::not_mine;
  g_list woken;
  wait_in_kernel(self, woken);
  leave_seat();
  rise(self);
  if (self.proc() == nullptr) {
    while (g* const other = woken.pop()) enqueue_global(*other);
    return poll_outcome::is_off_list;
  }
  self.polled = woken.pop();
  while (g* const other = woken.pop()) enqueue(*other, false);
  return poll_outcome::has_processor;
}

void poll_see_to_it() {
  // seq_cst: after step W1
  if (poll_waiters.load(std::memory_order_seq_cst) <= 0) return;
  if (is_seated.load(std::memory_order_seq_cst) || !is_all_idle()) return;  // seq_cst: step W2
  wake_processor();
}

std::int64_t poll_supervise() {
  static std::int64_t polled_at_ns = 0;  // the monitor's own
  // relaxed: it is called again
  if (poll_waiters.load(std::memory_order_relaxed) <= 0 ||
      is_seated.load(std::memory_order_relaxed))
    return kNever;
  const std::int64_t now = base::monotonic_ns();
  if (now - found_at_ns.load(std::memory_order_relaxed) < kGraceNs ||  // relaxed: as above
      now - polled_at_ns < kGraceNs)
    return kWatchNs;
  polled_at_ns = now;
  g_list woken;
  collect_now(woken);
  while (g* const other = woken.pop()) enqueue_global(*other);
  // relaxed: a hint. The worker that comes takes the seat.
  if (the_scheduler.idle_processors_count.load(std::memory_order_relaxed) > 0) wake_processor();
  return kWatchNs;
}

}  // namespace vole::sched
