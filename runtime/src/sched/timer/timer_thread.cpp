// SPDX-License-Identifier: Apache-2.0
// The timer thread: it sleeps until the least deadline of all shards, and fires what is due.
//
// A thread of its own, and not the workers, so that goroutines that hog every processor can't make
// timers late. It is also the thread that looks for deadlocks, for the same reason.
//
// Each shard publishes its least deadline; `sleeps_until` is what the thread sleeps for, or kAwake.
//   who arms     1. under the shard's lock: the entry is in the heap; if it is the first there, its
//                   deadline is published;
//                2. if it is the first and before `sleeps_until`: sets that to kAwake, and whoever
//                   has changed it bumps `signal` and wakes the thread.
//   the thread   1. reads `signal`, fires what is due, and finds the least published deadline;
//                2. writes it into `sleeps_until`;
//                3. reads the published deadlines once more; when one is earlier, back to 1;
//                4. sleeps while `signal` is what it was, until the deadline.
// Steps 1 and 2 of the one and 2 and 3 of the other each write a word and then read the other's,
// all seq_cst: either the thread sees the deadline, or who armed it sees that the thread sleeps for
// a later one. An entry that is not the first of its shard needs nothing: it is not due before the
// first, whose own steps take care of that; and when the first is cancelled meanwhile, they still
// make the thread look. Cancelling wakes nobody: the thread may wake up for nothing, once.
//
// Rejected: one heap (a lock that all processors meet at, 100 ns and more when two are at it);
// firing by workers that look for work, as Go does (a hog on every processor would stop the clock);
// a wake-up for every earlier deadline within a shard (a thousand sleepers, a thousand wake-ups).
#include "sched/timer/timer_thread.h"

#include <sys/prctl.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "base/check.h"
#include "event/emit.h"
#include "sched/bubble/bubble.h"
#include "sched/core/scheduler.h"
#include "sched/ending/deadlock.h"
#include "sched/park.h"
#include "sched/thread/futex.h"
#include "sched/thread/threads.h"
#include "sched/timer/shard.h"

namespace vole::sched {
namespace {

constexpr std::int64_t kAwake = INT64_MIN;
// From the first suspicion to the look: everything that goes to sleep meanwhile shares one look.
constexpr std::int64_t kSuspicionNs = 5'000'000;
// One bit of used_shards each. Half: 128 processors would meet in fours; twice: another word.
constexpr std::size_t kShards = 64;

constinit fire_gate the_gate;

struct shard_array {
  template <std::size_t... Index>
  constexpr explicit shard_array(std::index_sequence<Index...>)
      : all{((void)Index, timer_shard(the_gate))...} {}
  timer_shard all[kShards];
};
// Never destroyed: see scheduler.h.
union lasting_shards {
  constexpr lasting_shards() : of(std::make_index_sequence<kShards>()) {}
  ~lasting_shards() {}
  shard_array of;
};
constinit lasting_shards shards;

constinit std::atomic<std::uint64_t> used_shards{0};  // bit k: something was armed in shard k once
constinit std::atomic<std::int64_t> sleeps_until{kAwake};
constinit std::atomic<std::uint32_t> signal{0};   // bumped when the thread must look again
constinit std::atomic<bool> is_suspected{false};  // somebody may have been the last to run

void wake_timer_thread() {
  signal.fetch_add(1, std::memory_order_release);  // release: pairs with the acquire in the loop
  futex_wake(signal, 1);
}

// The shard with the least deadline, and the least of the others.
struct least_deadlines {
  timer_shard* first = nullptr;
  std::int64_t first_ns = kNever;
  std::int64_t second_ns = kNever;
};

least_deadlines find_least() {
  least_deadlines found;
  // seq_cst: step 3; a shard's bit is set before its first deadline is published
  std::uint64_t rest = used_shards.load(std::memory_order_seq_cst);
  for (; rest != 0; rest &= rest - 1) {
    timer_shard& shard = shards.of.all[std::countr_zero(rest)];
    const std::int64_t least = shard.least_ns();
    if (least < found.first_ns) {
      found.second_ns = found.first_ns;
      found.first_ns = least;
      found.first = &shard;
    } else if (least < found.second_ns) {
      found.second_ns = least;
    }
  }
  return found;
}

// Fires what is due, in the order of deadlines also across shards. Returns the least of the rest.
std::int64_t fire_all_due() {
  bool has_fired = false;
  for (;;) {
    const least_deadlines least = find_least();
    const std::int64_t now = least.first != nullptr ? now_ns() : 0;
    if (least.first == nullptr || least.first_ns > now) {
      // The timer may have been all that there was to wait for.
      if (has_fired) is_suspected.store(true, std::memory_order_relaxed);  // relaxed: our own
      return least.first_ns;
    }
    if (least.first->fire_due(std::min(now, least.second_ns), now)) has_fired = true;
  }
}

// Steps 2 to 4.
void sleep_until(std::int64_t deadline_ns, std::uint32_t seen) {
  sleeps_until.store(deadline_ns, std::memory_order_seq_cst);  // seq_cst: step 2 before step 3
  if (find_least().first_ns >= deadline_ns) {
    if (deadline_ns == kNever)
      futex_wait(signal, seen);
    else
      futex_wait_until(signal, seen, deadline_ns);
  }
  sleeps_until.store(kAwake, std::memory_order_relaxed);  // relaxed: it looks before it sleeps
}

void* timer_thread(void*) {
  enter_own_thread("vole:timer");
  prctl(PR_SET_TIMERSLACK, 1);  // else the kernel may add 50 us to each sleep
  event::emit::thread_started();
  std::int64_t look_at = kNever;  // when to look for a deadlock
  for (;;) {
    const std::uint32_t seen = signal.load(std::memory_order_acquire);  // acquire: see wake
    if (the_scheduler.is_frozen.load(std::memory_order_relaxed))        // relaxed: the process ends
      block_thread_for_ever();
    const std::int64_t next = fire_all_due();
    // acquire: pairs with suspect_deadlock(); the flag stays up until the look
    const bool has_suspicion = is_suspected.load(std::memory_order_acquire);
    if (has_suspicion || look_at != kNever) {
      const std::int64_t now = now_ns();
      if (look_at == kNever) look_at = now + kSuspicionNs;
      if (look_at <= now) {
        is_suspected.store(false, std::memory_order_seq_cst);  // seq_cst: before the look reads
        look_at = check_deadlock();
        continue;
      }
    }
    sleep_until(std::min(next, look_at), seen);
  }
}

void ensure_timer_thread() {
  static const bool is_started = start_own_thread(&timer_thread, nullptr);
  VOLE_CHECK(is_started, "can't create the timer thread");
}

timer_shard& shard_of_caller() {
  const auto index = static_cast<std::size_t>(processor_index()) % kShards;
  const std::uint64_t bit = std::uint64_t{1} << index;
  // relaxed: set for ever
  if ((used_shards.load(std::memory_order_relaxed) & bit) == 0) {
    ensure_timer_thread();
    used_shards.fetch_or(bit, std::memory_order_seq_cst);  // seq_cst: see find_least()
  }
  return shards.of.all[index];
}

}  // namespace

void suspect_deadlock() {
  // acq_rel: pairs with the timer thread; one wake-up for many suspicions
  if (is_suspected.exchange(true, std::memory_order_acq_rel)) return;
  ensure_timer_thread();
  wake_timer_thread();
}

bool is_any_timer_armed() { return find_least().first != nullptr; }

void arm(timer_entry& entry) {
  if (entry.shard != nullptr && entry.shard->clock() != nullptr) [[unlikely]]
    return arm_in_bubble(entry);
  // An entry that its own fire() arms stays where it is: who cancels it beside may read `shard`.
  timer_shard& shard = entry.shard != nullptr && entry.shard->is_firing_here(entry)
                           ? *entry.shard
                           : shard_of_caller();
  const std::int64_t deadline_ns = entry.deadline_ns;  // the entry may be gone once it is armed
  if (!shard.arm(entry)) return;
  std::int64_t until = sleeps_until.load(std::memory_order_seq_cst);  // seq_cst: step 2
  // seq_cst: one of those who arm wakes it; the others need not
  while (deadline_ns < until)
    if (sleeps_until.compare_exchange_weak(until, kAwake, std::memory_order_seq_cst))
      return wake_timer_thread();
}

bool cancel(timer_entry& entry) { return entry.shard != nullptr && entry.shard->cancel(entry); }

}  // namespace vole::sched
