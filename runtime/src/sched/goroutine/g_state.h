// SPDX-License-Identifier: Apache-2.0
// The one gate through which a goroutine's state changes.
//
// A change is a store by the goroutine's one owner of the moment (see g.h), with a check that the
// state is what the owner takes it to be. A census may hold any goroutine in its state: then each
// change waits for the thaw. So that changes, which are many, pay nothing for censuses, which are
// few:
//   owner    1. is_changing = true; 2. light fence; 3. reads census_count: 0: stores the state, and
//            is_changing = false. Otherwise is_changing = false, and changes by compare-exchange,
//            which waits while the frozen bit is set
//   census   4. counts itself in census_count; 5. heavy fence; 6. waits until is_changing is false,
//            then sets the frozen bit by compare-exchange; clears it when it has looked
//   Of 3 and 6, either 3 sees the census, or 6 sees the change under way and waits for its end.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/check.h"
#include "base/thread/asymmetric_fence.h"
#include "sched/goroutine/g.h"

namespace vole::sched {

[[gnu::visibility("hidden")]] extern constinit std::atomic<int> census_count;  // censuses under way

constexpr bool is_allowed(g_state from, g_state to) {
  switch (from) {
    case g_state::dead:
      return to == g_state::runnable || to == g_state::running;  // spawned; adopted
    case g_state::runnable:
      return to == g_state::running;
    case g_state::running:
      return to != g_state::running;  // yields, parks, blocks its thread, ends
    case g_state::waiting:
      return to == g_state::runnable || to == g_state::running;  // readied; park undone (adopted)
    case g_state::syscall:
      return to == g_state::running;
  }
  return false;
}

// The slow way of change_state(), while a census is under way.
void change_state_with_census(g& who, g_state from, g_state to) noexcept;
[[noreturn]] void fail_state_check() noexcept;

inline g_state state_of(const g& who) noexcept {
  // acquire: sees what the owner wrote before it entered this state
  return static_cast<g_state>(who.state_word.load(std::memory_order_acquire) & ~kFrozenBit);
}

// By the owner of `who`, who takes its plain fields over from the last one and hands them on.
inline void change_state(g& who, g_state from, g_state to) noexcept {
  VOLE_ASSERT(is_allowed(from, to));
  who.is_changing.store(true, std::memory_order_relaxed);  // relaxed: step 2 orders it
  base::light_fence();
  if (census_count.load(std::memory_order_relaxed) != 0) [[unlikely]] {  // relaxed: step 2
    who.is_changing.store(false, std::memory_order_release);  // release: for symmetry; no change
    change_state_with_census(who, from, to);
    return;
  }
  // acquire: the last owner's fields. Release: ours for the next.
  if (who.state_word.load(std::memory_order_acquire) != static_cast<std::uint32_t>(from))
      [[unlikely]]
    fail_state_check();
  who.state_word.store(static_cast<std::uint32_t>(to), std::memory_order_release);
  who.is_changing.store(false, std::memory_order_release);  // release: step 6 sees the new state
}

// While one lives, goroutines can be frozen (steps 4 and 5).
class census_scope {
 public:
  census_scope() noexcept;
  ~census_scope();
  census_scope(const census_scope&) = delete;
  census_scope& operator=(const census_scope&) = delete;
};

// Step 6, within a census_scope. Holds a living goroutine with this id in its state; false when
// there is none in this record.
bool freeze_state(g& who, std::uint64_t id, g_state& seen) noexcept;
void thaw_state(g& who) noexcept;

}  // namespace vole::sched
