// SPDX-License-Identifier: Apache-2.0
// The two-level table of cells.
#include "race/shadow/shadow_map.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>

#include "base/check.h"
#include "race/shadow/arena.h"
#include "race/shadow/exact_records.h"
#include "race/shadow/planes.h"

namespace vole::race {

constinit std::atomic<std::atomic<chunk*>*> directory{nullptr};

namespace {

constexpr std::size_t kChunks = std::size_t{1} << (kAddressBits - kChunkBits);

std::atomic<chunk*>* the_directory() {
  // acquire: pairs with the exchange below
  std::atomic<chunk*>* found = directory.load(std::memory_order_acquire);
  if (__builtin_expect(found != nullptr, 1)) return found;
  auto* fresh = static_cast<std::atomic<chunk*>*>(
      reserve_address_space(kChunks * sizeof(std::atomic<chunk*>)));
  // acq_rel: publishes the directory, or sees the other thread's
  if (directory.compare_exchange_strong(found, fresh, std::memory_order_acq_rel)) return fresh;
  return found;
}

void set_bit(std::atomic<std::uint64_t>* bits, std::uintptr_t address) noexcept {
  const std::size_t page = (address & (kChunkBytes - 1)) >> kPageBits;
  const std::uint64_t bit = std::uint64_t{1} << (page % 64);
  std::atomic<std::uint64_t>& word = bits[page / 64];
  // relaxed: a bit says where to look; what is found there is read under the cell's lock
  if ((word.load(std::memory_order_relaxed) & bit) == 0)
    word.fetch_or(bit, std::memory_order_relaxed);
}

template <class Bits>
void for_each_page(std::uintptr_t low, std::uintptr_t high, Bits bits_of, page_visit* visit,
                   void* argument) {
  constexpr std::uintptr_t kPageBytes = std::uintptr_t{1} << kPageBits;
  if (high >> kAddressBits != 0 || low >= high) return;
  for (std::uintptr_t base = low & ~(kChunkBytes - 1); base < high; base += kChunkBytes) {
    chunk* where = find_chunk(base);
    if (where == nullptr) continue;
    const std::uintptr_t from = std::max(low, base), to = std::min(high, base + kChunkBytes);
    std::size_t page = (from - base) >> kPageBits;
    const std::size_t last = (to - 1 - base) >> kPageBits;
    while (page <= last) {
      // relaxed: see set_bit
      const std::uint64_t word =
          bits_of(*where)[page / 64].load(std::memory_order_relaxed) >> (page % 64);
      if (word == 0) {
        page = (page / 64 + 1) * 64;
        continue;
      }
      page += static_cast<std::size_t>(std::countr_zero(word));
      if (page > last) break;
      const std::uintptr_t start = base + page * kPageBytes;
      visit(argument, *where, std::max(from, start), std::min(to, start + kPageBytes));
      ++page;
    }
  }
}

// One line of memory that becomes something else: [from, to) lies in it.
void forget_in_line(chunk& where, std::uintptr_t from, std::uintptr_t to) {
  const std::uintptr_t first = from & ~(kGranuleBytes - 1);
  if (are_granules_empty(first, to)) return;
  open_line line(from & ~(kLineBytes - 1));
  for (std::uintptr_t at = first; at < to; at += kGranuleBytes)
    forget_granule(line, at, from, to, where);
}

void forget_page(void*, chunk& where, std::uintptr_t from, std::uintptr_t to) {
  while (from < to) {
    const std::uintptr_t end = std::min(to, (from | (kLineBytes - 1)) + 1);
    forget_in_line(where, from, end);
    from = end;
  }
}

// Every chunk that was ever made; they stay.
constinit std::atomic<chunk*> all_chunks{nullptr};

}  // namespace

chunk* make_chunk(std::uintptr_t address) {
  if (address >> kAddressBits != 0) return nullptr;
  std::atomic<chunk*>& entry = the_directory()[address >> kChunkBits];
  chunk* found = entry.load(std::memory_order_acquire);  // acquire: as in find_chunk
  if (found != nullptr) return found;
  prepare_planes();
  auto* fresh = static_cast<chunk*>(reserve_address_space(sizeof(chunk)));
  fresh->base = address & ~(kChunkBytes - 1);
  // acq_rel: publishes the chunk, or sees the other thread's
  if (!entry.compare_exchange_strong(found, fresh, std::memory_order_acq_rel)) {
    munmap(fresh, sizeof(chunk));
    return found;
  }
  fresh->next = all_chunks.load(std::memory_order_relaxed);  // relaxed: the exchange decides
  // release: publishes base and next to for_each_page_with_records()
  while (!all_chunks.compare_exchange_weak(fresh->next, fresh, std::memory_order_release,
                                           std::memory_order_relaxed)) {
  }
  return fresh;
}

void mark_touched(chunk& where, std::uintptr_t address) noexcept {
  set_bit(where.touched, address);
}

void mark_sync(std::uintptr_t address) {
  if (chunk* where = make_chunk(address)) set_bit(where->has_sync, address);
}

void for_each_touched_page(std::uintptr_t low, std::uintptr_t high, page_visit* visit,
                           void* argument) {
  for_each_page(low, high, [](chunk& where) { return where.touched; }, visit, argument);
}

void for_each_page_with_records(page_visit* visit) {
  // acquire: pairs with make_chunk(); a chunk that is made meanwhile has no old records
  for (chunk* each = all_chunks.load(std::memory_order_acquire); each != nullptr; each = each->next)
    for_each_touched_page(each->base, each->base + kChunkBytes, visit, nullptr);
}

void for_each_sync_page(std::uintptr_t low, std::uintptr_t high, page_visit* visit,
                        void* argument) {
  for_each_page(low, high, [](chunk& where) { return where.has_sync; }, visit, argument);
}

void forget_accesses(std::uintptr_t low, std::uintptr_t high) {
  for_each_touched_page(low, high, &forget_page, nullptr);
}

void note_block(std::uintptr_t address, const block_note& note) {
  chunk* where = make_chunk(address);
  if (where != nullptr) where->notes[(address & (kChunkBytes - 1)) >> kBlockUnitBits] = note;
}

void forget_block(std::uintptr_t address) noexcept {
  chunk* where = find_chunk(address);
  if (where != nullptr)
    where->notes[(address & (kChunkBytes - 1)) >> kBlockUnitBits].size_bytes = 0;
}

bool find_block(std::uintptr_t address, std::uintptr_t& begin, block_note& note) noexcept {
  const std::uintptr_t stop = address > kBlockSearchBytesMax ? address - kBlockSearchBytesMax : 0;
  std::uintptr_t at = address & ~((std::uintptr_t{1} << kBlockUnitBits) - 1);
  while (at > stop) {
    const chunk* where = find_chunk(at);
    if (where == nullptr) {
      at = (at & ~(kChunkBytes - 1)) - (std::uintptr_t{1} << kBlockUnitBits);
      continue;
    }
    const block_note found = where->notes[(at & (kChunkBytes - 1)) >> kBlockUnitBits];
    if (found.size_bytes != 0) {
      begin = at;
      note = found;
      return address - at < found.size_bytes;
    }
    at -= std::uintptr_t{1} << kBlockUnitBits;
  }
  return false;
}

}  // namespace vole::race
