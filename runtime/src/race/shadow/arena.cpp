// SPDX-License-Identifier: Apache-2.0
// The free lists behind arena_allocate().
#include "race/shadow/arena.h"

#include <sys/mman.h>

#include <bit>
#include <cerrno>

#include "base/check.h"
#include "base/spin_lock.h"

namespace vole::race {
namespace {

constexpr unsigned kClassMin = 4;   // 16 bytes
constexpr unsigned kClassMax = 17;  // 128 KB; larger blocks are maps of their own
constexpr std::size_t kSlabBytes = std::size_t{1} << 20;

struct free_block {
  free_block* next;
};

struct alignas(64) size_class {
  base::spin_lock lock{base::lock_rank::leaf};
  free_block* free VOLE_GUARDED_BY(lock) = nullptr;
  char* slab VOLE_GUARDED_BY(lock) = nullptr;  // what is left of the newest slab
  char* slab_end VOLE_GUARDED_BY(lock) = nullptr;
};
constinit size_class classes[kClassMax + 1];

unsigned class_of(std::size_t bytes) {
  const unsigned bits = static_cast<unsigned>(std::bit_width(bytes - 1));
  return bits < kClassMin ? kClassMin : bits;
}

void* map(std::size_t bytes) {
  const int saved_errno = errno;
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  VOLE_CHECK(memory != MAP_FAILED, "the race detector got no memory");
  errno = saved_errno;
  return memory;
}

}  // namespace

void* arena_allocate(std::size_t bytes) {
  const unsigned which = class_of(bytes);
  if (which > kClassMax) return map(bytes);
  size_class& from = classes[which];
  base::spin_guard guard(from.lock);
  if (free_block* block = from.free; block != nullptr) {
    from.free = block->next;
    return block;
  }
  if (from.slab == from.slab_end) {
    from.slab = static_cast<char*>(map(kSlabBytes));
    from.slab_end = from.slab + kSlabBytes;
  }
  void* block = from.slab;
  from.slab += std::size_t{1} << which;
  return block;
}

void arena_release(void* block, std::size_t bytes) noexcept {
  if (block == nullptr) return;
  const unsigned which = class_of(bytes);
  if (which > kClassMax) {
    munmap(block, bytes);
    return;
  }
  size_class& to = classes[which];
  base::spin_guard guard(to.lock);
  auto* entry = static_cast<free_block*>(block);
  entry->next = to.free;
  to.free = entry;
}

void* reserve_address_space(std::size_t bytes) {
  void* memory = map(bytes);
  // A huge page behind a single touched word would make sparse shadow cost 500 times its share.
  madvise(memory, bytes, MADV_NOHUGEPAGE);
  return memory;
}

}  // namespace vole::race
