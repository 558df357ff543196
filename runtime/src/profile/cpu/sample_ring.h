// SPDX-License-Identifier: Apache-2.0
// Where signal handlers put stacks and one reader takes them out. Handlers: no lock, no heap.
//
// An array of slots, each with a state of its own. A handler moves a slot from free to writing,
// fills it and moves it to full; the reader takes full ones and frees them. Handlers start at a
// shared ticket, so that they rarely meet; one that finds no free slot among its next few counts
// the sample as lost. No slot is ever waited for, so a handler that was stopped half way through
// (its thread lost the processor) costs one slot and nothing else. Samples come out in no order.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "profile/labels.h"

namespace vole::profile {

inline constexpr std::size_t kCpuFramesMax = 128;  // Go's since 1.23

struct cpu_sample {
  std::int64_t weight = 0;      // timer periods that it stands for
  label_set* labels = nullptr;  // not owned: see labels.h
  std::size_t depth = 0;
  std::uintptr_t pcs[kCpuFramesMax];
};

class sample_ring {
 public:
  // Maps the slots (4.6 MB, touched as they are used) the first time. Throws std::bad_alloc.
  void prepare();

  // Handler's side: a slot to fill, or null; then publish() gives it to the reader.
  cpu_sample* claim() noexcept;
  void publish(cpu_sample* filled) noexcept;
  void count_lost(std::int64_t weight) noexcept;

  // Reader's side: calls take(sample) for each full slot.
  template <class F>
  void drain(F&& take) {
    for (std::size_t i = 0; i < kSlots; ++i) {
      slot& s = slots_[i];
      // acquire: pairs with the release in publish(); sees the sample
      if (s.state.load(std::memory_order_acquire) != kFull) continue;
      take(static_cast<const cpu_sample&>(s.sample));
      s.state.store(kFree,
                    std::memory_order_release);  // release: pairs with the acquire in claim()
    }
  }
  std::int64_t take_lost() noexcept;

  // At 250 signals a second and thread (the most that a kernel with HZ=250 sends) and 25 ms between
  // two drains, half the slots are filled by 320 busy threads.
  static constexpr std::size_t kSlots = 4096;

 private:
  enum : std::uint32_t { kFree, kWriting, kFull };
  struct slot {
    cpu_sample sample;  // first: publish() finds the slot by its address
    std::atomic<std::uint32_t> state{kFree};
  };

  slot* slots_ = nullptr;
  std::atomic<std::uint32_t> ticket_{0};
  std::atomic<std::int64_t> lost_{0};
};

}  // namespace vole::profile
