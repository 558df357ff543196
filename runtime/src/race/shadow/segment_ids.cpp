// SPDX-License-Identifier: Apache-2.0
// Dealing out blocks of ids, and finding those that nothing refers to any more.
#include "race/shadow/segment_ids.h"

#include <algorithm>
#include <atomic>
#include <bit>

#include "base/spin_lock.h"
#include "race/shadow/arena.h"
#include "race/shadow/shadow_map.h"

namespace vole::race {

constinit std::uint64_t* unit_moments = nullptr;

namespace {

constexpr unsigned kIdBits = 32;
constexpr std::size_t kUnits = std::size_t{1} << (kIdBits - kUnitBits);
constexpr std::size_t kPages = kUnits >> kPageUnitBits;
constexpr std::uint32_t kLastPage = kPages - 2;  // the last one's ids are kLocked and its like
constexpr std::uint32_t kIdsInUnit = 1u << kUnitBits;
constexpr std::uint32_t kIdsInPage = kIdsInUnit * kUnitsInPage;
constexpr std::uint32_t kGrowth = 4;
// Blocks up to this size are searched from end to end, and have no index.
constexpr std::uint32_t kSearchedMax = 16;
constexpr std::uint32_t kBlockMax = 1u << 24;
// Reclaiming starts at so many pages in use (1 M units, 25 MB), and again when twice as many are
// in use as were left. At half, programs with short segments spend twice as long on it.
constexpr std::uint32_t kReclaimPagesMin = 1u << 14;

enum unit_state : std::uint8_t { vacant = 0, current, retired, condemned };

// Address space for all ids there can be; memory comes with use.
struct id_table {
  stack_id* stacks = nullptr;                   // by id
  std::atomic<std::uint8_t>* states = nullptr;  // by unit; a unit_state
  std::uint64_t* page_free = nullptr;           // by page: its vacant units, of the listed pages
  std::uint32_t* listed = nullptr;              // pages with vacant units
};

struct id_pool {
  base::spin_lock lock{base::lock_rank::leaf};
  std::uint32_t listed_count VOLE_GUARDED_BY(lock) = 0;
  std::uint32_t pages_used VOLE_GUARDED_BY(lock) = 1;  // page 0 has the id 0
  std::uint32_t reclaim_at VOLE_GUARDED_BY(lock) = kReclaimPagesMin;
  std::atomic<bool> is_reclaiming{false};
  std::atomic<bool> is_prepared{false};
  id_table table;
};
constinit id_pool pool;

void prepare() {
  if (pool.is_prepared.load(std::memory_order_acquire)) return;  // acquire: sees the table
  base::spin_guard guard(pool.lock);
  if (pool.is_prepared.load(std::memory_order_relaxed)) return;  // relaxed: lock held
  const auto reserve = [](std::size_t bytes) { return reserve_address_space(bytes); };
  id_table& table = pool.table;
  unit_moments = static_cast<std::uint64_t*>(reserve(kUnits * sizeof(std::uint64_t)));
  table.stacks = static_cast<stack_id*>(reserve((kUnits << kUnitBits) * sizeof(stack_id)));
  table.states = static_cast<std::atomic<std::uint8_t>*>(reserve(kUnits));
  table.page_free = static_cast<std::uint64_t*>(reserve(kPages * sizeof(std::uint64_t)));
  table.listed = static_cast<std::uint32_t*>(reserve(kPages * sizeof(std::uint32_t)));
  pool.is_prepared.store(true, std::memory_order_release);  // release: publishes the table
}

void set_states(plane_word first_id, std::uint32_t ids, unit_state state) noexcept {
  std::atomic<std::uint8_t>* states = pool.table.states + (first_id >> kUnitBits);
  for (std::uint32_t i = 0; i < ids >> kUnitBits; ++i) {
    // release: who sees a unit retired sees all words that its segment has put in planes
    states[i].store(state, std::memory_order_release);
  }
}

// ---- pages ----------------------------------------------------------------------------------

// 0: there are none.
std::uint32_t take_fresh_pages(std::uint32_t count) {
  base::spin_guard guard(pool.lock);
  const std::uint32_t first = (pool.pages_used + count - 1) & ~(count - 1);
  if (first + count - 1 > kLastPage) return 0;
  pool.pages_used = first + count;
  return first;
}

bool should_reclaim() {
  base::spin_guard guard(pool.lock);
  return pool.listed_count == 0 && pool.pages_used >= pool.reclaim_at;
}

bool take_page(unit_supply& supply) {
  give_back_supply(supply);
  if (should_reclaim()) reclaim_ids();
  {
    base::spin_guard guard(pool.lock);
    if (pool.listed_count != 0) {
      supply.page = pool.table.listed[--pool.listed_count];
      supply.free = std::exchange(pool.table.page_free[supply.page], 0);
      return true;
    }
  }
  supply.page = take_fresh_pages(1);
  supply.free = supply.page == 0 ? 0 : ~std::uint64_t{0};
  return supply.page != 0;
}

void list_units(std::uint32_t page, std::uint64_t vacant_units) VOLE_REQUIRES(pool.lock) {
  if (vacant_units == 0) return;
  if (pool.table.page_free[page] == 0) pool.table.listed[pool.listed_count++] = page;
  pool.table.page_free[page] |= vacant_units;
}

// ---- blocks ---------------------------------------------------------------------------------

// The lowest of `units` (1, 4 or 16) neighbours that are free, at a multiple of that; 64: none.
unsigned find_run(std::uint64_t free, std::uint32_t units) noexcept {
  if (units >= 4) free &= free >> 1 & free >> 2 & free >> 3 & 0x1111111111111111;
  if (units >= 16) free &= free >> 4 & free >> 8 & free >> 12 & 0x0001000100010001;
  return static_cast<unsigned>(std::countr_zero(free));
}

// The first id of a block of `size` ids; 0: there is none.
plane_word take_block(std::uint32_t size, unit_supply& supply) {
  const std::uint32_t units = size >> kUnitBits;
  if (units >= kUnitsInPage) return take_fresh_pages(units >> kPageUnitBits) * kIdsInPage;
  unsigned run = find_run(supply.free, units);
  while (run == kUnitsInPage) {
    if (!take_page(supply)) return 0;
    run = find_run(supply.free, units);
    if (run != kUnitsInPage) break;
    // A page of single vacant units: they are for small segments. This one needs a whole one.
    give_back_supply(supply);
    supply.page = take_fresh_pages(1);
    if (supply.page == 0) return 0;
    supply.free = ~std::uint64_t{0};
    run = 0;
  }
  supply.free &= ~(((std::uint64_t{1} << units) - 1) << run);
  return supply.page * kIdsInPage + (run << kUnitBits);
}

std::size_t index_bytes(std::uint32_t size) { return std::size_t{size} * 2 * sizeof(plane_word); }

void release_index(segment_ids& mine) noexcept {
  if (mine.index == nullptr) return;
  arena_release(mine.index, index_bytes(mine.size));
  mine.index = nullptr;
}

bool start_block(segment_ids& mine, clock::epoch now, unit_supply& supply) {
  const std::uint32_t size = mine.base == 0 ? kIdsInUnit : mine.size * kGrowth;
  if (size > kBlockMax) return false;
  const plane_word base = take_block(size, supply);
  if (base == 0) return false;
  end_segment(mine);
  mine.base = base;
  mine.size = size;
  std::fill_n(unit_moments + (base >> kUnitBits), size >> kUnitBits, now.word);
  set_states(base, size, current);
  if (size > kSearchedMax) {
    mine.index = static_cast<plane_word*>(arena_allocate(index_bytes(size)));
    std::fill_n(mine.index, size * 2, kNoAccess);
  }
  return true;
}

// Where `stack` is in the index, or where it would be.
plane_word* find_in_index(const segment_ids& mine, stack_id stack) noexcept {
  const std::uint32_t mask = mine.size * 2 - 1;
  std::uint32_t at = stack * 0x9e3779b9u >> 7 & mask;
  while (mine.index[at] != 0 && pool.table.stacks[mine.index[at]] != stack) at = (at + 1) & mask;
  return &mine.index[at];
}

plane_word find_id(const segment_ids& mine, stack_id stack) noexcept {
  if (mine.index != nullptr) return *find_in_index(mine, stack);
  const stack_id* first = pool.table.stacks + mine.base;
  const stack_id* last = first + mine.used;
  const stack_id* found = std::find(first, last, stack);
  return found == last ? 0 : mine.base + static_cast<plane_word>(found - first);
}

// ---- reclaiming -----------------------------------------------------------------------------

std::atomic<std::uint8_t>& state_of(plane_word id) noexcept {
  return pool.table.states[id >> kUnitBits];
}

void keep(plane_word word) noexcept {
  if (word == kNoAccess || word >= kNever) return;
  // relaxed: the reclaimer is alone with the condemned
  if (state_of(word).load(std::memory_order_relaxed) == condemned)
    state_of(word).store(retired, std::memory_order_relaxed);
}

void keep_what_is_on_page(void*, chunk&, std::uintptr_t from, std::uintptr_t to) {
  for (std::uintptr_t line = from & ~(kLineBytes - 1); line < to; line += kLineBytes) {
    if (is_line_empty(line)) continue;
    const open_line words(line);
    for (unsigned i = 0; i < kGranulesInLine; ++i) {
      keep(words.written(i));
      keep(words.read(i));
    }
  }
}

std::uint32_t pages_in_use() {
  base::spin_guard guard(pool.lock);
  return pool.pages_used;
}

// Calls f(page, units of it in that state) for the pages before `end` that have any.
template <class F>
void for_each_page_with(unit_state state, std::uint32_t end, F f) {
  for (std::uint32_t page = 1; page < end; ++page) {
    std::uint64_t units = 0;
    for (std::uint32_t i = 0; i < kUnitsInPage; ++i) {
      // acquire: pairs with set_states()
      if (pool.table.states[page * kUnitsInPage + i].load(std::memory_order_acquire) == state)
        units |= std::uint64_t{1} << i;
    }
    if (units != 0) f(page, units);
  }
}

void set_units(std::uint32_t page, std::uint64_t units, unit_state state) {
  for (; units != 0; units &= units - 1) {
    const auto unit = page * kUnitsInPage + static_cast<std::uint32_t>(std::countr_zero(units));
    pool.table.states[unit].store(state, std::memory_order_relaxed);  // relaxed: see keep()
  }
}

}  // namespace

plane_word id_of(segment_ids& mine, clock::epoch now, stack_id stack, unit_supply& supply) {
  if (mine.last_id != 0 && mine.last_stack == stack) return mine.last_id;
  plane_word found = 0;
  if (mine.base == 0) {
    prepare();
    if (!start_block(mine, now, supply)) return 0;
  } else {
    found = find_id(mine, stack);
  }
  if (found == 0) {
    if (mine.used == mine.size && !start_block(mine, now, supply)) return 0;
    found = mine.base + mine.used++;
    pool.table.stacks[found] = stack;
    if (mine.index != nullptr) *find_in_index(mine, stack) = found;
  }
  mine.last_stack = stack;
  return mine.last_id = found;
}

plane_word begin_unit(clock::epoch now, unit_supply& supply) {
  prepare();
  const plane_word first = take_block(kIdsInUnit, supply);
  if (first == 0) return 0;
  unit_moments[first >> kUnitBits] = now.word;
  set_states(first, kIdsInUnit, current);
  return first;
}

void end_unit(plane_word first) noexcept {
  if (first != 0) set_states(first, kIdsInUnit, retired);
}

void end_segment(segment_ids& mine) noexcept {
  if (mine.base == 0) return;
  release_index(mine);
  set_states(mine.base, mine.size, retired);
  mine = {};
}

void give_back_supply(unit_supply& supply) noexcept {
  if (supply.free == 0) return;
  base::spin_guard guard(pool.lock);
  list_units(supply.page, std::exchange(supply.free, 0));
}

stack_id stack_of(plane_word id) noexcept { return pool.table.stacks[id]; }

std::size_t reclaim_ids() {
  prepare();
  // acquire: pairs with the release at the end; the last one's work is done
  if (pool.is_reclaiming.exchange(true, std::memory_order_acquire)) return 0;
  const std::uint32_t end = pages_in_use();
  for_each_page_with(retired, end, [](std::uint32_t page, std::uint64_t units) {
    set_units(page, units, condemned);
  });
  for_each_page_with_records(&keep_what_is_on_page);
  std::size_t freed = 0;
  for_each_page_with(condemned, end, [&](std::uint32_t page, std::uint64_t units) {
    set_units(page, units, vacant);
    freed += static_cast<std::size_t>(std::popcount(units));
    base::spin_guard guard(pool.lock);
    list_units(page, units);
  });
  {
    base::spin_guard guard(pool.lock);
    const auto left = static_cast<std::uint32_t>(end - freed / kUnitsInPage);
    pool.reclaim_at = std::max({kReclaimPagesMin, end, left * 2});
  }
  pool.is_reclaiming.store(false, std::memory_order_release);  // release: see the exchange
  return freed;
}

}  // namespace vole::race
