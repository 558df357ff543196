// SPDX-License-Identifier: Apache-2.0
// Memory for goroutine stacks: slots of a power of two out of big reservations, a guard at the low
// end of each, recycled.
//
// Memory is committed by the kernel page by page as it is first touched, so that a slot's size
// costs address space and page tables only. Default slot: 256 KiB. 64 KiB is what a goroutine
// needs until it calls iostream, std::format, getaddrinfo or a regex (20 to 60 KiB in one go), and
// code compiled without optimisation or with race instrumentation needs two to three times the
// stack. Half would overflow in such programs; twice costs 1 KiB more of page tables for each live
// goroutine and saves nobody who was not a case for spawn{.stack_bytes} anyway.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vole::fiber {

inline constexpr std::size_t kSlotBytesMin = std::size_t{64} << 10;
inline constexpr std::size_t kSlotBytesDefault = std::size_t{256} << 10;
inline constexpr std::size_t kSlotBytesPooledMax = std::size_t{8} << 20;  // larger: mapped singly
inline constexpr std::size_t kStackBytesMax = std::size_t{1} << 30;
inline constexpr std::size_t kGuardBytes = std::size_t{16}
                                           << 10;  // a frame of 16 KiB can't jump it

struct stack {
  std::uintptr_t low = 0;   // first usable byte; the guard lies below
  std::uintptr_t high = 0;  // one past the last; 16-byte aligned
  std::size_t slot_bytes = 0;
  explicit operator bool() const { return high != 0; }
};

// A stack with at least `bytes` usable (0: the default slot). Any thread; takes the stack_pool
// lock. Empty when the system has no memory or address space left, or bytes > kStackBytesMax.
stack acquire_stack(std::size_t bytes);

// Gives it back; nobody may be on it. Resident memory of many idle stacks goes back to the system.
void release_stack(const stack& used);

// Where in `of` the first frame starts: stack tops differ by some cache lines, or the hot ends of
// all stacks would compete for one set of the L1 cache.
std::uintptr_t initial_stack_pointer(const stack& of) noexcept;

// Slots that are mapped, and those of them in use. For tests and statistics.
struct stack_statistics {
  std::size_t slots_mapped = 0, slots_used = 0;
};
stack_statistics stack_counts();

// True when `address` lies in the guard of a pooled or single stack whose usable part is `of`.
inline bool is_in_guard(const stack& of, std::uintptr_t address) noexcept {
  return address < of.low && address >= of.low - kGuardBytes;
}

}  // namespace vole::fiber
