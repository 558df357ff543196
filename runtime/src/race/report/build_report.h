// SPDX-License-Identifier: Apache-2.0
// The text of a report, in the form of Go's race detector, with what it leaves out after it: what
// the memory is, and the race's id.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "race/report/race_report.h"

namespace vole::race {

struct built_report {
  std::string text;
  std::uint64_t id = 0;
  std::vector<std::string> functions_and_files;  // of both stacks, for suppressions
  // The block was given back by code that the detector does not see into (a library without
  // instrumentation, the runtime itself): what orders it may be unseen, too.
  bool is_freed_unseen = false;
};

// Allocates, takes the symbol room's lock, reads files. Needs some 100 KB of stack.
built_report build_report(const race_facts& facts);

}  // namespace vole::race
