// SPDX-License-Identifier: Apache-2.0
// Writes JSON into a string: nesting, commas and escapes, nothing else. For the runtime, which has
// no JSON library.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vole::format {

// The caller nests properly: a value after each key, an end for each begin. Text that is not UTF-8
// has its faulty bytes replaced by U+FFFD.
class json_writer {
 public:
  json_writer& begin_object() { return open('{'); }
  json_writer& end_object() { return close('}'); }
  json_writer& begin_array() { return open('['); }
  json_writer& end_array() { return close(']'); }
  json_writer& key(std::string_view name) {
    value(name);
    text_ += ':';
    needs_comma_ = false;
    return *this;
  }
  json_writer& value(std::string_view text);
  json_writer& value(const char* text) { return value(std::string_view(text)); }
  json_writer& value(std::uint64_t number) { return raw(std::to_string(number)); }
  json_writer& value(std::int64_t number) { return raw(std::to_string(number)); }
  json_writer& value(int number) { return raw(std::to_string(number)); }
  json_writer& value(bool truth) { return raw(truth ? "true" : "false"); }

  template <class T>
  json_writer& member(std::string_view name, const T& of) {
    return key(name).value(of);
  }
  // Left out when it says nothing.
  json_writer& member_unless_empty(std::string_view name, const std::string& text) {
    return text.empty() ? *this : member(name, text);
  }

  std::string take() { return std::move(text_); }

 private:
  json_writer& open(char bracket) {
    separate();
    text_ += bracket;
    needs_comma_ = false;
    return *this;
  }
  json_writer& close(char bracket) {
    text_ += bracket;
    needs_comma_ = true;
    return *this;
  }
  json_writer& raw(std::string_view text) {
    separate();
    text_ += text;
    needs_comma_ = true;
    return *this;
  }
  void separate() {
    if (needs_comma_) text_ += ',';
  }

  std::string text_;
  bool needs_comma_ = false;
};

}  // namespace vole::format
