// SPDX-License-Identifier: Apache-2.0
// Units of sample values, and numbers as text.
#include "text/units.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <optional>
#include <span>

namespace vole::text {
namespace {

struct unit {
  const char* name;
  std::array<const char*, 3> aliases;  // lower case, singular; nullptr where there is none
  double factor;                       // in terms of the dimension's base unit
};

struct dimension {
  std::span<const unit> units;
  unit fallback;  // what a value is shown in when the wish cannot be met
};

constexpr double kKilo = 1024.0;
constexpr std::array<unit, 6> kMemory = {{
    {"B", {"b", "byte", nullptr}, 1},
    {"kB", {"kb", "kbyte", "kilobyte"}, kKilo},
    {"MB", {"mb", "mbyte", "megabyte"}, kKilo* kKilo},
    {"GB", {"gb", "gbyte", "gigabyte"}, kKilo* kKilo* kKilo},
    {"TB", {"tb", "tbyte", "terabyte"}, kKilo* kKilo* kKilo* kKilo},
    {"PB", {"pb", "pbyte", "petabyte"}, kKilo* kKilo* kKilo* kKilo* kKilo},
}};
constexpr std::array<unit, 5> kTime = {{
    {"ns", {"ns", "nanosecond", nullptr}, 1},
    {"us",
     {"\xce\xbcs", "us", "microsecond"},
     1e3},  // the first alias is the Greek letter mu with an s
    {"ms", {"ms", "millisecond", nullptr}, 1e6},
    {"s", {"s", "sec", "second"}, 1e9},
    {"hrs", {"hour", "hr", nullptr}, 3600e9},
}};
constexpr std::array<unit, 9> kGcu = {{
    {"n*GCU", {"nanogcu", nullptr, nullptr}, 1e-9},
    {"u*GCU", {"microgcu", nullptr, nullptr}, 1e-6},
    {"m*GCU", {"milligcu", nullptr, nullptr}, 1e-3},
    {"GCU", {"gcu", nullptr, nullptr}, 1},
    {"k*GCU", {"kilogcu", nullptr, nullptr}, 1e3},
    {"M*GCU", {"megagcu", nullptr, nullptr}, 1e6},
    {"G*GCU", {"gigagcu", nullptr, nullptr}, 1e9},
    {"T*GCU", {"teragcu", nullptr, nullptr}, 1e12},
    {"P*GCU", {"petagcu", nullptr, nullptr}, 1e15},
}};
constexpr std::array<dimension, 3> kDimensions = {{
    {kMemory, kMemory[0]},
    {kTime, kTime[3]},
    {kGcu, kGcu[3]},
}};

const unit* find_unit(const dimension& d, std::string_view name) {
  std::string lower(name);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (lower.size() > 2 && lower.back() == 's') lower.pop_back();
  for (const unit& u : d.units) {
    for (const char* alias : u.aliases) {
      if (alias != nullptr && lower == alias) return &u;
    }
  }
  return nullptr;
}

bool is_automatic(std::string_view unit_name) {
  return unit_name == "minimum" || unit_name == "auto";
}

// The largest unit in which the value is 1 or more; the fallback if there is none.
scaled_value choose_unit(const dimension& d, double value) {
  const unit* best = nullptr;
  for (const unit& u : d.units) {
    if ((best == nullptr || u.factor >= best->factor) && value / u.factor >= 1.0) best = &u;
  }
  if (best == nullptr) best = &d.fallback;
  return {value / best->factor, best->name};
}

std::optional<scaled_value> convert(const dimension& d, std::int64_t value, std::string_view from,
                                    std::string_view to) {
  const unit* source = find_unit(d, from);
  if (source == nullptr) return std::nullopt;
  const double base_value = static_cast<double>(value) * source->factor;
  if (is_automatic(to)) return choose_unit(d, base_value);
  const unit* target = find_unit(d, to);
  if (target == nullptr) target = &d.fallback;
  return scaled_value{base_value / target->factor, target->name};
}

std::string print(const char* format, double value) {
  std::array<char, 400> text;  // the longest double with %.2f has 312 characters
  const int length = std::snprintf(text.data(), text.size(), format, value);
  return std::string(text.data(), static_cast<std::size_t>(length));
}

}  // namespace

scaled_value scale(std::int64_t value, std::string_view from, std::string_view to) {
  if (value < 0 && value != INT64_MIN) {
    scaled_value positive = scale(-value, from, to);
    return {-positive.value, std::move(positive.unit)};
  }
  for (const dimension& d : kDimensions) {
    if (std::optional<scaled_value> found = convert(d, value, from, to)) return *std::move(found);
  }
  const bool dull = to == "count" || to == "sample" || to == "unit" || is_automatic(to);
  return {static_cast<double>(value), dull ? std::string() : std::string(to)};
}

bool same_dimension(std::string_view unit_name, std::string_view other) {
  for (const dimension& d : kDimensions) {
    if (find_unit(d, unit_name) != nullptr && find_unit(d, other) != nullptr) return true;
  }
  return false;
}

std::string scaled_label(std::int64_t value, std::string_view from, std::string_view to) {
  const scaled_value scaled = scale(value, from, to);
  std::string text = print("%.2f", scaled.value);
  if (text.ends_with(".00")) text.resize(text.size() - 3);
  if (text == "0" || text == "-0") return "0";
  return text + scaled.unit;
}

std::string percentage(std::int64_t value, std::int64_t total) {
  double ratio = 0;
  if (total != 0) ratio = std::abs(static_cast<double>(value) / static_cast<double>(total)) * 100;
  if (ratio >= 99.95 && ratio <= 100.05) return "  100%";
  if (ratio >= 1.0) return print("%5.2f%%", ratio);
  return print("%5.2g%%", ratio);
}

}  // namespace vole::text
