// SPDX-License-Identifier: Apache-2.0
// One run as explore() sees it, and making a failing one's schedule simpler.
#pragma once

#include <cstdint>
#include <string>

#include "sched/sim/simulation.h"

namespace vole::exploring {

// What is run, time and again.
struct job {
  void (*body)(void* f);
  void* f;
  std::uintptr_t creation_pc;
  std::uint32_t points_max;
};

sched::run_result run_once(const job& work, sched::policy& decides);
bool has_failed(const sched::run_result& run);
std::string failure_text(const sched::run_result& run);

// A run that fails in the same way under a schedule with fewer decisions that are not the plain
// ones; `failed` itself when there is none to be found.
sched::run_result shrink(const job& work, sched::run_result failed);

}  // namespace vole::exploring
