// SPDX-License-Identifier: Apache-2.0
// Parsing and matching suppressions.
#include "format/race_suppressions.h"

#include <algorithm>
#include <charconv>

namespace vole::format {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// The reason stands behind a # that follows a blank: names may contain one.
std::size_t reason_begin(std::string_view line) {
  for (std::size_t at = line.find('#'); at != line.npos; at = line.find('#', at + 1)) {
    if (at == 0 || kBlanks.find(line[at - 1]) != kBlanks.npos) return at;
  }
  return line.size();
}

// What is wrong with the rule; empty: nothing.
std::string parse_rule(std::string_view text, suppression& rule) {
  const std::size_t colon = text.find(':');
  const std::string_view kind = text.substr(0, colon);
  const std::string_view value = colon == text.npos ? "" : trimmed(text.substr(colon + 1));
  if (kind == "function") {
    rule.kind = suppression_kind::function;
  } else if (kind == "file") {
    rule.kind = suppression_kind::file;
  } else if (kind == "race") {
    rule.kind = suppression_kind::function_or_file;
  } else if (kind != "id" || colon == text.npos) {
    return "expected function:PATTERN, file:PATTERN, race:PATTERN or id:ID";
  }
  if (value.empty()) return "nothing follows " + std::string(kind) + ":";
  rule.pattern = value;
  if (kind != "id") return "";
  const char* end = value.data() + value.size();
  const auto [stop, failure] = std::from_chars(value.data(), end, rule.id, 16);
  if (failure != std::errc() || stop != end)
    return "an id is up to 16 hexadecimal digits, as reports print it";
  return "";
}

bool matches_any(std::span<const std::string> texts, std::string_view pattern) {
  return std::any_of(texts.begin(), texts.end(),
                     [&](const std::string& text) { return matches_pattern(text, pattern); });
}

bool names(const suppression& rule, std::uint64_t id, std::span<const std::string> functions,
           std::span<const std::string> files) {
  switch (rule.kind) {
    case suppression_kind::id:
      return rule.id == id;
    case suppression_kind::function:
      return matches_any(functions, rule.pattern);
    case suppression_kind::file:
      return matches_any(files, rule.pattern);
    case suppression_kind::function_or_file:
      return matches_any(functions, rule.pattern) || matches_any(files, rule.pattern);
  }
  return false;
}

}  // namespace

const suppression* suppression_list::match(std::uint64_t id, std::span<const std::string> functions,
                                           std::span<const std::string> files) {
  for (suppression& rule : rules) {
    if (!names(rule, id, functions, files)) continue;
    ++rule.hits;
    return &rule;
  }
  return nullptr;
}

std::vector<std::string> suppression_list::unused() const {
  std::vector<std::string> lines;
  for (const suppression& rule : rules) {
    if (rule.hits == 0)
      lines.push_back(path + ":" + std::to_string(rule.line) + ": " + rule.text +
                      " matched nothing");
  }
  return lines;
}

suppression_list parse_suppressions(std::string_view text, std::string path) {
  suppression_list list;
  list.path = std::move(path);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t reason = reason_begin(line);
    suppression rule;
    rule.text = trimmed(line.substr(0, reason));
    if (rule.text.empty()) continue;
    rule.line = number;
    if (reason < line.size()) rule.reason = trimmed(line.substr(reason + 1));
    const std::string fault = parse_rule(rule.text, rule);
    if (fault.empty()) {
      list.rules.push_back(std::move(rule));
    } else {
      list.errors.push_back(list.path + ":" + std::to_string(number) + ": \"" + rule.text +
                            "\": " + fault);
    }
  }
  return list;
}

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

}  // namespace vole::format
