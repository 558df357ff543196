// SPDX-License-Identifier: Apache-2.0
// malloc and its family, on top of glibc's own under its internal names: so no look-up is needed,
// and they work before anything is initialised.
#include "race/interceptors/heap.h"

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "race/access_check.h"
#include "race/interceptors/interceptors.h"
#include "race/shadow/planes.h"
#include "race/shadow/shadow_map.h"
#include "race/tsan_abi/call_stack.h"

namespace vole::race {

void install_heap() {}

namespace {

// Most blocks begin where one has ended, which has left nothing behind. `false` for long ones.
bool is_clean(std::uintptr_t address, std::uintptr_t end) {
  constexpr std::uintptr_t kBytesMax = 256;
  return end - address <= kBytesMax && has_planes(address, end - address) &&
         are_granules_empty(address, end);
}

}  // namespace

void begin_block(void* block, std::size_t bytes, call_site site) {
  thread_state& thread = this_thread;
  if (block == nullptr || thread.inside != 0) return;
  inside_guard guard;
  const auto address = reinterpret_cast<std::uintptr_t>(block);
  const std::uintptr_t end = address + std::max<std::size_t>(bytes, 1);
  if (may_have_records(address, end) && !is_clean(address, end)) forget_accesses(address, end);
  if (may_have_sync(address, end)) sync_forget_range(address, end);
  const context* self = thread.current;
  if (self == nullptr) {  // the runtime's, or before the first access
    refuse_libtsan();
    return;
  }
  const stack_id stack = record_stack(site, self->stack_low, self->stack_high, thread.walks);
  note_block(address, {stack, self->actor_index, std::max<std::size_t>(bytes, 1)});
}

void end_block(void* block, call_site site) {
  if (block == nullptr || this_thread.inside != 0) return;
  if (this_thread.current == nullptr) refuse_libtsan();
  const int saved_errno = errno;
  const auto address = reinterpret_cast<std::uintptr_t>(block);
  const std::size_t bytes = malloc_usable_size(block);
  if (may_have_records(address, address + bytes)) check_end_of_life(address, bytes, site);
  inside_guard guard;
  if (may_have_sync(address, address + bytes)) sync_forget_range(address, address + bytes);
  forget_block(address);
  errno = saved_errno;
}

namespace {

void* aligned(std::size_t alignment, std::size_t bytes, call_site site) {
  void* block = __libc_memalign(alignment, bytes);
  begin_block(block, bytes, site);
  return block;
}

// Always a new block: the old one's end must be checked before anybody else can have it.
void* resize(void* block, std::size_t bytes, call_site site) {
  if (this_thread.inside != 0) return __libc_realloc(block, bytes);
  if (block != nullptr && bytes == 0) {
    end_block(block, site);
    __libc_free(block);
    return nullptr;
  }
  void* fresh = __libc_malloc(bytes);
  if (fresh == nullptr) return nullptr;
  begin_block(fresh, bytes, site);
  if (block != nullptr) {
    std::memcpy(fresh, block, std::min(bytes, malloc_usable_size(block)));
    end_block(block, site);
    __libc_free(block);
  }
  return fresh;
}

}  // namespace
}  // namespace vole::race

VOLE_INTERCEPTOR void* malloc(std::size_t bytes) {
  void* block = __libc_malloc(bytes);
  vole::race::begin_block(block, bytes, VOLE_CALL_SITE());
  return block;
}
VOLE_INTERCEPTOR void* calloc(std::size_t count, std::size_t bytes) {
  void* block = __libc_calloc(count, bytes);
  vole::race::begin_block(block, count * bytes, VOLE_CALL_SITE());
  return block;
}
VOLE_INTERCEPTOR void* realloc(void* block, std::size_t bytes) {
  return vole::race::resize(block, bytes, VOLE_CALL_SITE());
}
VOLE_INTERCEPTOR void* reallocarray(void* block, std::size_t count, std::size_t bytes) {
  std::size_t total = 0;
  if (__builtin_mul_overflow(count, bytes, &total)) {
    errno = ENOMEM;
    return nullptr;
  }
  return vole::race::resize(block, total, VOLE_CALL_SITE());
}
VOLE_INTERCEPTOR void free(void* block) {
  vole::race::end_block(block, VOLE_CALL_SITE());
  __libc_free(block);
}
VOLE_INTERCEPTOR int posix_memalign(void** block, std::size_t alignment, std::size_t bytes) {
  if (alignment % sizeof(void*) != 0 || !std::has_single_bit(alignment)) return EINVAL;
  const int saved_errno = errno;
  void* fresh = vole::race::aligned(alignment, bytes, VOLE_CALL_SITE());
  errno = saved_errno;
  if (fresh == nullptr) return ENOMEM;
  *block = fresh;
  return 0;
}
VOLE_INTERCEPTOR void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  return vole::race::aligned(alignment, bytes, VOLE_CALL_SITE());
}
VOLE_INTERCEPTOR void* memalign(std::size_t alignment, std::size_t bytes) {
  return vole::race::aligned(alignment, bytes, VOLE_CALL_SITE());
}
VOLE_INTERCEPTOR void* valloc(std::size_t bytes) {
  const auto page = static_cast<std::size_t>(getpagesize());
  return vole::race::aligned(page, bytes, VOLE_CALL_SITE());
}
