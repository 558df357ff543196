// SPDX-License-Identifier: Apache-2.0
// What VOLE_RACE asks for. Read once, early, from the environment.
#pragma once

#include <cstddef>

namespace vole::race {

inline constexpr std::size_t kOptionTextMax = 255;
inline constexpr long kOptionNumberMax = 2147483647;

struct option_values {
  using number = long;
  struct text {
    char value[kOptionTextMax + 1];
  };
#define VOLE_RACE_OPTION(type, name, default_value, meaning) type name = {default_value};
#include "race/report/options.def"
#undef VOLE_RACE_OPTION
};

// The values in force.
const option_values& options();
// Reads "name=value ..." over what is in force. An unknown name or a bad number is said on stderr
// and skipped: a diagnostic variable must not keep a program from running. Allocates nothing.
void read_options(const char* text);

}  // namespace vole::race
