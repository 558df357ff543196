// SPDX-License-Identifier: Apache-2.0
// The ids in the planes: each stands for a segment (what one context does between two releases) and
// one stack in it.
//
// A segment owns a block of ids, a power of two in number and aligned to it, so that instrumented
// code finds with one comparison under a mask whether a word is any of its segment's. A segment
// with more stacks than its block has ids goes on in a block four times as large; words under the
// former ids are then found by their moment, and renewed, once.
//
// Ids are used again, and nothing is ever forgotten for that: a segment that is over puts its ids
// in no plane any more, so an id of such a segment that is in no plane now will never be in one.
// The search for those (reclaim) reads the planes while everybody goes on; it only waits for each
// line that is locked, since its holder has a word in hand.
//
// When all 2^32 ids are in planes, id_of() returns 0 and accesses get records in exact cells.
#pragma once

#include <cstdint>

#include "clock/epoch.h"
#include "race/shadow/history.h"
#include "race/shadow/planes.h"

namespace vole::race {

inline constexpr unsigned kUnitBits = 2;  // ids are dealt out in units of four
inline constexpr unsigned kPageUnitBits = 6;
inline constexpr std::uint32_t kUnitsInPage = 1u << kPageUnitBits;

// What instrumented code compares words with; one for each thread. See instrument_abi.def.
struct segment_view {
  std::uint64_t ids;   // the running segment's first id, twice
  std::uint64_t mask;  // the bits in which all of its ids agree, twice
};
inline constexpr std::uint64_t twice(plane_word word) {
  return static_cast<std::uint64_t>(word) << 32 | word;
}
inline constexpr segment_view kNoSegment{twice(kNever), ~std::uint64_t{0}};

// The ids of a context's present segment.
struct segment_ids {
  plane_word base = 0;  // 0: no block yet
  std::uint32_t size = 0;
  std::uint32_t used = 0;
  stack_id last_stack = 0;  // and its id: most accesses come in rows
  plane_word last_id = 0;
  plane_word* index = nullptr;  // of large blocks: a hash table from stacks to ids

  bool owns(plane_word word) const noexcept { return base != 0 && word - base < size; }
  segment_view view() const noexcept {
    return base == 0 ? kNoSegment : segment_view{twice(base), twice(~(size - 1))};
  }
};

// A thread's own supply of units: the free ones of one page.
struct unit_supply {
  std::uint32_t page = 0;
  std::uint64_t free = 0;
};

// The id for `stack` in the segment that began at `now`; 0 when there are none left. Takes no
// line's lock, and must be called under none: it may reclaim.
plane_word id_of(segment_ids& mine, clock::epoch now, stack_id stack, unit_supply& supply);
// Ids that stand for no stack: the first of four that are the segment's until end_unit().
plane_word begin_unit(clock::epoch now, unit_supply& supply);
void end_unit(plane_word first) noexcept;
// The segment is over.
void end_segment(segment_ids& mine) noexcept;
void give_back_supply(unit_supply& supply) noexcept;

// What an id in a plane stands for. Only under the lock of the line in which the id was found: it
// may be somebody else's after that.
extern std::uint64_t* unit_moments;  // by unit
inline clock::epoch moment_of(plane_word id) noexcept { return {unit_moments[id >> kUnitBits]}; }
stack_id stack_of(plane_word id) noexcept;

// Frees the ids of segments that are over and in no plane; returns how many units it freed. One
// thread at a time: to others it does nothing. For tests; id_of() calls it where it pays.
std::size_t reclaim_ids();

}  // namespace vole::race
