// SPDX-License-Identifier: Apache-2.0
// Changes of state while a census is under way, and the census's side.
#include "sched/goroutine/g_state.h"

#include <sched.h>

#include "base/spin_lock.h"

namespace vole::sched {
namespace {

// The other side may be on this very core.
void pause(int& spins) {
  base::cpu_relax();
  if (++spins % 64 == 0) sched_yield();
}

}  // namespace

constinit std::atomic<int> census_count{0};

[[gnu::noinline]] void fail_state_check() noexcept {
  VOLE_CHECK(false, "a goroutine is not in the state that its owner left it in (readied twice?)");
}

[[gnu::noinline]] void change_state_with_census(g& who, g_state from, g_state to) noexcept {
  std::uint32_t seen = static_cast<std::uint32_t>(from);
  int spins = 0;
  // acq_rel: takes the fields over from the last owner and hands them to the next
  while (!who.state_word.compare_exchange_weak(
      seen, static_cast<std::uint32_t>(to), std::memory_order_acq_rel, std::memory_order_relaxed)) {
    if ((seen & ~kFrozenBit) != static_cast<std::uint32_t>(from)) fail_state_check();
    seen = static_cast<std::uint32_t>(from);
    pause(spins);
  }
}

census_scope::census_scope() noexcept {
  census_count.fetch_add(1, std::memory_order_relaxed);  // relaxed: the fence orders it
  base::heavy_fence();
}

census_scope::~census_scope() {
  census_count.fetch_sub(1, std::memory_order_release);  // release: after the last thaw
}

bool freeze_state(g& who, std::uint64_t id, g_state& seen) noexcept {
  VOLE_ASSERT(census_count.load(std::memory_order_relaxed) > 0);  // relaxed: our own is in it
  for (int spins = 0;; pause(spins)) {
    // acquire: sees the state that the change has led to
    if (who.is_changing.load(std::memory_order_acquire)) continue;
    std::uint32_t now = who.state_word.load(std::memory_order_relaxed);  // relaxed: the CAS decides
    if (now == static_cast<std::uint32_t>(g_state::dead)) return false;
    if ((now & kFrozenBit) != 0) continue;  // another census
    // acquire: sees the fields that the owner wrote before this state
    if (!who.state_word.compare_exchange_weak(now, now | kFrozenBit, std::memory_order_acquire,
                                              std::memory_order_relaxed))
      continue;
    if (who.id == id) {
      seen = static_cast<g_state>(now);
      return true;
    }
    thaw_state(who);
    return false;
  }
}

void thaw_state(g& who) noexcept {
  // release: pairs with the change that was waiting; the census's reads come before it
  const std::uint32_t before = who.state_word.fetch_and(~kFrozenBit, std::memory_order_release);
  VOLE_ASSERT((before & kFrozenBit) != 0);
}

}  // namespace vole::sched
