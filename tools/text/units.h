// SPDX-License-Identifier: Apache-2.0
// Units of sample values, and numbers as text: what `10ms`, `1.50MB` and ` 3.25%` stand for.
//
// Pure functions. Every result is what google/pprof's internal/measurement gives for the same
// input, which the differential tests hold us to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vole::text {

struct scaled_value {
  double value;
  std::string unit;  // empty for units not worth a word, such as "count"
};

// `value` of unit `from` in unit `to`. `to` may be "minimum" or "auto": the largest unit in which
// the value is at least 1. A unit that is not known is kept as it is.
scaled_value scale(std::int64_t value, std::string_view from, std::string_view to);

// True if both units measure the same kind of thing (time, memory, GCU).
bool same_dimension(std::string_view unit, std::string_view other);

// The scaled value with at most two decimals and its unit: "1.10s", "512kB", "0".
std::string scaled_label(std::int64_t value, std::string_view from, std::string_view to);

// The share of |value| in `total`, always at least six characters wide: "12.34%", "  100%", "
// 0.12%".
std::string percentage(std::int64_t value, std::int64_t total);

}  // namespace vole::text
