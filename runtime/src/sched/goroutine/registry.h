// SPDX-License-Identifier: Apache-2.0
// All goroutine records: making, finishing and finding them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sched/goroutine/g.h"

namespace vole::sched {

// A dead record to fill: with a new id, or as goroutine 1 when `is_main`. Takes the registry lock.
g& new_g(bool is_main = false);

// `done` was running and has ended: counts it out, gives its stack and its record back.
void retire_g(g& done);

void set_name(g& who, std::string_view name);

// Records that were alive at one moment, in rising id. Their state may change at once.
struct g_reference {
  std::uint64_t id = 0;
  g* record = nullptr;
};
std::vector<g_reference> living_goroutines();

}  // namespace vole::sched
