// SPDX-License-Identifier: Apache-2.0
// Asks the kernel about a page without touching it. Async-signal-safe.
#include "symbol/cfi/stack_memory.h"

#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>

namespace vole::symbol {
namespace {

constexpr std::uintptr_t kPage =
    4096;  // the smallest there is: a larger one is asked several times

// rt_sigprocmask copies the set in (EFAULT if it can't) before it looks at `how` (EINVAL for this
// one): it says whether 8 bytes are readable and changes nothing. Sandboxes that forbid
// process_vm_readv let it through, and unlike a pipe it needs no descriptor.
bool is_readable(std::uintptr_t address) noexcept {
  constexpr int kNoSuchHow = -1;
  constexpr std::size_t kKernelSetBytes = 8;
  const int saved = errno;
  const long status = syscall(SYS_rt_sigprocmask, kNoSuchHow, address, nullptr, kKernelSetBytes);
  const bool result = status == -1 && errno == EINVAL;
  errno = saved;
  return result;
}

}  // namespace

bool stack_memory::read(std::uintptr_t address, std::uintptr_t& value) noexcept {
  if (address % sizeof value != 0) return false;
  if (address < bounds_.low || address >= bounds_.high) {
    const std::uintptr_t page = address & ~(kPage - 1);
    if (page < readable_low_ || page >= readable_high_) {
      if (address < kPage || !is_readable(page)) return false;
      if (page == readable_high_) {
        readable_high_ = page + kPage;
      } else {
        readable_low_ = page;
        readable_high_ = page + kPage;
      }
    }
  }
  // NOLINTNEXTLINE(performance-no-int-to-ptr): a stack is found as a number
  value = *reinterpret_cast<const volatile std::uintptr_t*>(address);
  return true;
}

}  // namespace vole::symbol
