// SPDX-License-Identifier: Apache-2.0
// The exact form of what the detector remembers of 8 bytes of memory, for what the planes can't
// say: parts of a granule, several readers, atomics.
//
// A record is one access: when (epoch), which of the 8 bytes, of which kind, and its stack. A cell
// holds every record that is not superseded, however many there are: two in place, more in a block
// of their own. Which of the granule's records are here, its words in the planes say (planes.h).
//
// Kinds are two bits, kWriteBit and kPlainBit, chosen so that the two rules are bit operations:
//   two accesses conflict       when one of them writes and one of them is plain;
//   a supersedes b              when b happens before a, and a has every bit that b has: whatever
//                               would race with b then also races with a (FastTrack's argument).
//
// Protocol of the lock-free look (a thread asks whether its own access is on record already):
//   1. Writers hold the lock of the cell's line. They change a record's epoch word before its meta
//      word.
//   2. A reader loads epoch, meta, epoch. If both epochs are its own current one, the record was
//      its own all the time, since only its own thread could have put it back; so meta belongs to
//      it.
//   3. Of a spill, which is a block that stays a spill for ever, a reader takes what it found if
//      the version was even and is the same afterwards, and the cell still has that block.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "clock/epoch.h"
#include "race/shadow/history.h"

namespace vole::race {

enum class access_kind : std::uint8_t { atomic_read = 0, read = 1, atomic_write = 2, write = 3 };

inline constexpr std::uint64_t kPlainBit = 1, kWriteBit = 2;

constexpr bool is_write(access_kind kind) {
  return (static_cast<std::uint64_t>(kind) & kWriteBit) != 0;
}
constexpr bool is_atomic(access_kind kind) {
  return (static_cast<std::uint64_t>(kind) & kPlainBit) == 0;
}

// The words of a record as values.
struct record {
  std::uint64_t epoch = 0;
  std::uint64_t meta = 0;

  static constexpr unsigned kMaskShift = 32, kKindShift = 40;
  static constexpr std::uint64_t kMaskBits = std::uint64_t{0xff} << kMaskShift;
  static constexpr std::uint64_t kKindBits = std::uint64_t{3} << kKindShift;
  static constexpr std::uint64_t kSpillBit = std::uint64_t{1} << 62;  // epoch is a spill's address

  static constexpr std::uint64_t meta_of(std::uint8_t mask, access_kind kind, stack_id stack) {
    return static_cast<std::uint64_t>(kind) << kKindShift |
           static_cast<std::uint64_t>(mask) << kMaskShift | stack;
  }
  constexpr std::uint8_t mask() const { return static_cast<std::uint8_t>(meta >> kMaskShift); }
  constexpr access_kind kind() const { return static_cast<access_kind>(meta >> kKindShift & 3); }
  constexpr stack_id stack() const { return static_cast<stack_id>(meta); }
  constexpr clock::epoch moment() const { return {epoch}; }
};

// Whether bytes `mask` with kind `kind` need no record of their own next to one with `meta` of the
// same epoch.
constexpr bool is_covered_by(std::uint64_t meta, std::uint8_t mask, access_kind kind) {
  const std::uint64_t needed = static_cast<std::uint64_t>(mask) << record::kMaskShift |
                               static_cast<std::uint64_t>(kind) << record::kKindShift;
  return (needed & ~meta) == 0;
}
constexpr bool conflicts(access_kind a, access_kind b) {
  const std::uint64_t either = static_cast<std::uint64_t>(a) | static_cast<std::uint64_t>(b);
  return (either & kWriteBit) != 0 && (either & kPlainBit) != 0;
}
constexpr bool supersedes(access_kind later, access_kind earlier) {
  return (static_cast<std::uint64_t>(earlier) & ~static_cast<std::uint64_t>(later)) == 0;
}

inline constexpr std::size_t kRecordsInPlace = 2;

struct cell_slot {
  std::atomic<std::uint64_t> epoch;
  std::atomic<std::uint64_t> meta;
};

// All zero bytes: never accessed.
struct cell {
  cell_slot slots[kRecordsInPlace];
};
static_assert(sizeof(cell) == 32, "the shadow's size: 4 bytes for each byte of memory");

// Records beyond those in place, all of them in this block then. Owned by its cell.
struct spill {
  std::uint32_t count;
  std::uint32_t capacity;
  std::atomic<std::uint64_t> version;  // odd while its holder may be changing it
  record records[];
};

}  // namespace vole::race
