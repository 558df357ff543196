// SPDX-License-Identifier: Apache-2.0
// The goroutine that a processor runs next: its owner's at the price of plain stores, a thief's at
// the price of a heavy fence.
//
// Owner                                             Thief
//   1. is_busy = true                                 6. claim: none -> asking(this thief), or
//   gives up
//   2. light fence                                    7. heavy fence
//   3. claim is asking: voids it (-> none)            8. is_busy: takes its claim back, gives up
//      claim is taking: waits until it is none        9. claim: asking(this thief) -> taking, or
//   4. reads and writes the slot                         gives up: the owner has voided it
//   5. is_busy = false                               10. empties the slot; claim = none
// Of 3 and 8, either 3 sees the claim or 8 sees the owner. The owner waits at most for the few
// instructions from 9 to 10, not for the fence. A claim names its thief, so that none takes
// another's for its own, which was voided.
#pragma once

#include <sched.h>

#include <atomic>
#include <cstdint>

#include "base/spin_lock.h"
#include "base/thread/asymmetric_fence.h"

namespace vole::sched {

struct g;

class run_next {
 public:
  // Owner. Puts `who` (or nobody) there; returns whom it displaces.
  g* exchange(g* who) noexcept {
    is_busy_.store(true, std::memory_order_relaxed);  // relaxed: step 2 orders it
    base::light_fence();
    // acquire: pairs with step 10; a slot that was emptied then is not read before
    if (claim_.load(std::memory_order_acquire) != kNone) [[unlikely]]
      answer();
    // relaxed: the last writer is the owner, or a thief whose end step 3 has seen
    g* const before = slot_.load(std::memory_order_relaxed);
    slot_.store(who, std::memory_order_release);       // release: hands `who` to a thief
    is_busy_.store(false, std::memory_order_release);  // release: step 8 sees the slot
    return before;
  }

  // Owner.
  g* take() noexcept {
    // relaxed: only a thief could have emptied it, and a look too early is none too late
    return slot_.load(std::memory_order_relaxed) == nullptr ? nullptr : exchange(nullptr);
  }

  // A thief, known by an address of its own. Null: there is none, or it is not to be had now.
  g* steal(const void* thief) noexcept {
    if (is_empty()) return nullptr;
    const auto asking = reinterpret_cast<std::uintptr_t>(thief);
    std::uintptr_t seen = kNone;
    // relaxed: step 7 orders it
    if (!claim_.compare_exchange_strong(seen, asking, std::memory_order_relaxed)) return nullptr;
    base::heavy_fence();
    seen = asking;
    if (is_busy_.load(std::memory_order_acquire)) {  // acquire: pairs with step 5
      // relaxed: nothing was done
      claim_.compare_exchange_strong(seen, kNone, std::memory_order_relaxed);
      return nullptr;
    }
    // acquire: sees the slot as of the owner's last step 5
    if (!claim_.compare_exchange_strong(seen, asking | kTaking, std::memory_order_acquire))
      return nullptr;
    g* const taken = slot_.load(std::memory_order_acquire);  // acquire: the goroutine's fields
    slot_.store(nullptr, std::memory_order_relaxed);         // relaxed: the claim's store follows
    claim_.store(kNone, std::memory_order_release);          // release: step 3 sees the slot
    return taken;
  }

  // Any thread; a hint that is exact when the owner is idle.
  bool is_empty() const noexcept {
    return slot_.load(std::memory_order_acquire) == nullptr;  // acquire: as in steal()
  }

 private:
  static constexpr std::uintptr_t kNone = 0, kTaking = 1;

  // Step 3.
  [[gnu::noinline]] void answer() noexcept {
    for (int spins = 1;; ++spins) {
      std::uintptr_t seen = claim_.load(std::memory_order_acquire);  // acquire: pairs with step 10
      if (seen == kNone) return;
      // relaxed: the thief does nothing once its claim is void
      if ((seen & kTaking) == 0 &&
          claim_.compare_exchange_strong(seen, kNone, std::memory_order_relaxed))
        return;
      base::cpu_relax();
      if (spins % 64 == 0) sched_yield();  // the thief may be on this very core
    }
  }

  std::atomic<g*> slot_{nullptr};
  std::atomic<bool> is_busy_{false};
  std::atomic<std::uintptr_t> claim_{kNone};
};

}  // namespace vole::sched
