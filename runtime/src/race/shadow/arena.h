// SPDX-License-Identifier: Apache-2.0
// The detector's own heap: nothing in the room may call malloc, since the room stands in front of
// it.
//
// Blocks of power-of-two sizes from free lists, large ones from the kernel. Memory is not zeroed.
// Any thread; blocks it for a few instructions. Ends the process when the kernel gives no memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace vole::race {

void* arena_allocate(std::size_t bytes);
// `bytes` is what was asked for.
void arena_release(void* block, std::size_t bytes) noexcept;

// Address space that is backed by memory only where it is touched, zero at first. Never given back.
void* reserve_address_space(std::size_t bytes);

template <class T, class... A>
T* arena_new(A&&... arguments) {
  return new (arena_allocate(sizeof(T))) T{std::forward<A>(arguments)...};
}

template <class T>
void arena_delete(T* object) noexcept {
  object->~T();
  arena_release(object, sizeof(T));
}

}  // namespace vole::race
