// SPDX-License-Identifier: Apache-2.0
// Comparing an access with the records of its cells, and putting it on record.
#include "race/access_check.h"

#include <algorithm>

#include "base/check.h"
#include "race/report/race_report.h"
#include "race/shadow/arena.h"

namespace vole::race {
namespace {

constexpr std::uint32_t kSpillCapacityMin = 6;  // with the header, 104 of 128 bytes

std::size_t bytes_of_spill(std::uint32_t capacity) {
  return sizeof(spill) + capacity * sizeof(record);
}

// Under the cell's lock. Protocol step 1: neutral meta, epoch, meta.
void store_record(cell_slot& slot, record entry, std::uint64_t lock_bit) {
  // relaxed (all three loads and the neutral store): lock held; readers only trust a whole record
  if (slot.epoch.load(std::memory_order_relaxed) != entry.epoch) {
    slot.meta.store(lock_bit, std::memory_order_relaxed);
    slot.epoch.store(entry.epoch, std::memory_order_release);  // release: after the neutral meta
  }
  if (slot.meta.load(std::memory_order_relaxed) != (entry.meta | lock_bit))
    slot.meta.store(entry.meta | lock_bit, std::memory_order_release);  // release: after the epoch
}

// The records of a locked cell, as an array that may grow by one.
class open_cell {
 public:
  explicit open_cell(cell& which) : which_(which) {
    lock_cell(which);
    for (cell_slot& slot : which.slots) {
      // relaxed: lock held
      const record entry{slot.epoch.load(std::memory_order_relaxed),
                         slot.meta.load(std::memory_order_relaxed) & ~record::kLockBit};
      if ((entry.meta & record::kSpillBit) != 0) {
        block_ = reinterpret_cast<spill*>(entry.epoch);
        entries_ = block_->records;
        count_ = block_->count;
      } else if (entry.meta != 0) {
        in_place_[count_++] = entry;
      }
    }
  }
  // Writes back and unlocks.
  ~open_cell() {
    if (count_ > kRecordsInPlace) {
      store_spilled();
    } else {
      for (std::uint32_t i = 0; i < kRecordsInPlace; ++i) {
        store_record(which_.slots[i], i < count_ ? entries_[i] : record{},
                     i == 0 ? record::kLockBit : 0);
      }
      if (block_ != nullptr) arena_release(block_, bytes_of_spill(block_->capacity));
    }
    unlock_cell(which_);
  }
  open_cell(const open_cell&) = delete;
  open_cell& operator=(const open_cell&) = delete;

  record* begin() { return entries_; }
  record* end() { return entries_ + count_; }
  bool is_empty() const { return count_ == 0; }
  void shrink(record* new_end) { count_ = static_cast<std::uint32_t>(new_end - entries_); }
  void append(record entry) {
    if (block_ != nullptr && count_ == block_->capacity) grow(block_->capacity * 2);
    entries_[count_++] = entry;
  }

 private:
  void grow(std::uint32_t capacity) {
    auto* larger = static_cast<spill*>(arena_allocate(bytes_of_spill(capacity)));
    larger->capacity = capacity;
    std::copy_n(entries_, count_, larger->records);
    if (block_ != nullptr) arena_release(block_, bytes_of_spill(block_->capacity));
    block_ = larger;
    entries_ = larger->records;
  }
  void store_spilled() {
    if (block_ == nullptr) grow(kSpillCapacityMin);
    block_->count = count_;
    store_record(which_.slots[0], {}, record::kLockBit);
    store_record(which_.slots[1], {reinterpret_cast<std::uint64_t>(block_), record::kSpillBit}, 0);
  }

  cell& which_;
  spill* block_ = nullptr;
  record in_place_[kRecordsInPlace + 1];
  record* entries_ = in_place_;
  std::uint32_t count_ = 0;
};

// A record of the first access that races with (kind, mask) goes to `found`.
void compare_and_record(const context& self, cell& which, std::uint8_t mask, access_kind kind,
                        stack_id stack, record& found) {
  open_cell entries(which);
  const std::uint64_t cut = static_cast<std::uint64_t>(mask) << record::kMaskShift;
  const std::uint64_t mine = record::meta_of(mask, kind, stack);
  bool is_merged = false;
  record* kept = entries.begin();
  for (record entry : entries) {
    const auto common = static_cast<std::uint8_t>(entry.mask() & mask);
    if (common != 0) {
      const bool is_ordered = self.knows(entry.moment());
      const bool is_race = !is_ordered && conflicts(kind, entry.kind());
      if (is_race && found.epoch == 0) {
        found = {entry.epoch, record::meta_of(common, entry.kind(), entry.stack())};
      }
      if ((is_ordered || is_race) && supersedes(kind, entry.kind())) {
        entry.meta &= ~cut;
        if (entry.mask() == 0) continue;
      }
    }
    const bool is_same = entry.epoch == self.now.word && !is_merged &&
                         ((entry.meta ^ mine) & ~record::kMaskBits) == 0;
    if (is_same) {
      entry.meta |= mine;
      is_merged = true;
    }
    *kept++ = entry;
  }
  entries.shrink(kept);
  if (!is_merged) entries.append({self.now.word, mine});
}

std::uint8_t mask_of(std::uintptr_t cell_address, std::uintptr_t from, std::uintptr_t to) {
  unsigned mask = 0xff;
  if (from > cell_address) mask = mask << (from - cell_address) & 0xff;
  if (to < cell_address + 8) mask &= 0xff >> (cell_address + 8 - to);
  return static_cast<std::uint8_t>(mask);
}

// How many bytes, from the start on, have such an access of the present epoch on record already.
std::size_t size_on_record(const context& self, std::uintptr_t address, std::size_t size,
                           access_kind kind) {
  const std::uintptr_t end = address + size;
  for (std::uintptr_t at = address & ~std::uintptr_t{7}; at < end;) {
    const chunk* where = find_chunk(at);
    if (where == nullptr) return at > address ? at - address : 0;
    const std::uintptr_t chunk_end = std::min(end, (at | (kChunkBytes - 1)) + 1);
    const cell* which = &where->cells[(at & (kChunkBytes - 1)) >> 3];
    for (; at < chunk_end; at += 8, ++which) {
      if (!is_on_record(*which, self.now.word, mask_of(at, address, end), kind))
        return at > address ? at - address : 0;
    }
  }
  return size;
}

struct end_of_life_search {
  const context& self;
  kept_race& found;
};

void search_page(void* argument, chunk& where, std::uintptr_t from, std::uintptr_t to) {
  auto& search = *static_cast<end_of_life_search*>(argument);
  for (std::uintptr_t at = from & ~std::uintptr_t{7}; at < to; at += 8) {
    if (search.found.is_found) return;
    cell& which = cell_of(where, at);
    // relaxed: an access that comes meanwhile would have been lost a moment later, too
    if (which.slots[0].meta.load(std::memory_order_relaxed) == 0 &&
        which.slots[1].meta.load(std::memory_order_relaxed) == 0)
      continue;
    const std::uint8_t mask = mask_of(at, from, to);
    open_cell entries(which);
    for (const record& entry : entries) {
      const auto common = static_cast<std::uint8_t>(entry.mask() & mask);
      if (common == 0 || search.self.knows(entry.moment())) continue;
      search.found.is_found = true;
      search.found.previous_cell = at;
      search.found.previous = {entry.epoch, record::meta_of(common, entry.kind(), entry.stack())};
      break;
    }
  }
}

}  // namespace

void check_keeping(context& self, std::uintptr_t address, std::size_t size, access_kind kind,
                   stack_id stack, kept_race& found) {
  self.is_dirty = true;
  const std::uintptr_t end = address + size;
  for (std::uintptr_t at = address & ~std::uintptr_t{7}; at < end;) {
    chunk* where = make_chunk(at);
    if (where == nullptr) return;
    const std::uintptr_t chunk_end = std::min(end, (at | (kChunkBytes - 1)) + 1);
    std::uintptr_t marked = 0;
    for (; at < chunk_end; at += 8) {
      if (at >> kPageBits != marked) {
        mark_touched(*where, at);
        marked = at >> kPageBits;
      }
      cell& which = cell_of(*where, at);
      const std::uint8_t mask = mask_of(at, address, end);
      if (is_on_record(which, self.now.word, mask, kind)) continue;
      record previous;
      compare_and_record(self, which, mask, kind, stack, previous);
      if (previous.epoch != 0 && !found.is_found)
        found = {true, address, size, kind, stack, at, previous};
    }
  }
}

void report_kept(context& self, const kept_race& found, bool is_end_of_life) {
  race_facts facts;
  facts.now = {found.address, found.size, found.kind, found.stack, self.actor_index};
  const record& before = found.previous;
  facts.before.address = found.previous_cell + static_cast<unsigned>(__builtin_ctz(before.mask()));
  facts.before.size = static_cast<std::size_t>(__builtin_popcount(before.mask()));
  facts.before.kind = before.kind();
  facts.before.stack = before.stack();
  facts.before.actor_index = actor_of(before.moment());
  facts.before_clock = before.moment().clock();
  facts.known_clock = self.clock_of(before.moment().who());
  facts.is_end_of_life = is_end_of_life;
  report_race(facts);
}

[[gnu::noinline]] void check_range(std::uintptr_t address, std::size_t size, access_kind kind,
                                   call_site site) {
  thread_state& thread = this_thread;
  if (thread.inside != 0 || size == 0) return;
  context* self = current_context();
  if (self == nullptr || self->ignore_depth != 0) return;
  // Walking the stack is what costs, so first see whether there is anything to put on record.
  const std::size_t known = size_on_record(*self, address, size, kind);
  if (known == size) return;
  address += known;
  size -= known;
  inside_guard guard;
  kept_race found;
  const stack_id stack =
      add_locks(*self, record_stack(site, self->stack_low, self->stack_high, thread.walks));
  check_keeping(*self, address, size, kind, stack, found);
  if (found.is_found) report_kept(*self, found);
}

void check_end_of_life(std::uintptr_t address, std::size_t size, call_site site) {
  thread_state& thread = this_thread;
  context* self = thread.inside != 0 ? nullptr : thread.current;
  if (self != nullptr && self->ignore_depth == 0) {
    inside_guard guard;
    kept_race found{false, address, size, access_kind::write, 0, 0, {}};
    end_of_life_search search{*self, found};
    for_each_touched_page(address, address + size, &search_page, &search);
    if (found.is_found) {
      found.stack = add_locks(*self, unwind_stack(site, self->stack_low, self->stack_high));
      report_kept(*self, found, true);
    }
  }
  forget_accesses(address, address + size);
}

}  // namespace vole::race
