// SPDX-License-Identifier: Apache-2.0
// Reading and matching suppressions.
#include "race/report/suppress.h"

#include <charconv>
#include <fstream>
#include <vector>

#include "base/raw_log.h"
#include "race/report/options.h"

namespace vole::race {
namespace {

struct suppression_list {
  std::vector<std::string> patterns;
  std::vector<std::uint64_t> ids;
};

void read_line(std::string_view line, suppression_list& list) {
  while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
  if (line.empty() || line.front() == '#') return;
  constexpr std::string_view kRace = "race:", kId = "id:";
  if (line.starts_with(kRace)) {
    list.patterns.emplace_back(line.substr(kRace.size()));
    return;
  }
  std::uint64_t id = 0;
  const char* end = line.data() + line.size();
  if (line.starts_with(kId) && std::from_chars(line.data() + kId.size(), end, id, 16).ptr == end) {
    list.ids.push_back(id);
    return;
  }
  base::raw_writer() << "vole: suppressions: what is \"" << line << "\"?\n";
}

const suppression_list& suppressions() {
  static const suppression_list* const list = [] {
    auto* fresh = new suppression_list;
    const char* path = options().suppressions.value;
    if (*path == '\0') return fresh;
    std::ifstream file(path);
    if (!file) base::raw_writer() << "vole: suppressions: can't read " << path << "\n";
    for (std::string line; std::getline(file, line);) read_line(line, *fresh);
    return fresh;
  }();
  return *list;
}

}  // namespace

bool matches_pattern(std::string_view text, std::string_view pattern) {
  const bool is_bound_left = pattern.starts_with('^');
  if (is_bound_left) pattern.remove_prefix(1);
  const bool is_bound_right = pattern.ends_with('$');
  if (is_bound_right) pattern.remove_suffix(1);
  bool is_first = true;
  std::size_t at = 0;
  while (true) {
    const std::size_t star = pattern.find('*');
    const std::string_view piece = pattern.substr(0, star);
    const bool is_last = star == pattern.npos;
    std::size_t found = text.find(piece, at);
    if (is_last && is_bound_right) {
      if (text.size() < at + piece.size() || !text.ends_with(piece)) return false;
      found = text.size() - piece.size();
    }
    if (found == text.npos || (is_first && is_bound_left && found != 0)) return false;
    at = found + piece.size();
    if (is_last) return true;
    pattern.remove_prefix(star + 1);
    is_first = false;
  }
}

bool is_suppressed(std::uint64_t id, std::span<const std::string> functions_and_files) {
  const suppression_list& list = suppressions();
  for (const std::uint64_t known : list.ids) {
    if (known == id) return true;
  }
  for (const std::string& pattern : list.patterns) {
    for (const std::string& text : functions_and_files) {
      if (matches_pattern(text, pattern)) return true;
    }
  }
  return false;
}

}  // namespace vole::race
