// SPDX-License-Identifier: Apache-2.0
// Async-signal-safe text output.
#include "base/raw_log.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace vole::base {

raw_writer& raw_writer::operator<<(std::string_view text) {
  while (!text.empty()) {
    if (used_ == kBufferBytes) flush();
    const std::size_t room = kBufferBytes - used_;
    const std::size_t n = text.size() < room ? text.size() : room;
    std::memcpy(buffer_ + used_, text.data(), n);
    used_ += n;
    text.remove_prefix(n);
  }
  return *this;
}

raw_writer& raw_writer::operator<<(std::uint64_t value) {
  char digits[20];
  std::size_t at = sizeof digits;
  do {
    digits[--at] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  return *this << std::string_view(digits + at, sizeof digits - at);
}

raw_writer& raw_writer::operator<<(std::int64_t value) {
  if (value >= 0) return *this << static_cast<std::uint64_t>(value);
  *this << std::string_view("-");
  return *this << (~static_cast<std::uint64_t>(value) + 1);
}

raw_writer& raw_writer::hex(std::uint64_t value) {
  char digits[18];
  std::size_t at = sizeof digits;
  do {
    digits[--at] = "0123456789abcdef"[value & 15];
    value >>= 4;
  } while (value != 0);
  digits[--at] = 'x';
  digits[--at] = '0';
  return *this << std::string_view(digits + at, sizeof digits - at);
}

void raw_writer::flush() {
  const char* at = buffer_;
  while (used_ != 0) {
    const ssize_t n = ::write(fd_, at, used_);
    if (n < 0) {
      if (errno == EINTR) continue;
      break;
    }
    at += n;
    used_ -= static_cast<std::size_t>(n);
  }
  used_ = 0;
}

}  // namespace vole::base
