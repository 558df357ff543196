// SPDX-License-Identifier: Apache-2.0
// What is known of memory beside the planes: exact cells, which kilobytes have records at all,
// which have sync objects, and what was allocated where. A two-level table over the whole user
// address space, backed by memory only where something was noted.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "race/shadow/cell.h"
#include "race/shadow/history.h"

namespace vole::race {

inline constexpr unsigned kAddressBits = 47;  // of user space, x86-64 and aarch64 with 4 KB pages
inline constexpr unsigned kChunkBits = 22;    // 4 MB of memory, 16 MB of cells
inline constexpr unsigned kPageBits = 10;     // what a touched-bit stands for: 1 KB, 4 KB of cells
inline constexpr std::size_t kChunkBytes = std::size_t{1} << kChunkBits;
inline constexpr std::size_t kCellsInChunk = kChunkBytes / 8;
inline constexpr std::size_t kPagesInChunk = kChunkBytes >> kPageBits;
inline constexpr unsigned kBlockUnitBits = 4;  // malloc's alignment

// An allocation, noted where it begins.
struct block_note {
  stack_id stack;
  std::uint32_t owner;       // index of the goroutine's record, 0: unknown
  std::uint64_t size_bytes;  // 0: no block begins here
};
static_assert(sizeof(block_note) == 16);

struct chunk {
  cell cells[kCellsInChunk];
  block_note notes[kChunkBytes >> kBlockUnitBits];
  std::atomic<std::uint64_t> touched[kPagesInChunk / 64];   // pages with records
  std::atomic<std::uint64_t> has_sync[kPagesInChunk / 64];  // pages with sync objects
  std::uintptr_t base;                                      // of the memory
  chunk* next;                                              // of all chunks
};

// One entry for each chunk of user space; null until the first access.
extern std::atomic<std::atomic<chunk*>*> directory;

// The chunk of an address, or null when nothing was ever recorded in it. Lock-free.
inline chunk* find_chunk(std::uintptr_t address) noexcept {
  // acquire: pairs with the publication of the directory in make_chunk()
  std::atomic<chunk*>* all = directory.load(std::memory_order_acquire);
  if (all == nullptr || address >> kAddressBits != 0) return nullptr;
  // acquire: pairs with the publication of the chunk in make_chunk()
  return all[address >> kChunkBits].load(std::memory_order_acquire);
}
// The same; makes it when there is none. Null for an address outside user space.
chunk* make_chunk(std::uintptr_t address);

inline cell& cell_of(chunk& where, std::uintptr_t address) noexcept {
  return where.cells[(address & (kChunkBytes - 1)) >> 3];
}

// Notes that the page of `address` has a record (a sync object).
void mark_touched(chunk& where, std::uintptr_t address) noexcept;
void mark_sync(std::uintptr_t address);
inline bool is_marked(const std::atomic<std::uint64_t>* bits, std::uintptr_t address) noexcept {
  const std::size_t page = (address & (kChunkBytes - 1)) >> kPageBits;
  // relaxed: a bit says where to look; what is found there is read under a lock
  return (bits[page / 64].load(std::memory_order_relaxed) >> (page % 64) & 1) != 0;
}
// Whether something may be on record (a sync object be) in [low, high). For small ranges: one look.
inline bool may_have_records(std::uintptr_t low, std::uintptr_t high) noexcept {
  if ((low ^ (high - 1)) >> kPageBits != 0) return true;
  const chunk* where = find_chunk(low);
  return where != nullptr && is_marked(where->touched, low);
}
inline bool may_have_sync(std::uintptr_t low, std::uintptr_t high) noexcept {
  if ((low ^ (high - 1)) >> kPageBits != 0) return true;
  const chunk* where = find_chunk(low);
  return where != nullptr && is_marked(where->has_sync, low);
}

// Calls visit(argument, page address) for each page of [low, high) that is marked, with the part of
// the range in it as [from, to). The marks stay.
using page_visit = void(void* argument, chunk& where, std::uintptr_t from, std::uintptr_t to);
void for_each_touched_page(std::uintptr_t low, std::uintptr_t high, page_visit* visit,
                           void* argument);
// The same for all marked pages there are.
void for_each_page_with_records(page_visit* visit);
void for_each_sync_page(std::uintptr_t low, std::uintptr_t high, page_visit* visit, void* argument);

// Forgets every access to [low, high): the memory is about to be something else.
void forget_accesses(std::uintptr_t low, std::uintptr_t high);

// Notes of blocks.
void note_block(std::uintptr_t address, const block_note& note);
void forget_block(std::uintptr_t address) noexcept;
// The block that `address` lies in, if it begins at most kBlockSearchBytesMax before it.
inline constexpr std::size_t kBlockSearchBytesMax = std::size_t{1} << 28;
bool find_block(std::uintptr_t address, std::uintptr_t& begin, block_note& note) noexcept;

}  // namespace vole::race
