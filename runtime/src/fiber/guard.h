// SPDX-License-Identifier: Apache-2.0
// What stands below a stack: memory that can't be touched, or, where none is to be had, a pattern
// that can't be changed unseen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace vole::fiber {

enum class guard_kind : std::uint8_t {
  marker,    // guard markers in the page table: no limit to their number
  mprotect,  // a mapping of its own: some 32,000 under the default vm.max_map_count
  canary,    // a pattern, looked at when the goroutine leaves its stack
};
inline constexpr int kGuardKinds = 3;

// Guards the lowest kGuardBytes of each slot, by the best means that works for it; kinds[i] tells
// which. VOLE_STACK_GUARD=mprotect or =canary leaves the better ones out. The first time that a
// means fails, VOLE_DEBUG=1 says so. Any thread.
void install_guards(std::span<const std::uintptr_t> slots, std::span<guard_kind> kinds) noexcept;

// Whether the pattern at the low end of a canary's slot is as it was laid. Async-signal-safe.
bool is_canary_whole(std::uintptr_t slot) noexcept;

}  // namespace vole::fiber
