// SPDX-License-Identifier: Apache-2.0
// Slabs of lazily committed memory cut into stacks with guards.
//
// Guards are guard *markers* (madvise MADV_GUARD_INSTALL, Linux 6.13): they split no mapping, so
// that a million stacks stay below vm.max_map_count. Older kernels and mlockall()ed processes get
// mprotect guards (about 32,000 stacks) and, past that limit, none; VOLE_DEBUG=1 says so once.
// Rejected: MAP_GROWSDOWN (the kernel's own gap rules, no growth for system calls), segmented
// stacks (hot splits, no compiler), copying stacks (breaks pointers into them).
#include "fiber/stack.h"

#include <sys/mman.h>
#include <sys/prctl.h>

#include <bit>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "base/check.h"
#include "base/raw_log.h"
#include "base/spin_lock.h"
#include "fiber/sanitizer_fiber.h"

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif
#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#define PR_SET_VMA_ANON_NAME 0
#endif

namespace vole::fiber {
namespace {

constexpr std::size_t kSlabBytes = std::size_t{64} << 20;  // 256 default slots, one mapping
// Idle stacks that a class keeps resident: two pages each as a rule (32 MiB in all), all of their
// memory at worst. One that is given back costs about 3 us when it is used again, more than the
// rest of a spawn: a batch of 1000 goroutines at a time took 12 times Go's time with 512 of them.
// Half leaves out programs that start some thousands at once; twice holds memory for bursts that
// are rare.
constexpr std::size_t kWarmMax = 4096;
constexpr int kClasses = 8;  // 64 KiB .. 8 MiB
static_assert(kSlotBytesMin << (kClasses - 1) == kSlotBytesPooledMax);
static_assert(kSlabBytes >= kSlotBytesPooledMax);

struct size_class {
  std::vector<std::uintptr_t> warm;         // slot addresses, resident
  std::vector<std::uintptr_t> cold;         // given back to the system
  std::uintptr_t fresh = 0, fresh_end = 0;  // the rest of the newest slab, never used
};

struct stack_pool {
  base::spin_lock lock{base::lock_rank::stack_pool};
  size_class classes[kClasses] VOLE_GUARDED_BY(lock);
  stack_statistics counts VOLE_GUARDED_BY(lock);
};

// Never destroyed: goroutines may end after static destructors have begun.
stack_pool& pool() {
  static stack_pool* const the_pool = new stack_pool;
  return *the_pool;
}

void say_once(const char* text) {
  static std::atomic<bool> said{false};
  if (said.exchange(true, std::memory_order_relaxed)) return;  // relaxed: only counts to one
  const char* debug = std::getenv("VOLE_DEBUG");
  if (debug == nullptr || *debug == '\0' || std::strcmp(debug, "0") == 0) return;
  base::raw_writer() << "vole: " << text << " (errno " << errno << ")\n";
}

void install_guard(std::uintptr_t slot) {
  void* const at = reinterpret_cast<void*>(slot);
  if (madvise(at, kGuardBytes, MADV_GUARD_INSTALL) == 0) return;
  say_once("no guard markers on this kernel: stacks are guarded by mprotect");
  if (mprotect(at, kGuardBytes, PROT_NONE) == 0) return;
  say_once("no guard below this stack and those that follow: see vm.max_map_count");
}

// Address space without a commitment; 0 when there is none.
std::uintptr_t reserve(std::size_t bytes) {
  void* const at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (at == MAP_FAILED) return 0;
  madvise(at, bytes, MADV_NOHUGEPAGE);  // one touched byte must not cost 2 MiB
  prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, at, bytes, "vole goroutine stacks");
  return reinterpret_cast<std::uintptr_t>(at);
}

stack stack_of_slot(std::uintptr_t slot, std::size_t slot_bytes) {
  return stack{slot + kGuardBytes, slot + slot_bytes, slot_bytes};
}

stack acquire_single(std::size_t slot_bytes) {
  const std::uintptr_t slot = reserve(slot_bytes);
  if (slot == 0) return {};
  install_guard(slot);
  register_leak_root(slot + kGuardBytes, slot + slot_bytes);
  return stack_of_slot(slot, slot_bytes);
}

// A slot that was never used; 0 when no slab can be mapped.
std::uintptr_t take_fresh(stack_pool& from, size_class& of, std::size_t slot_bytes)
    VOLE_REQUIRES(from.lock) {
  if (of.fresh == of.fresh_end) {
    std::size_t bytes = kSlabBytes;
    std::uintptr_t slab = reserve(bytes);
    if (slab == 0) slab = reserve(bytes = slot_bytes);  // a tight address space limit
    if (slab == 0) return 0;
    of.fresh = slab;
    of.fresh_end = slab + bytes;
    from.counts.slots_mapped += bytes / slot_bytes;
  }
  const std::uintptr_t slot = of.fresh;
  of.fresh += slot_bytes;
  return slot;
}

}  // namespace

stack acquire_stack(std::size_t bytes) {
  if (bytes > kStackBytesMax) return {};
  std::size_t slot_bytes = bytes == 0 ? kSlotBytesDefault : std::bit_ceil(bytes + kGuardBytes);
  if (bytes == 0 && is_sanitized()) slot_bytes *= 2;  // redzones and fake frames
  if (slot_bytes < kSlotBytesMin) slot_bytes = kSlotBytesMin;
  if (slot_bytes > kSlotBytesPooledMax) return acquire_single(slot_bytes);

  stack_pool& from = pool();
  std::uintptr_t slot = 0;
  {
    base::spin_guard guard(from.lock);
    size_class& of = from.classes[std::countr_zero(slot_bytes / kSlotBytesMin)];
    std::vector<std::uintptr_t>& idle = of.warm.empty() ? of.cold : of.warm;
    if (!idle.empty()) {
      slot = idle.back();
      idle.pop_back();
      ++from.counts.slots_used;
      return stack_of_slot(slot, slot_bytes);
    }
    slot = take_fresh(from, of, slot_bytes);
    if (slot == 0) return {};
    ++from.counts.slots_used;
  }
  install_guard(slot);
  register_leak_root(slot + kGuardBytes, slot + slot_bytes);
  return stack_of_slot(slot, slot_bytes);
}

void release_stack(const stack& used) {
  VOLE_ASSERT(used.high == used.low - kGuardBytes + used.slot_bytes);
  const std::uintptr_t slot = used.low - kGuardBytes;
  forget_frames(used.low, used.high);
  // A single mapping that LeakSanitizer knows must stay mapped: it would read it.
  const bool is_kept = &__lsan_register_root_region != nullptr;
  if (used.slot_bytes > kSlotBytesPooledMax) {
    if (is_kept)
      madvise(reinterpret_cast<void*>(used.low), used.high - used.low, MADV_DONTNEED);
    else
      munmap(reinterpret_cast<void*>(slot), used.slot_bytes);
    return;
  }
  stack_pool& to = pool();
  size_class* of = nullptr;
  {
    base::spin_guard guard(to.lock);
    VOLE_ASSERT(to.counts.slots_used > 0);
    --to.counts.slots_used;
    of = &to.classes[std::countr_zero(used.slot_bytes / kSlotBytesMin)];
    if (of->warm.size() < kWarmMax) {
      of->warm.push_back(slot);
      return;
    }
  }
  // Outside of the lock: nobody else knows this slot.
  madvise(reinterpret_cast<void*>(used.low), used.high - used.low, MADV_DONTNEED);
  base::spin_guard guard(to.lock);
  of->cold.push_back(slot);
}

std::uintptr_t initial_stack_pointer(const stack& of) noexcept {
  constexpr std::size_t kColourStep = 192, kColourMask = 2047;  // multiples of 64 in 2 KiB
  const std::size_t colour = (of.low / kSlotBytesMin) * kColourStep & kColourMask;
  return of.high - (colour & ~std::size_t{63});
}

stack_statistics stack_counts() {
  base::spin_guard guard(pool().lock);
  return pool().counts;
}

}  // namespace vole::fiber
