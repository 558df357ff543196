// SPDX-License-Identifier: Apache-2.0
// vole::shared_mutex: readers and writers, as Go's RWMutex.
//
// The state word: kWriter while a writer has it or waits for the readers inside to leave;
// kSlowUnlock while that writer's unlock() must look at more than the word; and the number of
// readers, those who wait included. Each operation is one locked instruction when nobody waits.
//
// A reader counts itself in first. If it then finds kWriter set it has to wait, but stays counted:
// the unlock of that writer admits exactly the readers that are counted by then. It wakes those in
// the queue; the others are still on their way to the queue and find admitted_ there.
//
// A writer that finds the word 0 has the lock. Any other takes its turn by `writers_`, and then,
// under the guard:
//   1. No writer: it sets kWriter and kSlowUnlock. The readers counted at that instant are
//      readers_left_; each leaves through sign_off(), since it sees kWriter, and the last one wakes
//      the writer. So nobody but these touches the object on its way out.
//   2. A writer that got in at once: it sets kSlowUnlock and waits in waiting_writer_. That
//      writer's unlock passes both flags on to it; the readers that came meanwhile get in first and
//      are readers_left_.
// Who holds `writers_` is the next writer until it has unlocked; a newcomer may overtake it once.
//
// unlock() wakes nobody before it has made its last access to the object, and the change of the
// word that lets others in without being woken is that access: whoever finds the writer gone may
// destroy it.
//
// Rejected: the word under the guard (a locked instruction for each operation just the same, and
// readers keep one another waiting); Go's own scheme, in which a writer needs four.
#include <vole/sync.h>

#include <atomic>

#include "base/spin_lock.h"
#include "event/emit.h"
#include "event/wait/source.h"
#include "sched/exit.h"
#include "sched/park.h"
#include "sync/mutex_core.h"
#include "sync/waiters.h"

namespace vole {

using detail::kReader;
using detail::kSlowUnlock;
using detail::kWriter;
using event::lock_mode;
using event::wait_reason;
using sync::as_lock;

namespace {

using state_word = std::atomic_ref<std::uint64_t>;

std::uint32_t readers_of(std::uint64_t state) { return static_cast<std::uint32_t>(state >> 32); }

void set_owner(const void*& field, const void* owner) {
  // relaxed: only the census looks, which may be late
  std::atomic_ref(field).store(owner, std::memory_order_relaxed);
}

bool try_write(std::uint64_t& state) {
  std::uint64_t seen = 0;
  // acquire: pairs with the releases of the last writer and readers
  return state_word(state).compare_exchange_strong(seen, kWriter, std::memory_order_acquire,
                                                   std::memory_order_relaxed);
}

// The census's note of a wait for the writer.
struct writer_source : event::wait_source {
  explicit writer_source(const void*& field) noexcept
      : wait_source{[](const wait_source& self, event::wait_detail& detail) noexcept {
          const std::atomic_ref owner(static_cast<const writer_source&>(self).field_);
          // relaxed: whoever it is may be another one at once
          detail.owner =
              static_cast<const event::goroutine*>(owner.load(std::memory_order_relaxed));
        }},
        field_(field) {}

 private:
  const void*& field_;
};

}  // namespace

shared_mutex::~shared_mutex() {
  // relaxed: nobody uses the lock any more
  if (event::is_listened(event::kind::misused) && !sched::is_process_over() &&
      state_word(state_).load(std::memory_order_relaxed) != 0) {
    event::emit::misused(event::misuse::destruction_of_locked_mutex, this,
                         static_cast<event::goroutine*>(const_cast<void*>(owner_)));
  }
  event::emit::object_destroyed(this, sizeof *this);
}

void shared_mutex::lock_slowly() {
  event::emit::operation_begun(event::operation::lock, this);
  event::goroutine* const self = sched::current();
  if (!try_write(state_)) wait_for_turn(self);
  set_owner(owner_, self);
  event::emit::lock_acquired(this, lock_mode::exclusive);
}

bool shared_mutex::try_lock_slowly() {
  event::emit::operation_begun(event::operation::try_lock, this);
  event::goroutine* const self = sched::current();
  if (!try_write(state_)) return false;
  set_owner(owner_, self);
  event::emit::lock_acquired(this, lock_mode::exclusive);
  return true;
}

void shared_mutex::wait_for_turn(event::goroutine* self) VOLE_NO_THREAD_SAFETY_ANALYSIS {
  sync::acquire(writers_, sync::token_of(self), this);
  sync::waiter me;
  me.self = self;
  const state_word state(state_);
  base::spin_lock& guard = as_lock(guard_);
  guard.lock();
  std::uint64_t seen = state.load(std::memory_order_relaxed);  // relaxed: the exchange decides
  // acq_rel: what the readers and the last writer did; they see the flags before anything of ours
  while (!state.compare_exchange_weak(seen, seen | kSlowUnlock | kWriter, std::memory_order_acq_rel,
                                      std::memory_order_relaxed)) {
  }
  if ((seen & kWriter) == 0) {
    readers_left_ = readers_of(seen);
    set_owner(owner_, self);
  } else {
    waiting_writer_ = &me;
    const writer_source owner(owner_);
    const event::wait_scope note(*self, owner);
    sched::park_and_unlock(wait_reason::mutex_lock, this, guard);  // as behind any other writer
    guard.lock();
  }
  if (readers_left_ > 0) {
    waiting_writer_ = &me;
    sched::park_and_unlock(wait_reason::rw_mutex_lock, this, guard);
  } else {
    guard.unlock();
  }
}

// The readers that have waited for the writer: the result is to be woken.
sync::waiter* shared_mutex::admit_locked(std::uint64_t readers) {
  sync::waiter* const queued = sync::take_all(waiting_readers_);
  std::uint64_t there = 0;
  for (const sync::waiter* one = queued; one != nullptr; one = one->next) ++there;
  VOLE_CHECK(there <= readers, "a reader waits for a shared_mutex and is not counted");
  admitted_ += static_cast<std::uint32_t>(readers - there);
  return queued;
}

void shared_mutex::unlock_slowly() VOLE_NO_THREAD_SAFETY_ANALYSIS {
  event::emit::operation_begun(event::operation::unlock, this);
  sched::current();
  const state_word state(state_);
  base::spin_lock& guard = as_lock(guard_);
  guard.lock();
  std::uint64_t seen = state.load(std::memory_order_relaxed);  // relaxed: kWriter is ours
  if ((seen & kWriter) == 0 || readers_left_ > 0) {
    guard.unlock();
    event::emit::misused(event::misuse::unlock_of_unlocked_shared_mutex, this, nullptr);
    sched::fatal("sync: Unlock of unlocked RWMutex");
  }
  event::emit::lock_released(this, lock_mode::exclusive);
  set_owner(owner_, nullptr);
  event::goroutine* in_turn = nullptr;                            // to come for writers_
  if ((seen & kSlowUnlock) != 0 && waiting_writer_ == nullptr) {  // writers_ is ours
    // Another one than the owner may unlock, as in Go. From here we are like one that got in at
    // once: the next in writers_ may come to wait for us.
    const auto holder = sync::token_of(sync::owner_of(writers_));
    state.fetch_and(~kSlowUnlock, std::memory_order_relaxed);  // relaxed: guard held
    in_turn = sync::give_up(writers_, holder);
  }
  sync::waiter* readers = nullptr;
  event::goroutine* next_writer = nullptr;
  for (;;) {
    seen = state.load(std::memory_order_relaxed);  // relaxed: what comes later is not ours to admit
    if (waiting_writer_ != nullptr) {              // and kSlowUnlock is set for it
      readers_left_ = readers_of(seen);
      readers = admit_locked(readers_left_);
      next_writer = waiting_writer_->self;
      waiting_writer_ = nullptr;
      set_owner(owner_, next_writer);
      guard.unlock();
      break;
    }
    if (readers_of(seen) > 0) {
      // release: pairs with the acquire of those who come from now on
      seen = state.fetch_and(~kWriter, std::memory_order_release);
      readers = admit_locked(readers_of(seen));
      guard.unlock();
      break;
    }
    guard.unlock();
    seen = kWriter;
    // release: as above
    if (state.compare_exchange_strong(seen, 0, std::memory_order_release,
                                      std::memory_order_relaxed))
      break;
    guard.lock();  // somebody has come to wait meanwhile
  }
  sync::ready_all(readers);
  if (next_writer != nullptr) sched::ready(next_writer);
  if (in_turn != nullptr) sched::ready(in_turn);
}

void shared_mutex::lock_shared_slowly() {
  event::emit::operation_begun(event::operation::lock, this);
  sched::current();
  // acquire: pairs with the release of the last writer
  if ((state_word(state_).fetch_add(kReader, std::memory_order_acquire) & kWriter) != 0)
    wait_for_admission();
  event::emit::lock_acquired(this, lock_mode::shared);
}

// For a reader that is counted and has found a writer.
void shared_mutex::wait_for_admission() VOLE_NO_THREAD_SAFETY_ANALYSIS {
  sync::waiter me;
  me.self = sched::current();
  base::spin_lock& guard = as_lock(guard_);
  guard.lock();
  if (admitted_ > 0) {
    --admitted_;
    guard.unlock();
    return;
  }
  sync::push_back(waiting_readers_, me);
  const writer_source owner(owner_);
  const event::wait_scope note(*me.self, owner);
  sched::park_and_unlock(wait_reason::rw_mutex_rlock, this, guard);
}

bool shared_mutex::try_lock_shared() {
  event::emit::operation_begun(event::operation::try_lock, this);
  sched::current();
  const state_word state(state_);
  std::uint64_t seen = state.load(std::memory_order_relaxed);  // relaxed: the exchange decides
  do {
    if ((seen & kWriter) != 0) return false;
    // acquire: pairs with the release of the last writer
  } while (!state.compare_exchange_weak(seen, seen + kReader, std::memory_order_acquire,
                                        std::memory_order_relaxed));
  event::emit::lock_acquired(this, lock_mode::shared);
  return true;
}

void shared_mutex::unlock_shared_slowly() {
  event::emit::operation_begun(event::operation::unlock, this);
  sched::current();
  const state_word state(state_);
  // relaxed: the caller is among them
  if (readers_of(state.load(std::memory_order_relaxed)) == 0) {
    event::emit::misused(event::misuse::runlock_of_unlocked_shared_mutex, this, nullptr);
    sched::fatal("sync: RUnlock of unlocked RWMutex");
  }
  event::emit::lock_released(this, lock_mode::shared);
  // release: pairs with the acquire of the next writer
  const std::uint64_t seen = state.fetch_sub(kReader, std::memory_order_release);
  if ((seen & kWriter) != 0 || seen < kReader) sign_off(seen);
}

// For a reader that has counted itself out and has found a writer waiting, or has never been in.
void shared_mutex::sign_off(std::uint64_t seen) {
  event::goroutine* writer = nullptr;
  {
    const base::spin_guard guard(as_lock(guard_));
    if (seen < kReader || readers_left_ == 0) sched::fatal("sync: RUnlock of unlocked RWMutex");
    if (--readers_left_ == 0 && waiting_writer_ != nullptr) {
      writer = waiting_writer_->self;
      waiting_writer_ = nullptr;
    }
  }
  if (writer != nullptr) sched::ready(writer);
}

}  // namespace vole
