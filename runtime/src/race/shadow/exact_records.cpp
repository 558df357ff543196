// SPDX-License-Identifier: Apache-2.0
// Taking a cell's records out, and putting them back.
#include "race/shadow/exact_records.h"

#include <algorithm>
#include <bit>

#include "base/check.h"
#include "base/spin_lock.h"
#include "race/shadow/arena.h"
#include "race/shadow/segment_ids.h"

namespace vole::race {
namespace {

// Spills are of 128 bytes, 256, 512 ...: 7 records, 15, 31 ... after the header.
constexpr unsigned kSpillBitsMin = 7, kSpillClasses = 24;
constexpr std::uint32_t capacity_of(unsigned which) {
  return static_cast<std::uint32_t>(((std::size_t{1} << (kSpillBitsMin + which)) - sizeof(spill)) /
                                    sizeof(record));
}
constexpr unsigned class_of(std::uint32_t capacity) {
  return static_cast<unsigned>(std::bit_width(capacity)) - 3;
}
static_assert(capacity_of(0) == 7 && class_of(7) == 0 && class_of(15) == 1);

// Spills that no cell has: kept apart from other memory, since somebody may still be looking.
struct spill_pool {
  base::spin_lock lock{base::lock_rank::leaf};
  spill* free[kSpillClasses] VOLE_GUARDED_BY(lock) = {};
};
constinit spill_pool spills;

// While a spill is free, its first record's epoch is the address of the next one.
spill* next_of(const spill& block) { return reinterpret_cast<spill*>(block.records[0].epoch); }
void set_next(spill& block, spill* next) {
  block.records[0].epoch = reinterpret_cast<std::uintptr_t>(next);
}

// Its version is even.
spill* take_spill(unsigned which) {
  VOLE_CHECK(which < kSpillClasses, "2^27 unordered accesses to one word");
  spill* block = nullptr;
  {
    base::spin_guard guard(spills.lock);
    block = spills.free[which];
    if (block != nullptr) spills.free[which] = next_of(*block);
  }
  if (block == nullptr) {
    block = static_cast<spill*>(arena_allocate(std::size_t{1} << (kSpillBitsMin + which)));
    block->version.store(0, std::memory_order_relaxed);  // relaxed: nobody has it yet
    block->capacity = capacity_of(which);
  }
  block->count = 0;
  return block;
}

void begin_change(spill& block) {
  // relaxed, then release: the odd version is seen before any change
  block.version.fetch_add(1, std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_release);
}
void end_change(spill& block) {
  block.version.fetch_add(1, std::memory_order_release);  // release: after the changes
}

void give_back_spill(spill* block) {
  base::spin_guard guard(spills.lock);
  spill*& head = spills.free[class_of(block->capacity)];
  set_next(*block, head);
  head = block;
}

// Protocol step 1 of cell.h: neutral meta, epoch, meta.
void store_record(cell_slot& slot, record entry) {
  // relaxed (all three loads and the neutral store): lock held; readers only trust a whole record
  if (slot.epoch.load(std::memory_order_relaxed) != entry.epoch) {
    slot.meta.store(0, std::memory_order_relaxed);
    slot.epoch.store(entry.epoch, std::memory_order_release);  // release: after the neutral meta
  }
  if (slot.meta.load(std::memory_order_relaxed) != entry.meta)
    slot.meta.store(entry.meta, std::memory_order_release);  // release: after the epoch
}

}  // namespace

bool is_in_spill(const cell_slot& slot, std::uint64_t now, std::uint64_t wanted) noexcept {
  // acquire: sees the block that the meta word speaks of
  const std::uint64_t address = slot.epoch.load(std::memory_order_acquire);
  if ((slot.meta.load(std::memory_order_acquire) & record::kSpillBit) == 0 || address == 0 ||
      slot.epoch.load(std::memory_order_acquire) != address)
    return false;
  const auto* block = reinterpret_cast<const spill*>(address);
  // acquire: the records are read after it
  const std::uint64_t version = block->version.load(std::memory_order_acquire);
  if (version % 2 != 0) return false;
  const std::uint32_t count =
      std::min(__atomic_load_n(&block->count, __ATOMIC_RELAXED), block->capacity);
  bool is_found = false;
  for (std::uint32_t i = 0; i < count && !is_found; ++i) {
    // relaxed (both): the version says whether they can be trusted
    is_found = __atomic_load_n(&block->records[i].epoch, __ATOMIC_RELAXED) == now &&
               (wanted & ~__atomic_load_n(&block->records[i].meta, __ATOMIC_RELAXED)) == 0;
  }
  std::atomic_thread_fence(std::memory_order_acquire);  // acquire: the version again, after them
  return is_found && block->version.load(std::memory_order_relaxed) == version &&
         slot.epoch.load(std::memory_order_relaxed) == address;  // relaxed: after the fence
}

exact_records::exact_records(cell& which) noexcept : which_(which) {
  for (cell_slot& slot : which.slots) {
    // relaxed: lock held
    const record entry{slot.epoch.load(std::memory_order_relaxed),
                       slot.meta.load(std::memory_order_relaxed)};
    if ((entry.meta & record::kSpillBit) != 0) {
      block_ = reinterpret_cast<spill*>(entry.epoch);
      entries_ = block_->records;
      count_ = block_->count;
      begin_change(*block_);
    } else if (entry.meta != 0) {
      in_place_[count_++] = entry;
    }
  }
}

exact_records::~exact_records() {
  if (count_ > kRecordsInPlace) {
    store_spilled();
    return;
  }
  for (std::uint32_t i = 0; i < kRecordsInPlace; ++i)
    store_record(which_.slots[i], i < count_ ? entries_[i] : record{});
  if (block_ == nullptr) return;
  end_change(*block_);
  give_back_spill(block_);
}

void exact_records::append(record entry) {
  if (block_ != nullptr && count_ == block_->capacity) grow(class_of(block_->capacity) + 1);
  entries_[count_++] = entry;
}

void exact_records::add(record entry) {
  for (record& each : *this) {
    if (each.epoch != entry.epoch || ((each.meta ^ entry.meta) & ~record::kMaskBits) != 0) continue;
    each.meta |= entry.meta;
    return;
  }
  append(entry);
}

void exact_records::forget(std::uint8_t mask) noexcept {
  const std::uint64_t cut = static_cast<std::uint64_t>(mask) << record::kMaskShift;
  record* kept = entries_;
  for (record entry : *this) {
    entry.meta &= ~cut;
    if (entry.mask() != 0) *kept++ = entry;
  }
  shrink(kept);
}

void exact_records::grow(unsigned which) {
  spill* larger = take_spill(which);
  begin_change(*larger);
  std::copy_n(entries_, count_, larger->records);
  if (block_ != nullptr) {
    end_change(*block_);
    give_back_spill(block_);
  }
  block_ = larger;
  entries_ = larger->records;
}

void exact_records::store_spilled() {
  if (block_ == nullptr) grow(0);
  block_->count = count_;
  store_record(which_.slots[0], {});
  store_record(which_.slots[1], {reinterpret_cast<std::uint64_t>(block_), record::kSpillBit});
  end_change(*block_);
}

record record_of(plane_word id, std::uintptr_t address, access_kind kind) noexcept {
  return {moment_of(id).word, record::meta_of(bytes_of_granule(address), kind, stack_of(id))};
}

void make_reads_exact(open_line& line, std::uintptr_t address, chunk& where) {
  const unsigned granule = granule_in_line(address);
  const plane_word written = line.written(granule), read = line.read(granule);
  if (are_reads_exact(written, read)) return;
  if (read != kNoAccess && read != written) {
    exact_records entries(cell_of(where, address));
    entries.add(record_of(read, address, access_kind::read));
  }
  line.set_read(granule, kExact);
}

void make_exact(open_line& line, std::uintptr_t address, chunk& where) {
  const unsigned granule = granule_in_line(address);
  const plane_word written = line.written(granule);
  if (written == kExact) return;
  make_reads_exact(line, address, where);
  if (written != kNoAccess) {
    exact_records entries(cell_of(where, address));
    entries.add(record_of(written, address, access_kind::write));
  }
  line.set_written(granule, kExact);
}

void forget_granule(open_line& line, std::uintptr_t address, std::uintptr_t from, std::uintptr_t to,
                    chunk& where) {
  const unsigned granule = granule_in_line(address);
  if ((line.written(granule) | line.read(granule)) == kNoAccess) return;
  const std::uint8_t mask = bytes_of_granule(address, from, to);
  const bool is_whole = mask == bytes_of_granule(address);
  if (!is_whole) make_exact(line, address, where);
  if (are_reads_exact(line.written(granule), line.read(granule))) {
    exact_records entries(cell_of(where, address));
    entries.forget(mask);
  }
  if (!is_whole) return;
  line.set_written(granule, kNoAccess);
  line.set_read(granule, kNoAccess);
}

}  // namespace vole::race
