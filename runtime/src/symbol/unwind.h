// SPDX-License-Identifier: Apache-2.0
// From a set of registers to the return addresses of the stack. Everything here but
// prepare_unwind() is async-signal-safe: no lock, no heap.
//
// x86-64: the .eh_frame tables of every module (found through .eh_frame_hdr), with a small cache of
// decoded rows; where a module has no table for a pc, the frame pointer. aarch64: frame pointers.
// It stops at a function whose return address is undefined (a thread's or a goroutine's first
// frame), at the bounds of the stack, when the stack pointer does not rise, or when `capacity` is
// full.
//
// Every address given back is a *return address*: look up `pc - 1`. The one frame that an interrupt
// may have stopped between two calls is given as pc + 1, so that one rule holds for all of them.
// Without a table of modules (prepare_unwind) nothing but the first frame is found.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vole::symbol {

// x86-64: callee_saved is rbx, r12, r13, r14, r15; fp is rbp. aarch64: x19..x28; fp is x29.
struct registers {
  std::uintptr_t pc = 0, sp = 0, fp = 0;
  std::uintptr_t callee_saved[10] = {};
  bool is_interrupted = false;  // pc is the next instruction, not a return address

  // From any struct with the same four members, such as event::saved_context.
  template <class Saved>
  static registers of(const Saved& saved) {
    registers result{.pc = saved.pc, .sp = saved.sp, .fp = saved.fp};
    for (int i = 0; i < 10; ++i) result.callee_saved[i] = saved.callee_saved[i];
    return result;
  }
};

// [low, high). high == 0: unknown; every page is then asked of the kernel before it is read, which
// costs a system call for each page of stack.
struct stack_bounds {
  std::uintptr_t low = 0, high = 0;
};

// The registers that a signal interrupted. `context` is the handler's third argument.
registers registers_of_ucontext(const void* context) noexcept;

// Reads the tables of modules loaded since the last call. Cheap when there are none. Not in a
// signal handler; any thread. Modules that are unloaded while a stack runs through them are not
// supported.
void prepare_unwind();

// Writes up to `capacity` return addresses, the innermost frame first, and returns how many.
std::size_t unwind(const registers& from, stack_bounds bounds, std::uintptr_t* pcs,
                   std::size_t capacity) noexcept;

// The same for the caller's own stack; the first address is in the caller of this function, after
// `skip` of them. Calls prepare_unwind() if nobody has: then not in a signal handler.
std::size_t unwind_here(std::uintptr_t* pcs, std::size_t capacity, std::size_t skip = 0,
                        stack_bounds bounds = {}) noexcept;

// The bounds of the calling thread's stack as pthread knows them; unknown if it does not. May
// allocate: not in a signal handler.
stack_bounds thread_stack_bounds() noexcept;

}  // namespace vole::symbol
