// SPDX-License-Identifier: Apache-2.0
// Reserving address space; advice in batches.
//
// Measured on Linux 6.18 in a virtual machine, for each of 100,000 slots: a guard marker 0.65 us
// alone and 0.31 us in a batch of 64; a first touch 1.65 us and 1.2 us by a batched populate;
// giving one page back 0.3 us in a batch; advice on a range that holds nothing 0.2 and 0.1 us.
//
// A child of fork() gets a copy of the stacks (MADV_DONTFORK would take the stack away that the
// child of a forking goroutine runs on); posix_spawn and vfork copy nothing.
#include "fiber/slab.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "fiber/sanitizer_fiber.h"

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#define PR_SET_VMA_ANON_NAME 0
#endif
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

namespace vole::fiber {
namespace {

constexpr std::size_t kPageBytes = 4096;
// Stands for the calling process (Linux 6.15). A real pidfd would not do: inherited through a fork,
// it would advise the parent's memory.
constexpr int kPidfdSelf = -10'000;

void* pointer(std::uintptr_t address) noexcept {
  return reinterpret_cast<void*>(address);  // NOLINT(performance-no-int-to-ptr): see slab.h
}

}  // namespace

std::uintptr_t reserve(std::size_t bytes) noexcept {
  void* const at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (at == MAP_FAILED) return 0;
  madvise(at, bytes, MADV_NOHUGEPAGE);  // one touched byte must not cost 2 MiB
  madvise(at, bytes, MADV_DONTDUMP);
  prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, at, bytes, "vole goroutine stacks");
  return reinterpret_cast<std::uintptr_t>(at);
}

void include_in_dumps(std::uintptr_t low, std::size_t bytes) noexcept {
  madvise(pointer(low), bytes, MADV_DODUMP);
}

bool advise(std::span<const iovec> ranges, int advice) noexcept {
  while (!ranges.empty()) {
    const std::span<const iovec> batch = ranges.first(std::min(ranges.size(), kAdviceBatchMax));
    std::size_t wanted = 0;
    for (const iovec& one : batch) wanted += one.iov_len;
    const long done = is_on_valgrind() ? -1
                                       : syscall(SYS_process_madvise, kPidfdSelf, batch.data(),
                                                 batch.size(), advice, 0);
    if (done < 0 || static_cast<std::size_t>(done) != wanted) {
      // Not here, or not for one of them. Advice that was given twice does no harm.
      for (const iovec& one : batch)
        if (madvise(one.iov_base, one.iov_len, advice) != 0) return false;
    }
    ranges = ranges.subspan(batch.size());
  }
  return true;
}

void drop_pages(std::span<const iovec> ranges) noexcept {
  if (advise(ranges, MADV_DONTNEED)) return;
  // Locked memory (mlockall) stays where it is, and keeps what it holds.
  for (const iovec& one : ranges) madvise(one.iov_base, one.iov_len, MADV_DONTNEED);
}

void populate_pages(std::span<const iovec> ranges) noexcept { advise(ranges, MADV_POPULATE_WRITE); }

std::uintptr_t lowest_resident_page(std::uintptr_t low, std::uintptr_t high) noexcept {
  constexpr std::size_t kPagesAtOnce = 256;
  unsigned char resident[kPagesAtOnce];
  const int kept_errno = errno;
  std::uintptr_t found = high;
  for (std::uintptr_t at = low; at < high && found == high; at += sizeof resident * kPageBytes) {
    const std::size_t bytes = std::min(high - at, sizeof resident * kPageBytes);
    if (mincore(pointer(at), bytes, resident) != 0) break;
    for (std::size_t i = 0; i < (bytes + kPageBytes - 1) / kPageBytes; ++i) {
      if ((resident[i] & 1) == 0) continue;
      found = at + i * kPageBytes;
      break;
    }
  }
  errno = kept_errno;
  return found;
}

}  // namespace vole::fiber
