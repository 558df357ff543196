// SPDX-License-Identifier: Apache-2.0
// From the facts of a race to the report as data: names for its addresses, its goroutines, its
// memory, and its id.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "format/race_report.h"
#include "race/describe/actors.h"
#include "race/report/race_report.h"

namespace vole::race {

struct built_report {
  format::race_report report;
  // Of both stacks, for suppressions.
  std::vector<std::string> functions, files;
  // What makes it another report than one with the same id: the lines.
  std::uint64_t place_hash = 0;
  // The block was given back by code that the detector does not see into (a library without
  // instrumentation, the runtime itself): what orders it may be unseen, too.
  bool is_freed_unseen = false;
};

inline constexpr std::size_t kLockFramesShown = 3;  // of where a lock was locked

// What every report has: its goroutines with their creators, the process, the program.
void finish_report(format::race_report& report, actor_list& actors);
// What suppressions look at.
void collect_names(const format::race_report& report, built_report& to);

// Allocates, takes the symbol room's lock, reads files. Needs some 100 KB of stack. `own_frame`: a
// frame address on the reporting goroutine's stack.
built_report build_report(const race_facts& facts, const live_goroutines& living,
                          std::uintptr_t own_frame);

}  // namespace vole::race
