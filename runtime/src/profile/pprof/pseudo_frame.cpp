// SPDX-License-Identifier: Apache-2.0
// The functions that stand for missing stacks.
#include "profile/pprof/pseudo_frame.h"

namespace vole::pprof {

// Each does something of its own, or the linker would make one of them.
[[gnu::noinline, gnu::used]] void lost_samples() { asm volatile("nop"); }
[[gnu::noinline, gnu::used]] void stack_unavailable() { asm volatile("nop\n nop"); }
[[gnu::noinline, gnu::used]] void thread_created() { asm volatile("nop\n nop\n nop"); }

}  // namespace vole::pprof

namespace vole::profile {

std::uintptr_t pc_of(pseudo_frame which) {
  void (*function)() = nullptr;
  switch (which) {
    case pseudo_frame::lost_samples:
      function = &pprof::lost_samples;
      break;
    case pseudo_frame::stack_unavailable:
      function = &pprof::stack_unavailable;
      break;
    case pseudo_frame::thread_created:
      function = &pprof::thread_created;
      break;
  }
  return reinterpret_cast<std::uintptr_t>(function) + 1;
}

}  // namespace vole::profile
