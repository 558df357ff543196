// SPDX-License-Identifier: Apache-2.0
// The system calls on the memory of stacks: reserving address space, and advice for many ranges at
// once.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace vole::fiber {

inline constexpr std::size_t kAdviceBatchMax = 64;  // ranges in one system call; the kernel takes
                                                    // 1024, but the gain ends here, and the list
                                                    // is a KiB of the caller's stack

inline iovec range(std::uintptr_t low, std::size_t bytes) noexcept {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): addresses are numbers in this room
  return {reinterpret_cast<void*>(low), bytes};
}

// Address space that commits memory page by page, never by huge pages, and is left out of core
// dumps until include_in_dumps(). 0 when the system refuses (see why_refused()).
std::uintptr_t reserve(std::size_t bytes) noexcept;
void include_in_dumps(std::uintptr_t low, std::size_t bytes) noexcept;

// The same advice for each range; false when it did not reach all of them, with the reason in
// errno. One system call where the kernel has process_madvise for the process itself (6.13), which
// is half the price of one for each range. The child of a fork() advises its own memory.
bool advise(std::span<const iovec> ranges, int advice) noexcept;

// Gives the memory of these ranges back; they read as zeros afterwards.
void drop_pages(std::span<const iovec> ranges) noexcept;
// Commits these ranges, as touching each page would do at twice the price. A hint.
void populate_pages(std::span<const iovec> ranges) noexcept;

// The lowest page of [low, high) that is in memory; `high` when none is. Async-signal-safe.
std::uintptr_t lowest_resident_page(std::uintptr_t low, std::uintptr_t high) noexcept;

}  // namespace vole::fiber
