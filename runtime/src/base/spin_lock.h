// SPDX-License-Identifier: Apache-2.0
// A one-word lock for a few instructions of the runtime's own. It blocks the thread, never parks a
// goroutine; spins, then lets the kernel wait (futex), so that it makes progress on a machine with
// fewer cores than threads. Not recursive. No happens-before edge of the user's program may rest on
// it: it announces nothing.
//
// One locked instruction for lock() and unlock() together: unlock() looks whether somebody has
// written kContended and else stores kFree. A note that falls between its load and its store is
// lost, and nobody wakes that waiter: so a waiter never sleeps longer than kWaitNs at a time. The
// gap is one instruction wide, and a waiter sleeps only if the holder loses its core just there;
// otherwise the kernel finds the word changed and does not let it sleep at all.
//
// Rejected: exchange in unlock() (it doubles the price of every channel operation); no futex but
// sched_yield() (waiters on a loaded machine keep the holder from its core).
#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

#include "base/annotations.h"
#include "base/check.h"
#include "base/lock_rank.h"

namespace vole::base {

inline void cpu_relax() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield" ::: "memory");
#endif
}

class VOLE_CAPABILITY("spin_lock") spin_lock {
 public:
  explicit constexpr spin_lock(lock_rank rank) : rank_(rank) {}
  spin_lock(const spin_lock&) = delete;
  spin_lock& operator=(const spin_lock&) = delete;

  void lock() noexcept VOLE_ACQUIRE() {
    std::uint32_t expected = kFree;
    // seq_cst: acquire, which pairs with the release in unlock(), sees what the last holder wrote;
    // and a place in the one order of all seq_cst accesses, for seems_free()
    if (!word_.compare_exchange_weak(expected, kHeld, std::memory_order_seq_cst,
                                     std::memory_order_relaxed))
      lock_slow();
  }
  bool try_lock() noexcept VOLE_TRY_ACQUIRE(true) {
    std::uint32_t expected = kFree;
    // seq_cst: as in lock()
    return word_.compare_exchange_strong(expected, kHeld, std::memory_order_seq_cst,
                                         std::memory_order_relaxed);
  }
  void unlock() noexcept VOLE_RELEASE() {
    // relaxed: our own kHeld, or a waiter's note, which brings nothing but itself
    if (word_.load(std::memory_order_relaxed) == kHeld) {
      // release: publishes the critical section to the next holder
      word_.store(kFree, std::memory_order_release);
      return;
    }
    unlock_slow();
  }
  // True when nobody holds the lock. For those who look at what it protects (in atomics) without
  // taking it: whoever took the lock before this look, in the order of seq_cst accesses, is through
  // with its critical section, and what it wrote is seen.
  bool seems_free() const noexcept {
    // seq_cst: after the caller's earlier seq_cst accesses, against lock(); acquire: pairs with
    // unlock()
    return word_.load(std::memory_order_seq_cst) == kFree;
  }
  bool is_held() const noexcept {
    return word_.load(std::memory_order_relaxed) != kFree;  // relaxed: for assertions only
  }
  lock_rank rank() const noexcept { return rank_; }

 private:
  static constexpr std::uint32_t kFree = 0, kHeld = 1, kContended = 2;
  // Pauses before the futex, ~2 us; at half, holders on the other core are missed; at twice, waste.
  static constexpr int kPauses = 60;
  // Between two looks at the word the pauses double up to this many: each look takes the cache line
  // away from the holder, who would otherwise do several operations in a row.
  static constexpr int kPausesAtOnceMax = 16;
  static constexpr long kWaitNs = 200'000;  // about two time slices' worth of bad luck; see above

  [[gnu::noinline]] void lock_slow() noexcept VOLE_NO_THREAD_SAFETY_ANALYSIS {
    for (int spent = 0, pauses = 1; spent < kPauses; spent += pauses) {
      if (spent != 0 && pauses < kPausesAtOnceMax) pauses *= 2;
      for (int i = 0; i < pauses; ++i) cpu_relax();
      // relaxed: try_lock() decides
      if (word_.load(std::memory_order_relaxed) == kFree && try_lock()) return;
    }
    const timespec limit{0, kWaitNs};
    // seq_cst: as in lock()
    while (word_.exchange(kContended, std::memory_order_seq_cst) != kFree)
      syscall(SYS_futex, &word_, FUTEX_WAIT_PRIVATE, kContended, &limit, nullptr, 0);
  }
  [[gnu::noinline]] void unlock_slow() noexcept {
    // release: as in unlock()
    if (word_.exchange(kFree, std::memory_order_release) == kContended)
      syscall(SYS_futex, &word_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
  }

  std::atomic<std::uint32_t> word_{kFree};
  lock_rank rank_;
};

class VOLE_SCOPED_CAPABILITY spin_guard {
 public:
  explicit spin_guard(spin_lock& lock) VOLE_ACQUIRE(lock) : lock_(lock) { lock_.lock(); }
  ~spin_guard() VOLE_RELEASE() { lock_.unlock(); }
  spin_guard(const spin_guard&) = delete;
  spin_guard& operator=(const spin_guard&) = delete;

 private:
  spin_lock& lock_;
};

}  // namespace vole::base
