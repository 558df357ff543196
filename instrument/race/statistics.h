// SPDX-License-Identifier: Apache-2.0
// The race pass's counters: what it instrumented, what it omitted and why.
#pragma once

#include <llvm/ADT/StringRef.h>
#include <llvm/Support/raw_ostream.h>

#include <cstdint>

namespace vole::instrument {

// One count for each line of counters.def, for one module.
struct statistics {
#define VOLE_RACE_COUNTER(NAME, MEANING) std::uint64_t NAME = 0;
#include "counters.def"

  // Writes one line per counter, zeros included: "vole-race: MODULE: COUNT NAME (MEANING)".
  void print(llvm::raw_ostream& out, llvm::StringRef module_name) const {
#define VOLE_RACE_COUNTER(NAME, MEANING) \
  out << "vole-race: " << module_name << ": " << NAME << " " #NAME " (" MEANING ")\n";
#include "counters.def"
  }
};

}  // namespace vole::instrument
