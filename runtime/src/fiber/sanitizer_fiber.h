// SPDX-License-Identifier: Apache-2.0
// Tells AddressSanitizer (with LeakSanitizer in it) and valgrind of the stacks that a thread may be
// on.
//
// The sanitizers' names are weak: they are there exactly when the program is linked with one, also
// when this library was compiled without. Then each call costs a load and a predicted branch.
// valgrind sees a change of stacks by itself once it knows where they lie; its header is optional.
#pragma once

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif

#include <cstddef>
#include <cstdint>

extern "C" {
[[gnu::weak]] void __sanitizer_start_switch_fiber(void** fake_stack_save, const void* bottom,
                                                  std::size_t size);
[[gnu::weak]] void __sanitizer_finish_switch_fiber(void* fake_stack_save, const void** bottom_old,
                                                   std::size_t* size_old);
[[gnu::weak]] void __asan_handle_no_return();
[[gnu::weak]] void __asan_unpoison_memory_region(const volatile void* address, std::size_t size);
[[gnu::weak]] void __lsan_register_root_region(const void* begin, std::size_t size);
}

namespace vole::fiber {

inline bool is_sanitized() noexcept { return &__sanitizer_start_switch_fiber != nullptr; }

// Right before a switch, on the old stack. `fake_stack_save` keeps the old stack's shadow frames
// until finish_switch; null when the old stack never runs again. [low, high) is the new stack.
inline void start_switch(void** fake_stack_save, std::uintptr_t low, std::uintptr_t high) noexcept {
  if (is_sanitized())
    __sanitizer_start_switch_fiber(fake_stack_save, reinterpret_cast<const void*>(low), high - low);
}

// Right after the switch, on the new stack; null for a stack that runs for the first time.
inline void finish_switch(void* fake_stack_save) noexcept {
  if (is_sanitized()) __sanitizer_finish_switch_fiber(fake_stack_save, nullptr, nullptr);
}

// What a finished stack's frames left poisoned, before the stack is used again.
inline void forget_frames(std::uintptr_t low, std::uintptr_t high) noexcept {
  if (&__asan_unpoison_memory_region != nullptr)
    __asan_unpoison_memory_region(reinterpret_cast<void*>(low), high - low);
}

// Before frames of the calling stack are left otherwise than by returning or by `throw`, whose
// runtime function the sanitizer intercepts: what they poisoned would stay, and meet the next ones.
inline void announce_unwinding() noexcept {
  if (&__asan_handle_no_return != nullptr) __asan_handle_no_return();
}

// True when the program runs under valgrind, which knows some system calls only.
inline bool is_on_valgrind() noexcept {
#ifdef RUNNING_ON_VALGRIND
  return RUNNING_ON_VALGRIND != 0;
#else
  return false;
#endif
}

// A stack's memory, once for the life of the process, since it is never unmapped. Pointers in it
// keep heap blocks from being called leaks, and valgrind takes a jump into it for a change of
// stacks. (To forget it would cost LeakSanitizer a linear search.)
inline void register_stack(std::uintptr_t low, std::uintptr_t high) noexcept {
  if (&__lsan_register_root_region != nullptr)
    __lsan_register_root_region(reinterpret_cast<const void*>(low), high - low);
#ifdef VALGRIND_STACK_REGISTER
  if (is_on_valgrind()) static_cast<void>(VALGRIND_STACK_REGISTER(low, high));
#endif
}

}  // namespace vole::fiber
