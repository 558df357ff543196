// SPDX-License-Identifier: Apache-2.0
// Prints the race pass's counters.
#include "statistics.h"

#include <llvm/ADT/StringRef.h>
#include <llvm/Support/raw_ostream.h>

namespace vole::instrument {

void statistics::print(llvm::raw_ostream& out, llvm::StringRef module_name) const {
#define VOLE_RACE_COUNTER(NAME, MEANING) \
  out << "vole-race: " << module_name << ": " << NAME << " " #NAME " (" MEANING ")\n";
#include "counters.def"
}

}  // namespace vole::instrument
