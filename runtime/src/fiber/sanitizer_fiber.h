// SPDX-License-Identifier: Apache-2.0
// Tells AddressSanitizer (with LeakSanitizer in it) which stack a thread is on.
//
// The names are weak: they are there exactly when the program is linked with a sanitizer, also when
// this library was compiled without. Then each call costs a load and a predicted branch.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {
[[gnu::weak]] void __sanitizer_start_switch_fiber(void** fake_stack_save, const void* bottom,
                                                  std::size_t size);
[[gnu::weak]] void __sanitizer_finish_switch_fiber(void* fake_stack_save, const void** bottom_old,
                                                   std::size_t* size_old);
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

// Pointers on this stack keep heap blocks from being called leaks. Once for the life of the memory:
// LeakSanitizer looks a region up by linear search when it is to be forgotten.
inline void register_leak_root(std::uintptr_t low, std::uintptr_t high) noexcept {
  if (&__lsan_register_root_region != nullptr)
    __lsan_register_root_region(reinterpret_cast<const void*>(low), high - low);
}

}  // namespace vole::fiber
