// SPDX-License-Identifier: Apache-2.0
// The parser of VOLE_DEBUG.
#include "base/debug_options.h"

#include <charconv>
#include <cstdlib>

#include "base/raw_log.h"

namespace vole::base {
namespace {

// False: `name` is unknown.
bool set_option(debug_options& options, std::string_view name, int value) noexcept {
  if (name == "fallbacks") {
    options.says_fallbacks = value != 0;
  } else if (name == "schedtrace") {
    options.schedtrace_ms = value;
  } else if (name == "scheddetail") {
    options.has_scheddetail = value != 0;
  } else if (name == "sigquit") {
    options.handles_sigquit = value != 0;
  } else if (name == "stacks") {
    options.measures_stacks = value != 0;
  } else if (name == "updatemaxprocs") {
    options.follows_machine = value != 0;
  } else {
    return false;
  }
  return true;
}

bool parse_item(debug_options& options, std::string_view item) noexcept {
  if (item == "1" || item == "0") return set_option(options, "fallbacks", item == "1" ? 1 : 0);
  const std::size_t equals = item.find('=');
  if (equals == std::string_view::npos) return false;
  const std::string_view digits = item.substr(equals + 1);
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value < 0) return false;
  return set_option(options, item.substr(0, equals), value);
}

}  // namespace

debug_options parse_debug_options(std::string_view text, std::string_view* complaint) noexcept {
  debug_options options;
  bool has_complained = complaint == nullptr;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view item = text.substr(0, comma);
    if (!item.empty() && !parse_item(options, item) && !has_complained) {
      *complaint = item;
      has_complained = true;
    }
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return options;
}

const debug_options& debug() noexcept {
  static const debug_options options = [] {
    const char* const text = std::getenv("VOLE_DEBUG");
    std::string_view complaint;
    const debug_options parsed = parse_debug_options(text != nullptr ? text : "", &complaint);
    if (!complaint.empty())
      raw_writer() << "vole: VOLE_DEBUG: not understood: " << complaint << "\n";
    return parsed;
  }();
  return options;
}

}  // namespace vole::base
