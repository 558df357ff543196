// SPDX-License-Identifier: Apache-2.0
// operator new and delete, replaced so that the heap profile sees allocations.
//
// Weak, and each form calls the one that the standard library's calls: a program that replaces some
// of them itself keeps its own, and the rest go to it. Not under AddressSanitizer, whose own forms
// check that new and delete match.
//
// The heap profile names link_operator_new(), so that programs which use profiles take this object
// out of the archive: some linkers (mold) would rather take libstdc++.so's forms than weak ones out
// of an archive.
#include <cstddef>
#include <cstdlib>
#include <new>

#include "profile/heap/heap_sampler.h"

namespace vole::profile {
void link_operator_new() {}
}  // namespace vole::profile

#if defined(__SANITIZE_ADDRESS__)
#define VOLE_KEEPS_OPERATOR_NEW 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define VOLE_KEEPS_OPERATOR_NEW 1
#endif
#endif

#if !defined(VOLE_KEEPS_OPERATOR_NEW)

// In vole's namespace: tracebacks and profiles hide these frames.
namespace vole::profile {
namespace {

void note_allocated(void* object, std::size_t size) noexcept {
  if (heap_sample_rate.load(std::memory_order_relaxed) != 0)  // relaxed: a rate
    on_allocated(object, size);
}

void note_freed(void* object) noexcept {
  // relaxed: an object that was sampled reached its freer through the program's own ordering
  if (heap_live_samples.load(std::memory_order_relaxed) != 0) on_freed(object);
}

// Calls `allocate` until it gives memory or the new-handler gives up, as the standard says.
template <class F>
void* allocated(F&& allocate) {
  for (;;) {
    if (void* const object = allocate()) return object;
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) throw std::bad_alloc();
    handler();
  }
}

}  // namespace
}  // namespace vole::profile

using vole::profile::allocated;
using vole::profile::note_allocated;
using vole::profile::note_freed;

[[gnu::weak]] void* operator new(std::size_t size) {
  void* const object = allocated([size] { return std::malloc(size != 0 ? size : 1); });
  note_allocated(object, size);
  return object;
}

[[gnu::weak]] void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto align = static_cast<std::size_t>(alignment);
  // aligned_alloc wants a multiple of the alignment.
  const std::size_t rounded = ((size != 0 ? size : 1) + align - 1) & ~(align - 1);
  void* const object = allocated([=] { return std::aligned_alloc(align, rounded); });
  note_allocated(object, size);
  return object;
}

[[gnu::weak]] void operator delete(void* object) noexcept {
  note_freed(object);
  std::free(object);
}

[[gnu::weak]] void operator delete(void* object, std::align_val_t /*alignment*/) noexcept {
  note_freed(object);
  std::free(object);
}

[[gnu::weak]] void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
  try {
    return ::operator new(size);
  } catch (...) {
    return nullptr;
  }
}
[[gnu::weak]] void* operator new[](std::size_t size) { return ::operator new(size); }
[[gnu::weak]] void* operator new[](std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
  try {
    return ::operator new[](size);
  } catch (...) {
    return nullptr;
  }
}
[[gnu::weak]] void* operator new[](std::size_t size, std::align_val_t alignment) {
  return ::operator new(size, alignment);
}

[[gnu::weak]] void operator delete(void* object, std::size_t /*size*/) noexcept {
  ::operator delete(object);
}
[[gnu::weak]] void operator delete(void* object, const std::nothrow_t& /*tag*/) noexcept {
  ::operator delete(object);
}
[[gnu::weak]] void operator delete[](void* object) noexcept { ::operator delete(object); }
[[gnu::weak]] void operator delete[](void* object, std::size_t /*size*/) noexcept {
  ::operator delete[](object);
}
[[gnu::weak]] void operator delete[](void* object, const std::nothrow_t& /*tag*/) noexcept {
  ::operator delete[](object);
}
[[gnu::weak]] void operator delete(void* object, std::size_t /*size*/,
                                   std::align_val_t alignment) noexcept {
  ::operator delete(object, alignment);
}
[[gnu::weak]] void operator delete[](void* object, std::align_val_t alignment) noexcept {
  ::operator delete(object, alignment);
}
[[gnu::weak]] void operator delete[](void* object, std::size_t /*size*/,
                                     std::align_val_t alignment) noexcept {
  ::operator delete[](object, alignment);
}

#endif
