// SPDX-License-Identifier: Apache-2.0
// mmap and its family: memory that comes or goes is forgotten, so that what lies there next has no
// past. They call the kernel themselves: no look-up, at any time.
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdint>

#include "race/interceptors/interceptors.h"
#include "race/shadow/planes.h"
#include "race/shadow/shadow_map.h"

namespace vole::race {

void install_maps() {}

namespace {

void forget_map(void* memory, std::size_t bytes) {
  if (this_thread.inside != 0 || directory.load(std::memory_order_relaxed) == nullptr)
    return;  // relaxed: before the first access there is nothing to forget
  inside_guard guard;
  const auto address = reinterpret_cast<std::uintptr_t>(memory);
  forget_accesses(address, address + bytes);
  sync_forget_range(address, address + bytes);
}

void* map(void* where, std::size_t bytes, int protection, int flags, int fd, off_t offset) {
  const long result = syscall(SYS_mmap, where, bytes, protection, flags, fd, offset);
  auto* memory = reinterpret_cast<void*>(result);
  if (memory != MAP_FAILED) {
    extend_planes(reinterpret_cast<std::uintptr_t>(memory), bytes);
    forget_map(memory, bytes);
  }
  return memory;
}

}  // namespace
}  // namespace vole::race

VOLE_INTERCEPTOR void* mmap(void* where, std::size_t bytes, int protection, int flags, int fd,
                            off_t offset) noexcept {
  return vole::race::map(where, bytes, protection, flags, fd, offset);
}
VOLE_INTERCEPTOR void* mmap64(void* where, std::size_t bytes, int protection, int flags, int fd,
                              off64_t offset) noexcept {
  return vole::race::map(where, bytes, protection, flags, fd, offset);
}
VOLE_INTERCEPTOR int munmap(void* memory, std::size_t bytes) noexcept {
  vole::race::forget_map(memory, bytes);
  return static_cast<int>(syscall(SYS_munmap, memory, bytes));
}
VOLE_INTERCEPTOR void* mremap(void* memory, std::size_t old_bytes, std::size_t new_bytes, int flags,
                              ...) noexcept {
  std::va_list rest;
  va_start(rest, flags);
  void* wanted = (flags & MREMAP_FIXED) != 0 ? va_arg(rest, void*) : nullptr;
  va_end(rest);
  const long result = syscall(SYS_mremap, memory, old_bytes, new_bytes, flags, wanted);
  auto* moved = reinterpret_cast<void*>(result);
  if (moved != MAP_FAILED && moved != memory) {
    vole::race::extend_planes(static_cast<std::uintptr_t>(result), new_bytes);
    vole::race::forget_map(memory, old_bytes);
    vole::race::forget_map(moved, new_bytes);
  }
  return moved;
}
