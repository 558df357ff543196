// SPDX-License-Identifier: Apache-2.0
// The common case of what instrumented code calls for: a segment's first access to whole granules
// of one line that have simple records (planes.h), all of them ordered before it.
//
// Everything on the way is inline and nothing is called but where a cache has no answer: a program
// of short segments is as slow as this function.
#pragma once

#include <cstddef>
#include <cstdint>

#include "race/access_check.h"
#include "race/shadow/exact_records.h"
#include "race/shadow/planes.h"
#include "race/shadow/segment_ids.h"
#include "race/shadow/shadow_map.h"

namespace vole::race {

// Marks the page of `address` as one with records. Null where there is nothing to mark it in.
chunk* mark_page(std::uintptr_t address);

inline bool is_page_marked(const thread_state& thread, std::uintptr_t address) noexcept {
  const std::uintptr_t page = address >> kPageBits;
  return thread.marked[page % thread_state::kPagesKnown] == page;
}

// The id of the access at `site`, after whatever walk and look-up it needs; 0: there is none.
plane_word look_up_id(context& self, thread_state& thread, call_site site);

inline plane_word id_at(context& self, thread_state& thread, call_site site) {
  walk_cache::place* place = find_place(site, self.stack_high, thread.walks);
  if (place != nullptr && place->moment == self.now.word && place->base == self.ids.base &&
      place->generation == self.place_generation && place->id != 0) [[likely]]
    return place->id;
  return look_up_id(self, thread, site);
}

// Whether what the word stands for happens before `self`. Under the line's lock. False for the
// words that are no ids: whoever asks goes the long way.
inline bool is_settled(context& self, plane_word word) noexcept {
  if (word == kNoAccess || self.ids.owns(word)) return true;
  return word < kNever && self.has_seen(moment_of(word));
}

// Puts the plain access on record and returns true; or returns false, and then nothing has changed
// and check_range() must see to it.
template <std::size_t Size>
[[gnu::always_inline]] inline bool put_first_access(std::uintptr_t address, bool is_write,
                                                    call_site site) {
  static_assert(Size % kGranuleBytes == 0);
  constexpr unsigned kCount = Size / kGranuleBytes;
  thread_state& thread = this_thread;
  context* self = thread.current;
  if (self == nullptr || (thread.inside | self->ignore_depth) != 0) [[unlikely]]
    return false;
  const auto first = static_cast<unsigned>(address / kGranuleBytes % kGranulesInLine);
  const bool is_whole = address % kGranuleBytes == 0 && first + kCount <= kGranulesInLine;
  if (!is_whole || !has_planes(address, Size)) [[unlikely]]
    return false;
  // Exact records take the long way, if they have not got this access yet. relaxed: a hint
  if (read_words(address)->load(std::memory_order_relaxed) == kExact) {
    if constexpr (Size > 8) return false;
    const auto mask = static_cast<std::uint8_t>(((1u << Size) - 1) << (address & 7));
    chunk* where = find_chunk(address);
    return where != nullptr && (address & 7) + Size <= 8 &&
           is_in_cell(cell_of(*where, address), self->now.word, mask,
                      is_write ? access_kind::write : access_kind::read);
  }
  thread.inside = 1;
  const plane_word own = id_at(*self, thread, site);
  bool is_done = own != 0 && (is_page_marked(thread, address) || mark_page(address) != nullptr);
  if (is_done) [[likely]] {
    self->is_dirty = true;
    open_line line(address & ~(kLineBytes - 1));
    for (unsigned i = first; i < first + kCount; ++i) {
      const plane_word written = line.written(i), read = line.read(i);
      is_done &= is_settled(*self, written) && (read == written || is_settled(*self, read));
    }
    if (is_done) [[likely]] {
      for (unsigned i = first; i < first + kCount; ++i) {
        if (is_write) line.set_written(i, own);
        line.set_read(i, own);
      }
    }
  }
  thread.inside = 0;
  return is_done;
}

}  // namespace vole::race
