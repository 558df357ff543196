// SPDX-License-Identifier: Apache-2.0
// The race pass's counters: what it instrumented, what it omitted and why.
#pragma once

#include <cstdint>

namespace llvm {
class raw_ostream;
class StringRef;
}  // namespace llvm

namespace vole::instrument {

// One count for each line of counters.def, for one module.
struct statistics {
#define VOLE_RACE_COUNTER(NAME, MEANING) std::uint64_t NAME = 0;
#include "counters.def"

  // Writes one line per counter, zeros included: "vole-race: MODULE: COUNT NAME (MEANING)".
  void print(llvm::raw_ostream& out, llvm::StringRef module_name) const;
};

}  // namespace vole::instrument
