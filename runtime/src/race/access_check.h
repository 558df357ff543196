// SPDX-License-Identifier: Apache-2.0
// The heart: an access is looked up in the cells of its bytes, compared with what is on record, and
// put on record itself.
//
// Of two accesses that nothing orders, whichever comes second to the cell's lock finds the first:
// simultaneous ones are not lost. The fast path, an access that its own epoch has on record
// already, takes no lock and writes nothing.
#pragma once

#include <cstddef>
#include <cstdint>

#include "race/context.h"
#include "race/shadow/cell.h"
#include "race/shadow/shadow_map.h"

namespace vole::race {

// Protocol step 2 of cell.h.
inline bool is_on_record(const cell& which, std::uint64_t now, std::uint8_t mask,
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
  return false;
}

// The slow path: any address and size. Reports a race if it finds one.
void check_range(std::uintptr_t address, std::size_t size, access_kind kind, call_site site);

// An access within one cell (16 bytes: two whole cells) by the running goroutine; `site` is the
// entry point's caller.
template <std::size_t Size>
inline void check_access(std::uintptr_t address, access_kind kind, call_site site) {
  const context* self = this_thread.current;
  const chunk* where = find_chunk(address);
  if (__builtin_expect(self != nullptr && where != nullptr, 1)) {
    const cell* which = &where->cells[(address & (kChunkBytes - 1)) >> 3];
    if constexpr (Size <= 8) {
      const auto mask = static_cast<std::uint8_t>(((1u << Size) - 1) << (address & 7));
      if (is_on_record(*which, self->now.word, mask, kind)) return;
    } else {
      static_assert(Size == 16);
      const bool is_same_chunk = ((address ^ (address + 8)) >> kChunkBits) == 0;
      if (is_same_chunk && is_on_record(which[0], self->now.word, 0xff, kind) &&
          is_on_record(which[1], self->now.word, 0xff, kind))
        return;
    }
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

}  // namespace vole::race
