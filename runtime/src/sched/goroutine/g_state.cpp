// SPDX-License-Identifier: Apache-2.0
// The one gate through which a goroutine's state changes.
#include <sched.h>

#include "base/check.h"
#include "base/spin_lock.h"
#include "sched/goroutine/g.h"

namespace vole::sched {
namespace {

constexpr std::uint32_t kFrozenBit = 0x100;  // a census holds the state

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
      return to == g_state::running || to == g_state::runnable ||  // with or without a processor
             to == g_state::waiting;  // parks while it is in blocking()
  }
  return false;
}

}  // namespace

g_state state_of(const g& who) noexcept {
  // acquire: sees what the owner wrote before it entered this state
  return static_cast<g_state>(who.state_word.load(std::memory_order_acquire) & ~kFrozenBit);
}

void change_state(g& who, g_state from, g_state to) noexcept {
  VOLE_CHECK(is_allowed(from, to), "a goroutine's state change that no rule allows");
  std::uint32_t seen = static_cast<std::uint32_t>(from);
  int spins = 0;
  // acq_rel: takes the fields over from the last owner and hands them to the next
  while (!who.state_word.compare_exchange_weak(
      seen, static_cast<std::uint32_t>(to), std::memory_order_acq_rel, std::memory_order_relaxed)) {
    VOLE_CHECK((seen & ~kFrozenBit) == static_cast<std::uint32_t>(from),
               "a goroutine is not in the state that its owner left it in (readied twice?)");
    seen = static_cast<std::uint32_t>(from);
    base::cpu_relax();
    if (++spins % 64 == 0) sched_yield();  // the census may be on this very core
  }
}

bool freeze_state(g& who, std::uint64_t id, g_state& seen) noexcept {
  for (int spins = 1;; ++spins) {
    std::uint32_t now = who.state_word.load(std::memory_order_relaxed);  // relaxed: the CAS decides
    if (now == static_cast<std::uint32_t>(g_state::dead)) return false;
    if ((now & kFrozenBit) == 0 &&
        // acquire: sees the fields that the owner wrote before this state
        who.state_word.compare_exchange_weak(now, now | kFrozenBit, std::memory_order_acquire,
                                             std::memory_order_relaxed)) {
      if (who.id == id) {
        seen = static_cast<g_state>(now);
        return true;
      }
      thaw_state(who);
      return false;
    }
    base::cpu_relax();
    if (spins % 64 == 0) sched_yield();
  }
}

void thaw_state(g& who) noexcept {
  // release: pairs with the change that was waiting; the census's reads come before it
  const std::uint32_t before = who.state_word.fetch_and(~kFrozenBit, std::memory_order_release);
  VOLE_ASSERT((before & kFrozenBit) != 0);
}

}  // namespace vole::sched
