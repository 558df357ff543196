// SPDX-License-Identifier: Apache-2.0
// Memory for goroutine stacks: slots of a power of two out of big reservations, a guard at the low
// end of each, recycled.
//
// Memory is committed by the kernel page by page as it is first touched, so that a slot's size
// costs address space and page tables only: a parked goroutine is one page of 4096 bytes and 32
// bytes of page table for each 16 KiB of slot (a table of 4096 bytes for each 2 MiB).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "fiber/guard.h"

namespace vole::fiber {

inline constexpr std::size_t kSlotBytesMin = std::size_t{64} << 10;
// 128 KiB: iostream, std::format, getaddrinfo or a regex take 20 to 60 KiB in one go. Half would
// overflow in such programs when they are compiled without optimisation; twice costs 256 bytes of
// page table more for each live goroutine (0.25 GB for a million). Race instrumentation takes two
// to three times the stack.
#ifdef VOLE_RACE
inline constexpr std::size_t kSlotBytesDefault = std::size_t{256} << 10;
#else
inline constexpr std::size_t kSlotBytesDefault = std::size_t{128} << 10;
#endif
inline constexpr std::size_t kStackBytesMax = std::size_t{1} << 30;
inline constexpr std::size_t kGuardBytes = std::size_t{16}
                                           << 10;               // a frame of 16 KiB can't jump it
inline constexpr std::size_t kHotBytes = std::size_t{8} << 10;  // what trim_stacks() leaves

struct stack {
  std::uintptr_t low = 0;   // first usable byte; the guard lies below
  std::uintptr_t high = 0;  // one past the last, the end of the slot: a multiple of the page size
  std::size_t slot_bytes = 0;
  bool is_guarded = true;  // false: somebody must ask is_overrun() now and then
  explicit operator bool() const { return high != 0; }
};

// A stack with at least `bytes` usable; 0: the default slot, which VOLE_STACK_KB changes. Any
// thread; takes the stack_pool lock. Empty when the system has no memory or address space left, or
// bytes > kStackBytesMax. The memory holds zeros or what its last user left there. It is never
// unmapped: a late reader of a stack that was released reads zeros or old bytes.
stack acquire_stack(std::size_t bytes);

// Gives it back; nobody may be on it or need what it holds. Resident memory of many idle stacks
// goes back to the system. Reads low and slot_bytes only.
void release_stack(const stack& used);

// For who keeps idle stacks himself: gives all of their memory back but the uppermost kHotBytes,
// which goroutines touch each time. Nobody may be on them. One system call for 256 stacks.
void trim_stacks(std::span<const stack> idle) noexcept;

// Where in `of` the first frame starts, below `reserved_bytes` (a multiple of 64) at its high end:
// stack tops differ by some cache lines, or the hot ends of all stacks would compete for one set of
// the L1 cache.
std::uintptr_t initial_stack_pointer(const stack& of, std::size_t reserved_bytes = 0) noexcept;

// Bytes from the lowest page in memory to the high end: how deep this slot has been used since it
// was given to the system last. Some microseconds. Async-signal-safe.
std::size_t bytes_used_at_most(const stack& of) noexcept;

// True when `address` lies in the guard of a stack whose usable part is `of`.
inline bool is_in_guard(const stack& of, std::uintptr_t address) noexcept {
  return address < of.low && address >= of.low - kGuardBytes;
}

// For a stack without a guard, suspended at `sp`: whether it ran over its low end, now or since it
// was asked last. Async-signal-safe.
inline bool is_overrun(const stack& of, std::uintptr_t sp) noexcept {
  return sp < of.low || !is_canary_whole(of.low - kGuardBytes);
}

// Slots that are mapped and have a guard, by its kind; those of them that were acquired; idle ones
// by what they hold. For tests and statistics.
struct stack_statistics {
  std::size_t slots_mapped = 0, slots_used = 0;
  std::size_t slots_guarded[kGuardKinds] = {};
  std::size_t hot = 0;      // as their last users left them
  std::size_t trimmed = 0;  // at most kHotBytes resident
  std::size_t cold = 0;     // nothing resident
};
stack_statistics stack_counts();

}  // namespace vole::fiber
