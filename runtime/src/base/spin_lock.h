// SPDX-License-Identifier: Apache-2.0
// A one-word lock for a few instructions of the runtime's own. It blocks the thread, never parks a
// goroutine; spins, then lets the kernel wait (futex), so that it makes progress on a machine with
// fewer cores than threads. Not recursive. No happens-before edge of the user's program may rest on
// it: it announces nothing.
#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
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
    // acquire: pairs with the release exchange in unlock(); sees what the last holder wrote
    if (!word_.compare_exchange_weak(expected, kHeld, std::memory_order_acquire,
                                     std::memory_order_relaxed))
      lock_slow();
  }
  bool try_lock() noexcept VOLE_TRY_ACQUIRE(true) {
    std::uint32_t expected = kFree;
    // acquire: as in lock()
    return word_.compare_exchange_strong(expected, kHeld, std::memory_order_acquire,
                                         std::memory_order_relaxed);
  }
  void unlock() noexcept VOLE_RELEASE() {
    // release: publishes the critical section to the next holder
    if (word_.exchange(kFree, std::memory_order_release) == kContended)
      syscall(SYS_futex, &word_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
  }
  bool is_held() const noexcept {
    return word_.load(std::memory_order_relaxed) != kFree;  // relaxed: for assertions only
  }
  lock_rank rank() const noexcept { return rank_; }

 private:
  static constexpr std::uint32_t kFree = 0, kHeld = 1, kContended = 2;
  static constexpr int kSpins =
      60;  // ~1 us of pauses; at half, holders on the other core are missed; at twice, waste

  [[gnu::noinline]] void lock_slow() noexcept VOLE_NO_THREAD_SAFETY_ANALYSIS {
    for (int i = 0; i < kSpins; ++i) {
      if (try_lock()) return;
      cpu_relax();
    }
    // acquire: as in lock()
    while (word_.exchange(kContended, std::memory_order_acquire) != kFree)
      syscall(SYS_futex, &word_, FUTEX_WAIT_PRIVATE, kContended, nullptr, nullptr, 0);
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
