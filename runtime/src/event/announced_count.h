// SPDX-License-Identifier: Apache-2.0
// A count of references whose last release is ordered after all others, and says so: what one
// holder did with the object happens before its destruction by the last.
#pragma once

#include <atomic>
#include <cstdint>

#include "event/emit.h"

namespace vole::event {

class announced_count {
 public:
  explicit announced_count(std::uint32_t holders = 1) noexcept : count_(holders) {}

  void retain() noexcept {
    count_.fetch_add(1, std::memory_order_relaxed);  // relaxed: who retains holds one
  }
  // Retains unless it is too late. For those who find the object in a list, under a lock that the
  // object's end takes to leave that list.
  bool try_retain() noexcept {
    std::uint32_t seen = count_.load(std::memory_order_relaxed);  // relaxed: see above
    while (seen != 0)
      if (count_.compare_exchange_weak(seen, seen + 1, std::memory_order_relaxed)) return true;
    return false;
  }
  // True for the last one, who destroys the object and announces object_destroyed. The
  // announcements name the count, not the object, whose own announcements mean something else.
  bool release() noexcept {
    const bool is_goroutine = current() != nullptr;
    if (is_goroutine) emit::group_done(this);
    // acquire: the only one left needs no locked instruction. acq_rel: each holder's work happens
    // before the destruction
    if (count_.load(std::memory_order_acquire) != 1 &&
        count_.fetch_sub(1, std::memory_order_acq_rel) != 1)
      return false;
    if (is_goroutine) emit::group_waited(this);
    return true;
  }

 private:
  std::atomic<std::uint32_t> count_;
};

}  // namespace vole::event
