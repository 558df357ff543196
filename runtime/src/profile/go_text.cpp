// SPDX-License-Identifier: Apache-2.0
// Quoting and column layout after Go's strconv and text/tabwriter.
#include "profile/go_text.h"

#include <algorithm>
#include <cstdint>

namespace vole::profile {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

// The length of the UTF-8 sequence at the start of `text`; 0 if there is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xc2 ? 0
                             : first < 0xe0 ? 2
                             : first < 0xf0 ? 3
                             : first < 0xf5 ? 4
                                            : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  if (first == 0xe0 && byte(1) < 0xa0) return 0;  // too long a form
  if (first == 0xed && byte(1) > 0x9f) return 0;  // half of a surrogate pair
  if (first == 0xf0 && byte(1) < 0x90) return 0;
  if (first == 0xf4 && byte(1) > 0x8f) return 0;
  return length;
}

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\a':
      out += "\\a";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\v':
      out += "\\v";
      return;
    default:
      break;
  }
  const auto byte = static_cast<std::uint8_t>(c);
  if (byte >= 0x20 && byte < 0x7f) {
    out += c;
    return;
  }
  out += "\\x";
  out += kHexDigits[byte >> 4];
  out += kHexDigits[byte & 15];
}

// The width in characters, as tabwriter counts.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<std::uint8_t>(c) & 0xc0) != 0x80;
  }));
}

}  // namespace

std::string go_quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length <= 1) {
      append_escaped(out, text[0]);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out + '"';
}

std::string go_quoted_if_needed(std::string_view text) {
  const auto is_simple = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_.-/").find(c) != std::string_view::npos;
  };
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_simple)) return std::string(text);
  return go_quoted(text);
}

std::string go_columns(const std::vector<std::vector<std::string>>& rows) {
  constexpr std::size_t kTab = 8;
  // width[row][column] of the padded cell: that of its run of rows.
  std::vector<std::vector<std::size_t>> widths(rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) widths[row].resize(rows[row].size());
  for (std::size_t first = 0, last; first < rows.size(); first = last) {
    last = first + 1;  // rows of one length stand or fall together: all have the same columns
    while (last < rows.size() && rows[last].size() == rows[first].size()) ++last;
    for (std::size_t column = 0; column + 1 < rows[first].size(); ++column) {
      std::size_t widest = 1;
      for (std::size_t row = first; row < last; ++row)
        widest = std::max(widest, width_of(rows[row][column]) + 1);
      for (std::size_t row = first; row < last; ++row)
        widths[row][column] = (widest + kTab - 1) / kTab * kTab;
    }
  }
  std::string out;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t column = 0; column < rows[row].size(); ++column) {
      const std::string& cell = rows[row][column];
      out += cell;
      if (column + 1 == rows[row].size()) continue;
      out.append((widths[row][column] - width_of(cell) + kTab - 1) / kTab, '\t');
    }
    out += '\n';
  }
  return out;
}

}  // namespace vole::profile
