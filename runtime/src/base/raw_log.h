// SPDX-License-Identifier: Apache-2.0
// Text on stderr where the heap and stdio can't be trusted: in signal handlers, on foreign stacks,
// while dying. Async-signal-safe: a fixed buffer and write(2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace vole::base {

class raw_writer {
 public:
  explicit raw_writer(int fd = 2) : fd_(fd) {}
  ~raw_writer() { flush(); }
  raw_writer(const raw_writer&) = delete;
  raw_writer& operator=(const raw_writer&) = delete;

  raw_writer& operator<<(std::string_view text);
  raw_writer& operator<<(const char* text) { return *this << std::string_view(text); }
  raw_writer& operator<<(std::uint64_t value);
  raw_writer& operator<<(std::int64_t value);
  raw_writer& operator<<(int value) { return *this << static_cast<std::int64_t>(value); }
  raw_writer& hex(std::uint64_t value);  // with the leading 0x
  void flush();  // writes what is buffered; retries on EINTR, gives up on other errors

 private:
  static constexpr std::size_t kBufferBytes = 512;
  int fd_;
  std::size_t used_ = 0;
  char buffer_[kBufferBytes];
};

}  // namespace vole::base
