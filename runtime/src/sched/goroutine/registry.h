// SPDX-License-Identifier: Apache-2.0
// All goroutine records: making, finishing and finding them.
//
// The record of a goroutine lies at the high end of its stack's slot, so that a parked goroutine
// costs one page. Ended ones wait with their stack for the next: first in the cache of the
// processor where they ended, then in the registry; beyond kIdleMax their slots go back to the pool
// of stacks. A slot is never unmapped: who looks at a record too late finds zeros, which is a dead
// goroutine.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sched/goroutine/g.h"
#include "sched/goroutine/g_cache.h"

namespace vole::sched {

// A dead record with a new id and a stack of at least `stack_bytes` (0: the default); null when
// there is no memory for one. `mine`: the caller's processor's cache, or null.
g* new_g(g_cache* mine, std::size_t stack_bytes);

// A dead record without a stack, for a thread: with a new id, or as goroutine 1 when `is_main`.
g& new_adopted_g(bool is_main = false);

// `made` is a user goroutine and about to start: counts it in.
void count_created(g_cache* mine) noexcept;

// `done` was running and has ended, and nobody is on its stack: counts it out (but for the
// runtime's own) and keeps or gives back its record and its stack.
void retire_g(g_cache* mine, g& done);

// Gives back the memory of idle goroutines' stacks, but for the pages that the next ones touch in
// any case: a deep recursion must not hold its pages for ever. For the monitor, once in a while.
void trim_idle_stacks() noexcept;

// So many user goroutines are alive, but are not to be counted any more.
void count_out(std::size_t goroutines) noexcept;

// User goroutines at one moment; too many, never too few, if they start and end too fast to count.
std::size_t count_goroutines() noexcept;

void set_name(g& who, std::string_view name);

// Records that were alive at one moment, in rising id. Their state may change at once.
struct g_reference {
  std::uint64_t id = 0;
  g* record = nullptr;
};
std::vector<g_reference> living_goroutines();

}  // namespace vole::sched
