// SPDX-License-Identifier: Apache-2.0
// operator new and delete: as libstdc++'s, but a block's stack begins at the code that asked for
// it.
//
// Nothing else in the room names this file's functions, so that a program that replaces them itself
// links without it.
#include <cstddef>
#include <new>

#include "race/interceptors/heap.h"

using vole::race::begin_block;
using vole::race::call_site;
using vole::race::end_block;

namespace {

void* obtain(std::size_t bytes, std::size_t alignment) {
  return alignment <= __STDCPP_DEFAULT_NEW_ALIGNMENT__ ? __libc_malloc(bytes)
                                                       : __libc_memalign(alignment, bytes);
}

void* allocate(std::size_t bytes, std::size_t alignment, call_site site) {
  void* block = nullptr;
  while ((block = obtain(bytes == 0 ? 1 : bytes, alignment)) == nullptr) {
    std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) throw std::bad_alloc();
    handler();
  }
  begin_block(block, bytes, site);
  return block;
}

void* allocate_or_null(std::size_t bytes, std::size_t alignment, call_site site) noexcept {
  try {
    return allocate(bytes, alignment, site);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

void release_block(void* block, call_site site) noexcept {
  end_block(block, site);
  __libc_free(block);
}

constexpr std::size_t kPlain = __STDCPP_DEFAULT_NEW_ALIGNMENT__;
constexpr std::size_t of(std::align_val_t alignment) { return static_cast<std::size_t>(alignment); }

}  // namespace

void* operator new(std::size_t bytes) { return allocate(bytes, kPlain, VOLE_CALL_SITE()); }
void* operator new[](std::size_t bytes) { return allocate(bytes, kPlain, VOLE_CALL_SITE()); }
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  return allocate_or_null(bytes, kPlain, VOLE_CALL_SITE());
}
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept {
  return allocate_or_null(bytes, kPlain, VOLE_CALL_SITE());
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return allocate(bytes, of(alignment), VOLE_CALL_SITE());
}
void* operator new[](std::size_t bytes, std::align_val_t alignment) {
  return allocate(bytes, of(alignment), VOLE_CALL_SITE());
}
void* operator new(std::size_t bytes, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return allocate_or_null(bytes, of(alignment), VOLE_CALL_SITE());
}
void* operator new[](std::size_t bytes, std::align_val_t alignment,
                     const std::nothrow_t&) noexcept {
  return allocate_or_null(bytes, of(alignment), VOLE_CALL_SITE());
}

void operator delete(void* block) noexcept { release_block(block, VOLE_CALL_SITE()); }
void operator delete[](void* block) noexcept { release_block(block, VOLE_CALL_SITE()); }
void operator delete(void* block, std::size_t) noexcept { release_block(block, VOLE_CALL_SITE()); }
void operator delete[](void* block, std::size_t) noexcept {
  release_block(block, VOLE_CALL_SITE());
}
void operator delete(void* block, const std::nothrow_t&) noexcept {
  release_block(block, VOLE_CALL_SITE());
}
void operator delete[](void* block, const std::nothrow_t&) noexcept {
  release_block(block, VOLE_CALL_SITE());
}
void operator delete(void* block, std::align_val_t) noexcept {
  release_block(block, VOLE_CALL_SITE());
}
void operator delete[](void* block, std::align_val_t) noexcept {
  release_block(block, VOLE_CALL_SITE());
}
void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
  release_block(block, VOLE_CALL_SITE());
}
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept {
  release_block(block, VOLE_CALL_SITE());
}
void operator delete(void* block, std::align_val_t, const std::nothrow_t&) noexcept {
  release_block(block, VOLE_CALL_SITE());
}
void operator delete[](void* block, std::align_val_t, const std::nothrow_t&) noexcept {
  release_block(block, VOLE_CALL_SITE());
}
