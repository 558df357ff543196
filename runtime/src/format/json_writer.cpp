// SPDX-License-Identifier: Apache-2.0
// Strings in JSON (RFC 8259, section 7).
#include "format/json_writer.h"

#include <cstddef>

namespace vole::format {
namespace {

// The length of the well-formed UTF-8 sequence at the start of `text`; 0: there is none (RFC 3629).
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const bool is_overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
  const bool is_surrogate = first == 0xed && byte(1) > 0x9f;
  const bool is_too_large = first == 0xf4 && byte(1) > 0x8f;
  return is_overlong || is_surrogate || is_too_large ? 0 : length;
}

void append_escaped(std::string& to, unsigned char c) {
  constexpr char kDigits[] = "0123456789abcdef";
  switch (c) {
    case '"':
      to += "\\\"";
      return;
    case '\\':
      to += "\\\\";
      return;
    case '\n':
      to += "\\n";
      return;
    case '\t':
      to += "\\t";
      return;
    default:
      break;
  }
  if (c >= 0x20) {
    to += static_cast<char>(c);
  } else {
    to += "\\u00";
    to += kDigits[c >> 4];
    to += kDigits[c & 15];
  }
}

}  // namespace

json_writer& json_writer::value(std::string_view text) {
  separate();
  text_ += '"';
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 1) {
      append_escaped(text_, static_cast<unsigned char>(text.front()));
    } else if (length == 0) {
      text_ += "\xef\xbf\xbd";
    } else {
      text_ += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  text_ += '"';
  needs_comma_ = true;
  return *this;
}

}  // namespace vole::format
