// SPDX-License-Identifier: Apache-2.0
// A spin lock that is free of locked instructions for a thread that has had it to itself for long,
// its owner. For locks that mostly stay on one thread for a while, as a channel's does whose
// goroutines share a processor. What spin_lock.h says of blocking holds here too.
//
// Owner (bias is its own)                    Anybody else
//   1. busy = true                             5. word: free, or biased -> held, by
//   compare-exchange
//   2. light fence                             6. it was biased: bias = nobody
//   3. bias is its own still: has the lock     7. heavy fence
//      else busy = false, and goes to 5        8. waits until busy is false: has the lock
//   4. busy = false                            9. word = free
// Of 3 and 8, either 3 sees that the bias is gone, or 8 sees the owner and waits for its 4. Who
// has had the lock by 5 many times in a row while nobody else did makes itself the owner: bias =
// its own, busy = true, word: held -> biased; and has the lock as after 3. The word is not `free`
// while there is an owner: see seems_free().
//
// An owner may stop between its look at the bias and 1, for any time, and then do 1 and 3 long
// after it has lost the bias. So no two owners use one `busy`, and there are kOwnersMax of them in
// a lock's life: then it stays plain. That bounds what a lock can waste that is fought over, too: a
// bias taken away costs some microseconds, as much as a few hundred locked instructions.
//
// tests/chan/biased_lock_model_test.cpp is this protocol on a machine with store buffers. Rejected:
// one `busy` for all owners (above); a count of turns in the word itself (it must be read before it
// can be exchanged, which fetches a contended line twice); bias for a processor instead of a thread
// (goroutines run on without one).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/annotations.h"
#include "base/lock_rank.h"
#include "base/thread/asymmetric_fence.h"

namespace vole::base {

class VOLE_CAPABILITY("biased_lock") biased_lock {
 public:
  // The rank says where the lock stands in lock_rank.h.
  explicit constexpr biased_lock(lock_rank) {}
  biased_lock(const biased_lock&) = delete;
  biased_lock& operator=(const biased_lock&) = delete;

  // One thread does both. acquire and release: each holder sees what the last one wrote.
  void lock() noexcept VOLE_ACQUIRE() {
    // relaxed: 3 decides
    const std::uintptr_t bias = bias_.load(std::memory_order_relaxed);
    if (is_mine(bias)) {
      std::atomic<bool>& busy = busy_[slot_of(bias)];
      busy.store(true, std::memory_order_relaxed);  // 1; relaxed: 2 orders it
      light_fence();                                // 2
      // 3; acquire: nothing of the critical section is done before
      if (bias_.load(std::memory_order_acquire) == bias) [[likely]]
        return;
      busy.store(false, std::memory_order_release);  // release: for symmetry; nothing was done
    }
    std::uint32_t seen = kFree;
    // 5; seq_cst: acquire, which pairs with 9, sees what the last holder wrote; and a place in the
    // one order of all seq_cst accesses, for seems_free()
    if (word_.compare_exchange_strong(seen, kHeld, std::memory_order_seq_cst,
                                      std::memory_order_relaxed))
      begin_turn();
    else
      lock_contended(seen);
  }
  void unlock() noexcept VOLE_RELEASE() {
    // relaxed: ours while we have the lock
    const std::uint64_t turn = turn_.load(std::memory_order_relaxed);
    if ((turn & kPlainBit) != 0) {
      turn_.store(turn + 1, std::memory_order_relaxed);  // relaxed: 9 publishes it
      // relaxed: our own kHeld, or a waiter's note, which brings nothing but itself
      if (word_.load(std::memory_order_relaxed) == kHeld) [[likely]]
        // 9; release: publishes the critical section to the next holder
        word_.store(kFree, std::memory_order_release);
      else
        unlock_contended();
      return;
    }
    // relaxed: who takes the bias from us meanwhile leaves the slot's number in it
    const std::uintptr_t bias = bias_.load(std::memory_order_relaxed);
    busy_[slot_of(bias)].store(false, std::memory_order_release);  // 4; release: pairs with 8
  }

  // True when nobody holds the lock. For those who look at what it protects (in atomics) without
  // taking it: whoever took the lock before this look, in the order of seq_cst accesses and, by 7,
  // whoever had it as its owner, is through with its critical section, and what it wrote is seen.
  // While another thread owns the lock, its stores may be late: false. While we do, nobody else has
  // it: who takes the bias has passed 7 before it writes anything.
  bool seems_free() const noexcept {
    // seq_cst: after the caller's earlier seq_cst accesses, against 5; acquire: pairs with 9
    const std::uint32_t seen = word_.load(std::memory_order_seq_cst);
    // acquire: what the caller reads next is no older
    return seen == kFree || (seen == kBiased && is_mine(bias_.load(std::memory_order_acquire)));
  }
  // For a look at things under several locks: turn(), seems_free(), the look; and when the others
  // have been looked at, the same turn() again: nobody else has written anything here meanwhile
  // that came before what was seen there. (Who was no owner yet must come by 5 to become one.)
  std::uint64_t turn() const noexcept {
    return turn_.load(std::memory_order_acquire);  // acquire: pairs with 9; what is read next
  }

 private:
  static constexpr std::uint32_t kFree = 0, kHeld = 1, kContended = 2, kBiased = 3;
  static constexpr std::size_t kOwnersMax = 4;
  static constexpr std::uintptr_t kSlotBits = kOwnersMax - 1;
  static constexpr std::uint64_t kPlainBit = 1;
  // Every 16th time somebody comes by 5, it is noted who it is: see note_locker().
  static constexpr std::uint64_t kSampleBits = 2 * 16 - 1;  // a turn goes up twice each time

  // The thread's address, read anew each time: see thread/thread_word.h. A thread that gets the
  // address of one that has ended takes its locks over.
  static std::uintptr_t this_thread() noexcept {
    std::uintptr_t address;
#if defined(__x86_64__)
    asm volatile("movq %%fs:0, %0" : "=r"(address));
#elif defined(__aarch64__)
    asm volatile("mrs %0, tpidr_el0" : "=r"(address));
#endif
    return address;
  }
  static std::size_t slot_of(std::uintptr_t bias) noexcept { return bias & kSlotBits; }
  static bool is_mine(std::uintptr_t bias) noexcept { return (bias & ~kSlotBits) == this_thread(); }

  void begin_turn() noexcept {
    // relaxed: under the lock
    const std::uint64_t turn = turn_.load(std::memory_order_relaxed) + 1;
    turn_.store(turn, std::memory_order_relaxed);
    if ((turn & kSampleBits) == kPlainBit) [[unlikely]]
      note_locker();
  }
  void lock_contended(std::uint32_t seen) noexcept;
  void unlock_contended() noexcept;
  bool wait_for_word(std::uint32_t seen) noexcept;
  void take_bias_away() noexcept;
  void note_locker() noexcept;
  bool become_owner() noexcept;

  // The owner's address, 0 for nobody; in the lowest bits the number of its `busy`, which stays.
  std::atomic<std::uintptr_t> bias_{0};
  // Counts, under the lock, each 8 and each 9: odd while the holder is one who came by 5.
  std::atomic<std::uint64_t> turn_{0};
  std::atomic<std::uint32_t> word_{kFree};
  std::atomic<bool> busy_[kOwnersMax] = {};
  // Under the lock.
  std::uint16_t last_locker_ = 0;  // a hash of its address
  std::uint8_t streak_ = 0;        // how many samples in a row it was the one
  std::uint8_t owners_ = 0;        // there have been so many
};

class VOLE_SCOPED_CAPABILITY biased_guard {
 public:
  explicit biased_guard(biased_lock& lock) VOLE_ACQUIRE(lock) : lock_(lock) { lock_.lock(); }
  ~biased_guard() VOLE_RELEASE() { lock_.unlock(); }
  biased_guard(const biased_guard&) = delete;
  biased_guard& operator=(const biased_guard&) = delete;

 private:
  biased_lock& lock_;
};

}  // namespace vole::base
