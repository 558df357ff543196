// SPDX-License-Identifier: Apache-2.0
// membarrier(2) behind asymmetric_fence.h.
#include "base/thread/asymmetric_fence.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace vole::base {

constinit bool is_light_fence_full = true;

void init_asymmetric_fence() noexcept {
  is_light_fence_full =
      syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) != 0;
}

void heavy_fence() noexcept {
  std::atomic_thread_fence(std::memory_order_seq_cst);  // seq_cst: this thread's half
  if (!is_light_fence_full) syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
}

}  // namespace vole::base
