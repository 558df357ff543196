// SPDX-License-Identifier: Apache-2.0
// The pool of stacks: slots of each size, from never used over used to idle and back.
//
//   never used --(a chunk at a time: guards, first pages)--> trimmed
//   in use --release--> hot --(the oldest half of kHotMax)--> trimmed --(beyond kTrimmedMax)-->
//   cold acquire takes from hot, trimmed, cold, never used, in this order
//
// Each arrow is one system call for many slots. Hot slots are reused first, last in first out, so
// that trimming meets only those that were idle for long.
//
// Rejected: MAP_GROWSDOWN (the kernel's own gap rules, no growth for system calls), segmented
// stacks (hot splits, no compiler), copying stacks (breaks pointers into them), MADV_FREE (counts
// as resident until memory is short, and costs the same call), unmapping (late readers of a
// goroutine's record, which lies on its stack).
#include "fiber/stack.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <vector>

#include "base/check.h"
#include "base/spin_lock.h"
#include "fiber/sanitizer_fiber.h"
#include "fiber/slab.h"

namespace vole::fiber {
namespace {

constexpr std::size_t kSlabBytes = std::size_t{64} << 20;  // 512 default slots, one mapping
constexpr std::size_t kChunkBytes = std::size_t{2} << 20;  // what one page table describes
constexpr std::size_t kChunkSlotsMax = 32;  // 30 us for the first goroutine of a program; half
                                            // would double the system calls' share
constexpr std::size_t kPageBytes = 4096;
// Idle stacks that a class keeps as they are: all of their memory at worst (57 MiB). Half: spawns
// in bursts touch their second pages anew; twice: twice the worst case.
constexpr std::size_t kHotMax = 512;
// Idle stacks that a class keeps with their uppermost pages (32 MiB at worst). One that is given
// back costs 2 to 3 us when it is used again, more than the rest of a spawn: a batch of 1000
// goroutines at a time took 12 times Go's time with 512 of them. Half leaves out programs that
// start some thousands at once; twice holds memory for bursts that are rare.
constexpr std::size_t kTrimmedMax = 4096;
constexpr std::size_t kBatch = kAdviceBatchMax;
constexpr int kClasses = 16;  // 64 KiB .. 2 GiB
static_assert(kSlotBytesMin << (kClasses - 1) >= kStackBytesMax + kGuardBytes);
static_assert(kHotMax >= 2 * kBatch);
static_assert(kChunkSlotsMax <= kBatch);

// Slots are kept with the kind of their guard in the low bits of their address.
using tagged_slot = std::uintptr_t;
constexpr std::uintptr_t kKindMask = 3;
static_assert(kGuardKinds <= 4);

tagged_slot tagged(std::uintptr_t slot, guard_kind kind) {
  return slot | static_cast<std::uintptr_t>(kind);
}

struct size_class {
  std::vector<tagged_slot> hot, trimmed, cold;  // see the top
  std::uintptr_t fresh = 0, fresh_end = 0;      // the rest of the newest slab, never used
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

int class_of(std::size_t slot_bytes) { return std::countr_zero(slot_bytes / kSlotBytesMin); }

stack stack_of(tagged_slot slot, std::size_t slot_bytes) {
  const std::uintptr_t at = slot & ~kKindMask;
  const bool is_guarded = static_cast<guard_kind>(slot & kKindMask) != guard_kind::canary;
  return stack{at + kGuardBytes, at + slot_bytes, slot_bytes, is_guarded};
}

std::size_t default_slot_bytes() {
  static const std::size_t bytes = [] {
    const char* const wanted = std::getenv("VOLE_STACK_KB");
    const unsigned long long kib = wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 0;
    if (kib != 0)
      return std::clamp(std::bit_ceil(std::min<std::size_t>(kib, kStackBytesMax >> 10) << 10),
                        kSlotBytesMin, kStackBytesMax);
    return is_sanitized() ? 2 * kSlotBytesDefault : kSlotBytesDefault;  // redzones, fake frames
  }();
  return bytes;
}

std::size_t slots_in_chunk(std::size_t slot_bytes) {
  return std::clamp<std::size_t>(kChunkBytes / slot_bytes, 1, kChunkSlotsMax);
}

// Never used slots, as many as may be had of a chunk; none when nothing can be mapped.
std::size_t take_fresh(stack_pool& from, size_class& of, std::size_t slot_bytes,
                       std::span<std::uintptr_t> out) VOLE_REQUIRES(from.lock) {
  if (of.fresh == of.fresh_end) {
    std::size_t bytes = std::max(kSlabBytes, slot_bytes);
    std::uintptr_t slab = reserve(bytes);
    while (slab == 0 && bytes > slot_bytes) slab = reserve(bytes /= 2);  // `ulimit -v`, overcommit
    if (slab == 0) return 0;
    of.fresh = slab;
    of.fresh_end = slab + bytes;
  }
  std::size_t count = 0;
  for (; count < out.size() && of.fresh != of.fresh_end; ++count) {
    out[count] = of.fresh;
    of.fresh += slot_bytes;
  }
  from.counts.slots_mapped += count;
  from.counts.slots_used += count;  // until they are in a list
  return count;
}

void prepare_chunk(std::span<const std::uintptr_t> slots, std::span<guard_kind> kinds,
                   std::size_t slot_bytes) {
  include_in_dumps(slots.front(), slots.size() * slot_bytes);
  install_guards(slots, kinds);
  iovec tops[kChunkSlotsMax];
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const std::uintptr_t end = slots[i] + slot_bytes;
    tops[i] = range(end - kPageBytes, kPageBytes);
    register_stack(slots[i] + kGuardBytes, end);
  }
  populate_pages({tops, slots.size()});
}

// One never used slot, and the rest of its chunk for the next.
stack acquire_fresh(std::size_t slot_bytes) {
  stack_pool& from = pool();
  std::uintptr_t slots[kChunkSlotsMax];
  guard_kind kinds[kChunkSlotsMax];
  std::size_t count = 0;
  {
    base::spin_guard guard(from.lock);
    count = take_fresh(from, from.classes[class_of(slot_bytes)], slot_bytes,
                       {slots, slots_in_chunk(slot_bytes)});
  }
  if (count == 0) return {};
  prepare_chunk({slots, count}, {kinds, count}, slot_bytes);  // nobody else knows them yet
  base::spin_guard guard(from.lock);
  std::vector<tagged_slot>& to = from.classes[class_of(slot_bytes)].trimmed;
  for (std::size_t i = count; i-- > 1;) to.push_back(tagged(slots[i], kinds[i]));  // 1 on top
  for (std::size_t i = 0; i < count; ++i)
    ++from.counts.slots_guarded[static_cast<std::size_t>(kinds[i])];
  from.counts.slots_used -= count - 1;
  return stack_of(tagged(slots[0], kinds[0]), slot_bytes);
}

// The oldest of a list that is longer than `limit` by a batch; their number, 0 or kBatch.
std::size_t take_oldest(std::vector<tagged_slot>& from, std::size_t limit,
                        std::span<tagged_slot, kBatch> out) {
  if (from.size() < limit + kBatch) return 0;
  std::copy_n(from.begin(), kBatch, out.begin());
  from.erase(from.begin(), from.begin() + kBatch);
  return kBatch;
}

// Gives back [low, end - kept_bytes) of each.
void drop_below(std::span<const tagged_slot> slots, std::size_t slot_bytes,
                std::size_t kept_bytes) {
  iovec ranges[kBatch];
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const stack of = stack_of(slots[i], slot_bytes);
    ranges[i] = range(of.low, of.high - kept_bytes - of.low);
  }
  drop_pages({ranges, slots.size()});
}

}  // namespace

stack acquire_stack(std::size_t bytes) {
  if (bytes > kStackBytesMax) return {};
  const std::size_t slot_bytes = bytes == 0
                                     ? default_slot_bytes()
                                     : std::max(std::bit_ceil(bytes + kGuardBytes), kSlotBytesMin);
  stack_pool& from = pool();
  {
    base::spin_guard guard(from.lock);
    size_class& of = from.classes[class_of(slot_bytes)];
    for (std::vector<tagged_slot>* idle : {&of.hot, &of.trimmed, &of.cold}) {
      if (idle->empty()) continue;
      const tagged_slot slot = idle->back();
      idle->pop_back();
      ++from.counts.slots_used;
      return stack_of(slot, slot_bytes);
    }
  }
  return acquire_fresh(slot_bytes);
}

void release_stack(const stack& used) {
  const std::uintptr_t slot = used.low - kGuardBytes;
  const std::size_t slot_bytes = used.slot_bytes;
  VOLE_ASSERT(slot % kPageBytes == 0);
  VOLE_ASSERT(std::has_single_bit(slot_bytes));
  forget_frames(used.low, slot + slot_bytes);
  stack_pool& to = pool();
  tagged_slot oldest[kBatch];
  std::size_t count = 0;
  {
    base::spin_guard guard(to.lock);
    VOLE_ASSERT(to.counts.slots_used > 0);
    --to.counts.slots_used;
    size_class& of = to.classes[class_of(slot_bytes)];
    // A marker stands for every guard: the two kinds are told apart only while they are made.
    of.hot.push_back(tagged(slot, used.is_guarded ? guard_kind::marker : guard_kind::canary));
    count = take_oldest(of.hot, kHotMax - kBatch, oldest);
  }
  if (count == 0) return;
  // Outside of the lock: nobody else knows these slots.
  drop_below({oldest, count}, slot_bytes, kHotBytes);
  {
    base::spin_guard guard(to.lock);
    size_class& of = to.classes[class_of(slot_bytes)];
    of.trimmed.insert(of.trimmed.end(), oldest, oldest + count);
    count = take_oldest(of.trimmed, kTrimmedMax, oldest);
  }
  if (count == 0) return;
  drop_below({oldest, count}, slot_bytes, 0);
  base::spin_guard guard(to.lock);
  size_class& of = to.classes[class_of(slot_bytes)];
  of.cold.insert(of.cold.end(), oldest, oldest + count);
}

void trim_stacks(std::span<const stack> idle) noexcept {
  iovec ranges[kBatch];
  while (!idle.empty()) {
    const std::size_t count = std::min(idle.size(), kBatch);
    for (std::size_t i = 0; i < count; ++i) {
      const std::uintptr_t low = idle[i].low;
      ranges[i] = range(low, low - kGuardBytes + idle[i].slot_bytes - kHotBytes - low);
    }
    drop_pages({ranges, count});
    idle = idle.subspan(count);
  }
}

std::uintptr_t initial_stack_pointer(const stack& of, std::size_t reserved_bytes) noexcept {
  constexpr std::size_t kColourStep = 192, kColourMask = 2047;  // multiples of 64 in 2 KiB
  const std::size_t colour = (of.low / kSlotBytesMin) * kColourStep & kColourMask;
  return of.high - reserved_bytes - (colour & ~std::size_t{63});
}

std::size_t bytes_used_at_most(const stack& of) noexcept {
  return of.high - lowest_resident_page(of.low, of.high);
}

stack_statistics stack_counts() {
  base::spin_guard guard(pool().lock);
  stack_statistics counts = pool().counts;
  for (const size_class& of : pool().classes) {
    counts.hot += of.hot.size();
    counts.trimmed += of.trimmed.size();
    counts.cold += of.cold.size();
  }
  return counts;
}

}  // namespace vole::fiber
