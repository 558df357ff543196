// SPDX-License-Identifier: Apache-2.0
// The high-water marks of stacks, and their table.
//
// The kernel knows which pages of a stack have been touched. That is exact to a page, and to
// fiber::kHotBytes for a stack that was in use before.
#include "sched/machine/stack_depth.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/debug_options.h"
#include "base/raw_log.h"
#include "base/spin_lock.h"
#include "event/traceback.h"
#include "fiber/stack.h"
#include "sched/goroutine/g_state.h"
#include "sched/goroutine/registry.h"

namespace vole::sched {
namespace {

// Programs have some hundreds. What comes later is counted and told.
constexpr std::size_t kPlacesMax = 1024;

struct place {
  std::uintptr_t creation_pc = 0;  // 0: free
  std::uint64_t goroutines = 0;
  std::size_t deepest_bytes = 0;
  std::size_t stack_bytes = 0;  // of the deepest one
};

// A hash table by creation_pc, fixed: no allocation on the scheduler's stacks.
struct depth_table {
  base::spin_lock lock{base::lock_rank::leaf};
  place places[kPlacesMax] VOLE_GUARDED_BY(lock);
  std::uint64_t left_out VOLE_GUARDED_BY(lock) = 0;  // goroutines from places without room
};
constinit depth_table table;

place* find_place(std::uintptr_t creation_pc) VOLE_REQUIRES(table.lock) {
  const std::size_t start = creation_pc * 0x9e3779b97f4a7c15 >> 54;  // 10 bits: kPlacesMax
  for (std::size_t i = 0; i < kPlacesMax; ++i) {
    place& at = table.places[(start + i) % kPlacesMax];
    if (at.creation_pc == creation_pc) return &at;
    if (at.creation_pc != 0) continue;
    at.creation_pc = creation_pc;
    return &at;
  }
  return nullptr;
}

void note(std::uintptr_t creation_pc, const fiber::stack& stack) noexcept {
  const std::size_t depth = fiber::bytes_used_at_most(stack);
  base::spin_guard guard(table.lock);
  place* const at = find_place(creation_pc);
  if (at == nullptr) {
    ++table.left_out;
    return;
  }
  ++at->goroutines;
  if (depth <= at->deepest_bytes) return;
  at->deepest_bytes = depth;
  at->stack_bytes = stack.slot_bytes - fiber::kGuardBytes;
}

// Goroutines that the end of the process has stopped, or that run on in spite of it.
void note_living() {
  const census_scope scope;
  for (const g_reference& who : living_goroutines()) {
    g_state state = g_state::dead;
    if (!freeze_state(*who.record, who.id, state)) continue;  // it has just ended
    const bool is_counted = !who.record->is_adopted && !who.record->is_system;
    const std::uintptr_t creation_pc = who.record->creation_pc;
    const fiber::stack stack = who.record->stack;
    thaw_state(*who.record);
    if (is_counted) note(creation_pc, stack);
  }
}

std::string line(const place& one) {
  constexpr std::size_t kKib = 1024;
  return "vole: stacks: " + std::to_string((one.deepest_bytes + kKib - 1) / kKib) + " of " +
         std::to_string(one.stack_bytes / kKib) + " KiB used at most by " +
         std::to_string(one.goroutines) + (one.goroutines == 1 ? " goroutine" : " goroutines") +
         " created at " + event::place_text(one.creation_pc) + "\n";
}

}  // namespace

constinit bool is_measuring_stacks = false;

void start_measuring_stacks() noexcept { is_measuring_stacks = base::debug().measures_stacks; }

void note_stack_depth(const g& ended) noexcept {
  if (!ended.is_system) note(ended.creation_pc, ended.stack);
  fiber::trim_stacks({&ended.stack, 1});
}

void report_stack_depths() {
  note_living();
  std::vector<place> places;
  std::uint64_t left_out = 0;
  {
    base::spin_guard guard(table.lock);
    for (const place& one : table.places)
      if (one.goroutines != 0) places.push_back(one);
    left_out = table.left_out;
  }
  std::sort(places.begin(), places.end(),
            [](const place& a, const place& b) { return a.deepest_bytes > b.deepest_bytes; });
  std::string text;
  for (const place& one : places) text += line(one);
  if (left_out != 0)
    text +=
        "vole: stacks: " + std::to_string(left_out) + " goroutines of further places left out\n";
  base::raw_writer() << std::string_view(text);
}

}  // namespace vole::sched
