// SPDX-License-Identifier: Apache-2.0
// The heart: an access is compared with what is on record for its bytes, and put on record itself.
//
// Of two accesses that nothing orders, whichever comes second to the line's lock finds the first:
// simultaneous ones are not lost. An access that its own segment has on record already takes no
// lock and writes nothing; for most of those, instrumented code does not even call (planes.h).
#pragma once

#include <cstddef>
#include <cstdint>

#include "race/context.h"
#include "race/shadow/cell.h"
#include "race/shadow/planes.h"

namespace vole::race {

// Any address and size, by the running goroutine; `site` is the entry point's caller. Reports a
// race if it finds one.
void check_range(std::uintptr_t address, std::size_t size, access_kind kind, call_site site);

// The same for plain accesses of so many bytes at a multiple of that (16: of 8), where there may be
// nothing to do: what instrumented code does inline.
template <std::size_t Size>
inline void check_access(std::uintptr_t address, access_kind kind, call_site site) {
  const segment_view segment = vole_segment;
  // Before the planes are there nobody has a segment, but what is loaded could be anything.
  if (__builtin_expect(segment.ids != kNoSegment.ids, 1)) {
    const auto* words = is_write(kind) ? write_words(address) : read_words(address);
    std::uint64_t difference = 0;
    if constexpr (Size <= kGranuleBytes) {
      // relaxed: an own id was there when it was loaded, and that is all that is asked
      difference = static_cast<plane_word>(segment.ids) ^ words->load(std::memory_order_relaxed);
      difference &= static_cast<plane_word>(segment.mask);
    } else {
      for (std::size_t i = 0; i < Size / kGranuleBytes; ++i) {
        difference |= (static_cast<plane_word>(segment.ids) ^
                       words[i].load(std::memory_order_relaxed)) &  // relaxed: as above
                      static_cast<plane_word>(segment.mask);
      }
    }
    if (__builtin_expect(difference == 0, 1)) return;
  }
  check_range(address, Size, kind, site);
}

// The memory [address, address + size) ends its life: a write of it all by the running goroutine,
// after which nothing is on record. Bytes that were never accessed cost nothing.
void check_end_of_life(std::uintptr_t address, std::size_t size, call_site site);

// For accesses made under a sync line's lock: a race is kept until report_kept(), which is called
// once the lock is dropped.
struct kept_race {
  bool is_found = false;
  std::uintptr_t address = 0;
  std::size_t size = 0;
  access_kind kind = access_kind::read;
  stack_id stack = 0;
  std::uintptr_t previous_cell = 0;
  record previous;  // its mask: the bytes that both accessed
};
// On record under `stack`, by `self`, which must be running here and not ignoring accesses.
void check_keeping(context& self, std::uintptr_t address, std::size_t size, access_kind kind,
                   stack_id stack, kept_race& found);
void report_kept(context& self, const kept_race& found, bool is_end_of_life = false);
// Whether such an access of these bytes is on record already. Lock-free.
bool is_on_record(const context& self, std::uintptr_t address, std::size_t size,
                  access_kind kind) noexcept;

}  // namespace vole::race
