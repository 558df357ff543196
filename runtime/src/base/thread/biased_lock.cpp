// SPDX-License-Identifier: Apache-2.0
// The ways of a biased lock that its owner does not take.
#include "base/thread/biased_lock.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"
#include "base/spin_lock.h"

namespace vole::base {
namespace {

// As in spin_lock.h, where they are explained.
constexpr int kPauses = 60;
constexpr int kPausesAtOnceMax = 16;
constexpr long kWaitNs = 200'000;

// Who is noted 32 times in a row, each 16th time that it comes, is made the owner: the first time,
// and more often with each owner that there was. A bias that is taken away costs 1 to 5 us, one
// that stays saves 5 ns each time: 512 times pay for half of a bad guess or more. At half, channels
// that wander between threads lose more; at twice, a short-lived one never gets there.
constexpr unsigned kStreaks[] = {32, 64, 128, 255};

}  // namespace

void biased_lock::lock_contended(std::uint32_t seen) noexcept {
  if (wait_for_word(seen)) take_bias_away();
  begin_turn();
}

// The rest of 5, after the word was `seen`. True when it was biased.
bool biased_lock::wait_for_word(std::uint32_t seen) noexcept {
  for (int spent = 0, pauses = 1; spent < kPauses; spent += pauses) {
    // seq_cst: as above
    if ((seen == kFree || seen == kBiased) &&
        word_.compare_exchange_strong(seen, kHeld, std::memory_order_seq_cst,
                                      std::memory_order_relaxed))
      return seen == kBiased;
    if (spent != 0 && pauses < kPausesAtOnceMax) pauses *= 2;
    for (int i = 0; i < pauses; ++i) cpu_relax();
    seen = word_.load(std::memory_order_relaxed);  // relaxed: the exchange decides
  }
  const timespec limit{0, kWaitNs};
  for (;;) {
    seen = word_.exchange(kContended, std::memory_order_seq_cst);  // seq_cst: as above
    if (seen == kFree || seen == kBiased) return seen == kBiased;
    syscall(SYS_futex, &word_, FUTEX_WAIT_PRIVATE, kContended, &limit, nullptr, 0);
  }
}

void biased_lock::take_bias_away() noexcept {
  // relaxed: written only by who has the word, as we do
  const std::uintptr_t bias = bias_.load(std::memory_order_relaxed);
  const std::size_t slot = slot_of(bias);
  bias_.store(slot, std::memory_order_relaxed);  // 6; relaxed: 7 orders it
  heavy_fence();                                 // 7
  int spins = 0;
  while (busy_[slot].load(std::memory_order_acquire)) {  // 8; acquire: pairs with 4
    cpu_relax();
    if (++spins % kPauses != 0) continue;
    const timespec nap{0, kWaitNs / 4};  // the owner has lost its core, maybe to us
    nanosleep(&nap, nullptr);
  }
}

// Makes the caller, who has the lock, its owner when it is time.
void biased_lock::note_locker() noexcept {
  if (owners_ == kOwnersMax) return;
  const std::uintptr_t self = this_thread();
  const auto mark = static_cast<std::uint16_t>(self >> 6 ^ self >> 22);
  if (last_locker_ != mark) {
    last_locker_ = mark;
    streak_ = 0;
    return;
  }
  if (++streak_ < kStreaks[owners_]) return;
  streak_ = 0;
  if (!is_light_fence_full && become_owner()) ++owners_;
}

bool biased_lock::become_owner() noexcept {
  static_assert(sizeof kStreaks / sizeof *kStreaks == kOwnersMax);
  const std::uintptr_t self = this_thread();
  VOLE_ASSERT(slot_of(self) == 0);
  // relaxed, both: read by others only after they have taken the word
  busy_[owners_].store(true, std::memory_order_relaxed);
  bias_.store(self | owners_, std::memory_order_relaxed);
  std::uint32_t seen = kHeld;
  // release: pairs with 5; relaxed on failure: somebody sleeps on the word, and must be woken
  if (!word_.compare_exchange_strong(seen, kBiased, std::memory_order_release,
                                     std::memory_order_relaxed)) {
    bias_.store(owners_, std::memory_order_relaxed);  // relaxed, both: as if it had not been
    busy_[owners_].store(false, std::memory_order_relaxed);
    return false;
  }
  // relaxed: under the lock, which we have as its owner now
  turn_.store(turn_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  return true;
}

void biased_lock::unlock_contended() noexcept {
  // 9; release: publishes the critical section to the next holder
  if (word_.exchange(kFree, std::memory_order_release) == kContended)
    syscall(SYS_futex, &word_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

}  // namespace vole::base
