// SPDX-License-Identifier: Apache-2.0
// The end of a process whose own invariants are broken.
#include "base/check.h"

#include <cstdlib>

#include "base/raw_log.h"

namespace vole::base {

void check_failed(const char* text, const char* file, int line) noexcept {
  raw_writer out;
  out << "vole: check failed: " << text << " (" << file << ":" << line << ")\n";
  out.flush();
  std::abort();
}

}  // namespace vole::base
