// SPDX-License-Identifier: Apache-2.0
// A stack as names, for the tests of unwinding and symbolizing.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "symbol/symbolizer.h"

namespace symbol_test {

// The names of all frames, inlined ones included, innermost first.
inline std::vector<std::string> names_of(const std::uintptr_t* pcs, std::size_t depth) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < depth; ++i)
    for (const auto& frame : vole::symbol::symbolize(pcs[i] - 1)) names.push_back(frame.name);
  return names;
}

inline std::ptrdiff_t position(const std::vector<std::string>& names, const std::string& wanted) {
  const auto found = std::find(names.begin(), names.end(), wanted);
  return found == names.end() ? -1 : found - names.begin();
}

}  // namespace symbol_test
