// SPDX-License-Identifier: Apache-2.0
// Integer arithmetic as Go has it on x86-64: sums wrap around, conversions never trap.
//
// Sample values come from files. Where C++ leaves an overflow undefined, a damaged file must still
// give some number, and the same one that Go gives.
#pragma once

#include <cstdint>

namespace vole::text {

constexpr std::int64_t wrap_add(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}
constexpr std::int64_t wrap_multiply(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}
// The least value is its own magnitude.
constexpr std::int64_t wrap_abs(std::int64_t value) {
  return value < 0 ? static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(value)) : value;
}
// Division whose only overflow, the least value by -1, wraps. `divisor` is not 0.
constexpr std::int64_t wrap_divide(std::int64_t value, std::int64_t divisor) {
  return divisor == -1 ? static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(value))
                       : value / divisor;
}
// Towards zero; the least value for what does not fit.
constexpr std::int64_t truncate(double value) {
  constexpr double kLimit = 9223372036854775808.0;  // 2^63
  return value >= -kLimit && value < kLimit ? static_cast<std::int64_t>(value) : INT64_MIN;
}

}  // namespace vole::text
