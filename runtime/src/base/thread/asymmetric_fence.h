// SPDX-License-Identifier: Apache-2.0
// The two halves of a store-load fence between an often taken and a rarely taken path.
//
// Thread A (often): store X; light_fence(); load Y.   Thread B (rarely): store Y; heavy_fence();
// load X. As with two full fences, at least one of the loads sees the other's store. The light half
// costs no instruction: the heavy one makes every running thread of the process pass a full fence
// (membarrier, Linux 4.14; 0.4 to 1 us). Where the kernel refuses that, both are full fences.
#pragma once

#include <atomic>

namespace vole::base {

// True until init_asymmetric_fence() has found membarrier. Changes once, before the runtime has a
// second thread. Hidden, as other variables that hot paths read: addressed without the global
// offset table.
[[gnu::visibility("hidden")]] extern constinit bool is_light_fence_full;

// Asks the kernel. Once, at the start of the runtime, on its only thread.
void init_asymmetric_fence() noexcept;

inline void light_fence() noexcept {
  if (__builtin_expect(is_light_fence_full, 0))
    std::atomic_thread_fence(std::memory_order_seq_cst);  // seq_cst: nobody else fences for us
  else
    std::atomic_signal_fence(std::memory_order_seq_cst);  // seq_cst: the compiler's half
}

void heavy_fence() noexcept;

}  // namespace vole::base
