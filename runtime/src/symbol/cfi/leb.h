// SPDX-License-Identifier: Apache-2.0
// Reads DWARF's byte stream: fixed-size numbers and LEB128. Async-signal-safe; trusts its input,
// which is the table of a module that the dynamic linker has mapped.
#pragma once

#include <cstdint>
#include <cstring>

namespace vole::symbol {

struct byte_reader {
  const std::uint8_t* at;

  std::uint8_t byte() noexcept { return *at++; }

  template <class T>
  T fixed() noexcept {
    T value;
    std::memcpy(&value, at, sizeof value);
    at += sizeof value;
    return value;
  }

  std::uint64_t uleb() noexcept {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const std::uint8_t part = *at++;
      if (shift < 64) value |= static_cast<std::uint64_t>(part & 0x7f) << shift;
      if ((part & 0x80) == 0) return value;
    }
  }

  std::int64_t sleb() noexcept {
    std::uint64_t value = 0;
    for (unsigned shift = 0;;) {
      const std::uint8_t part = *at++;
      if (shift < 64) value |= static_cast<std::uint64_t>(part & 0x7f) << shift;
      shift += 7;
      if ((part & 0x80) != 0) continue;
      if (shift < 64 && (part & 0x40) != 0) value |= ~std::uint64_t{0} << shift;
      return static_cast<std::int64_t>(value);
    }
  }
};

}  // namespace vole::symbol
