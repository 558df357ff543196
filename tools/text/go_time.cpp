// SPDX-License-Identifier: Apache-2.0
// Times and durations as Go prints them.
#include "text/go_time.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace vole::text {
namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

// Rounds towards the past, so that the remainder is never negative.
std::int64_t whole_seconds(std::int64_t unix_nanos) {
  const std::int64_t seconds = unix_nanos / kNanosPerSecond;
  return unix_nanos % kNanosPerSecond < 0 ? seconds - 1 : seconds;
}

std::string print_time(std::int64_t unix_nanos, const char* format) {
  const std::time_t seconds = whole_seconds(unix_nanos);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  std::array<char, 128> text;
  return std::string(text.data(), std::strftime(text.data(), text.size(), format, &parts));
}

// ".25" for 250 of 1000; "" for a whole number.
std::string decimals(std::uint64_t fraction, std::uint64_t whole) {
  std::string digits;
  while (fraction != 0) {
    whole /= 10;
    digits += static_cast<char>('0' + fraction / whole);
    fraction %= whole;
  }
  return digits.empty() ? digits : "." + digits;
}

}  // namespace

std::string header_time(std::int64_t unix_nanos) {
  const std::time_t seconds = whole_seconds(unix_nanos);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  const int hour = parts.tm_hour % 12 == 0 ? 12 : parts.tm_hour % 12;
  std::array<char, 16> minute;
  std::snprintf(minute.data(), minute.size(), "%02d", parts.tm_min);
  return print_time(unix_nanos, "%b ") + std::to_string(parts.tm_mday) +
         print_time(unix_nanos, ", %Y at ") + std::to_string(hour) + ":" + minute.data() +
         (parts.tm_hour < 12 ? "am" : "pm") + print_time(unix_nanos, " (%Z)");
}

std::string full_time(std::int64_t unix_nanos) {
  const auto fraction =
      static_cast<std::uint64_t>(unix_nanos - whole_seconds(unix_nanos) * kNanosPerSecond);
  return print_time(unix_nanos, "%Y-%m-%d %H:%M:%S") + decimals(fraction, kNanosPerSecond) +
         print_time(unix_nanos, " %z %Z");
}

std::string duration_text(std::int64_t nanos) {
  if (nanos == 0) return "0s";
  const std::string sign = nanos < 0 ? "-" : "";
  const std::uint64_t size =
      nanos < 0 ? 0 - static_cast<std::uint64_t>(nanos) : static_cast<std::uint64_t>(nanos);
  auto with_unit = [&](std::uint64_t whole, const char* unit) {
    return sign + std::to_string(size / whole) + decimals(size % whole, whole) + unit;
  };
  if (size < 1'000) return with_unit(1, "ns");
  if (size < 1'000'000) return with_unit(1'000, "µs");
  if (size < kNanosPerSecond) return with_unit(1'000'000, "ms");
  const std::uint64_t seconds = size / kNanosPerSecond;
  std::string text = sign;
  if (seconds >= 3600) text += std::to_string(seconds / 3600) + "h";
  if (seconds >= 60) text += std::to_string(seconds / 60 % 60) + "m";
  return text + std::to_string(seconds % 60) + decimals(size % kNanosPerSecond, kNanosPerSecond) +
         "s";
}

}  // namespace vole::text
