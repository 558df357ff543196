// SPDX-License-Identifier: Apache-2.0
// The handler's side of the ring. Async-signal-safe but for prepare().
#include "profile/cpu/sample_ring.h"

#include <sys/mman.h>

#include <new>

namespace vole::profile {

void sample_ring::prepare() {
  if (slots_ != nullptr) return;
  // Zero pages are free slots. Never unmapped: a late handler may still look.
  void* const memory = mmap(nullptr, kSlots * sizeof(slot), PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  static_assert(kFree == 0);
  slots_ = static_cast<slot*>(memory);
}

cpu_sample* sample_ring::claim() noexcept {
  constexpr std::uint32_t kTries = 64;
  // relaxed: only spreads the handlers over the slots
  const std::uint32_t first = ticket_.fetch_add(1, std::memory_order_relaxed);
  for (std::uint32_t i = 0; i < kTries; ++i) {
    slot& s = slots_[(first + i) % kSlots];
    std::uint32_t expected = kFree;
    // acquire: pairs with the release in drain(); the reader has done with the slot
    if (s.state.compare_exchange_strong(expected, kWriting, std::memory_order_acquire,
                                        std::memory_order_relaxed))
      return &s.sample;
  }
  return nullptr;
}

void sample_ring::publish(cpu_sample* filled) noexcept {
  auto* const s = reinterpret_cast<slot*>(filled);
  s->state.store(kFull, std::memory_order_release);  // release: pairs with the acquire in drain()
}

void sample_ring::count_lost(std::int64_t weight) noexcept {
  lost_.fetch_add(weight, std::memory_order_relaxed);  // relaxed: a count
}

std::int64_t sample_ring::take_lost() noexcept {
  return lost_.exchange(0, std::memory_order_relaxed);  // relaxed: a count
}

}  // namespace vole::profile
