// SPDX-License-Identifier: Apache-2.0
// Parsing VOLE_RACE.
#include "race/report/options.h"

#include <charconv>
#include <cstring>
#include <string_view>

#include "base/raw_log.h"

namespace vole::race {
namespace {

constinit option_values in_force;

// What keeps the value from being taken; null: nothing.
using fault = const char*;

fault assign(option_values::number& to, std::string_view value) {
  long parsed = 0;
  const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), parsed);
  if (failure != std::errc() || end != value.data() + value.size() || parsed < 0 ||
      parsed > kOptionNumberMax)
    return "its value must be a number from 0 to 2147483647";
  to = parsed;
  return nullptr;
}

fault assign(option_values::text& to, std::string_view value) {
  if (value.size() > kOptionTextMax) return "its value is longer than 255 bytes";
  std::memcpy(to.value, value.data(), value.size());
  to.value[value.size()] = '\0';
  return nullptr;
}

fault assign(std::string_view name, std::string_view value) {
#define VOLE_RACE_OPTION(type, option, default_value, meaning) \
  if (name == #option) return assign(in_force.option, value);
#include "race/report/options.def"
#undef VOLE_RACE_OPTION
  return "there is no such option; docs/RACE_DETECTOR.md lists them";
}

}  // namespace

const option_values& options() { return in_force; }

void read_options(const char* text) {
  std::string_view rest = text == nullptr ? "" : text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const std::string_view item = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (item.empty()) continue;
    const std::size_t equals = item.find('=');
    const fault why = equals == item.npos ? "expected name=value"
                                          : assign(item.substr(0, equals), item.substr(equals + 1));
    if (why != nullptr)
      base::raw_writer() << "vole: VOLE_RACE: \"" << item << "\" is left out: " << why << "\n";
  }
}

}  // namespace vole::race
