// SPDX-License-Identifier: Apache-2.0
// The records of a cell whose line is locked, as an array; and the way from plane words to them.
#pragma once

#include <cstdint>

#include "race/shadow/cell.h"
#include "race/shadow/planes.h"
#include "race/shadow/shadow_map.h"

namespace vole::race {

inline constexpr std::uint8_t kLowGranule = 0x0f, kHighGranule = 0xf0;  // as bytes of a cell

constexpr unsigned granule_in_line(std::uintptr_t address) {
  return static_cast<unsigned>(address / kGranuleBytes % kGranulesInLine);
}
// The bytes of its cell that a granule has; and those of them in [from, to).
constexpr std::uint8_t bytes_of_granule(std::uintptr_t address) {
  return (address & kGranuleBytes) == 0 ? kLowGranule : kHighGranule;
}
constexpr std::uint8_t bytes_of_granule(std::uintptr_t address, std::uintptr_t from,
                                        std::uintptr_t to) {
  unsigned bytes = bytes_of_granule(address);
  if (address < from) bytes &= 0xffu << (from & 7);
  if (address + kGranuleBytes > to) bytes &= (1u << (to & 7)) - 1;
  return static_cast<std::uint8_t>(bytes);
}

// Protocol steps 2 and 3 of cell.h. `wanted`: the bytes and the kind, as in a record's meta word.
bool is_in_spill(const cell_slot& slot, std::uint64_t now, std::uint64_t wanted) noexcept;
inline bool is_in_cell(const cell& which, std::uint64_t now, std::uint8_t mask,
                       access_kind kind) noexcept {
  for (const cell_slot& slot : which.slots) {
    // acquire: the meta word is read after it; pairs with the release in store_record()
    if (slot.epoch.load(std::memory_order_acquire) != now) continue;
    // acquire: the second look at the epoch comes after it
    const std::uint64_t meta = slot.meta.load(std::memory_order_acquire);
    // relaxed: own epochs are put there by this thread only, so an equal one was there all the time
    if (is_covered_by(meta, mask, kind) && slot.epoch.load(std::memory_order_relaxed) == now)
      return true;
  }
  // relaxed: a hint; is_in_spill() looks again
  return (which.slots[1].meta.load(std::memory_order_relaxed) & record::kSpillBit) != 0 &&
         is_in_spill(which.slots[1], now, record::meta_of(mask, kind, 0));
}

// Writes back what was changed when it goes.
class exact_records {
 public:
  explicit exact_records(cell& which) noexcept;
  ~exact_records();
  exact_records(const exact_records&) = delete;
  exact_records& operator=(const exact_records&) = delete;

  record* begin() noexcept { return entries_; }
  record* end() noexcept { return entries_ + count_; }
  void shrink(record* new_end) noexcept { count_ = static_cast<std::uint32_t>(new_end - entries_); }
  void append(record entry);
  // The same, or more bytes for a record that differs in nothing else.
  void add(record entry);
  // Drops what there is about these bytes.
  void forget(std::uint8_t mask) noexcept;

 private:
  void grow(unsigned which);  // to a spill of that class
  void store_spilled();

  cell& which_;
  spill* block_ = nullptr;
  record in_place_[kRecordsInPlace + 1];
  record* entries_ = in_place_;
  std::uint32_t count_ = 0;
};

// The record that a plane word of the granule at `address` stands for.
record record_of(plane_word id, std::uintptr_t address, access_kind kind) noexcept;

// Moves what the planes say of a granule's reads (of all its accesses) into its cell, unless it is
// there already.
void make_reads_exact(open_line& line, std::uintptr_t address, chunk& where);
void make_exact(open_line& line, std::uintptr_t address, chunk& where);

// Drops what is on record for those bytes of the granule at `address` that lie in [from, to).
void forget_granule(open_line& line, std::uintptr_t address, std::uintptr_t from, std::uintptr_t to,
                    chunk& where);

}  // namespace vole::race
