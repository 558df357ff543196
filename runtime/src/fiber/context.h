// SPDX-License-Identifier: Apache-2.0
// Suspending one stack and resuming another: the machine's half of a goroutine switch.
//
// What is kept across a switch: the callee-saved registers, the stack pointer and the
// floating-point control words (the ABI lets a callee keep rounding and exception masks, so a park
// must keep them). What is not: the C++ exception globals, errno, signal masks; those are sched's
// or nobody's.
#pragma once

#include <cstdint>

namespace vole::fiber {

// The registers that unwinding a suspended stack needs; `callee_saved` as in event::saved_context.
struct registers {
  std::uintptr_t pc = 0, sp = 0, fp = 0;
  std::uintptr_t callee_saved[10] = {};  // x86-64: rbx, r12..r15; aarch64: x19..x28
};
static_assert(sizeof(registers) == 104, "vole_fiber_capture writes at fixed offsets");

extern "C" {
// Saves the caller's registers on its stack, the stack pointer in *save_sp, and goes on with the
// stack that was saved as `load_sp`. Returns when somebody switches back. Nothing that is compiled
// with a sanitizer may run between the two.
void vole_fiber_switch(std::uintptr_t* save_sp, std::uintptr_t load_sp);
// The caller's registers as they are after the call returns. For threads that block with their
// stack in place.
void vole_fiber_capture(registers* out);
}

using entry_function = void(void* argument);

// Lays the first frame on a fresh stack whose upper end is `stack_high` (16-byte aligned). The
// result is what vole_fiber_switch takes as load_sp; the first switch calls entry(argument), which
// must not return.
std::uintptr_t prepare(std::uintptr_t stack_high, entry_function* entry, void* argument) noexcept;

// The registers of a stack that is suspended at `sp`.
registers read_suspended(std::uintptr_t sp) noexcept;

}  // namespace vole::fiber
