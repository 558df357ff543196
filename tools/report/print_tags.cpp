// SPDX-License-Identifier: Apache-2.0
// -tags: for each label key how much each of its values got.
#include <algorithm>
#include <array>
#include <cstdio>
#include <map>

#include "model/labels.h"
#include "report/printers.h"
#include "text/layout.h"
#include "text/units.h"
#include "text/wrap.h"

namespace vole::report {
namespace {

using values_by_text = std::map<std::string, std::int64_t>;

std::string one_decimal(const text::scaled_value& scaled) {
  std::array<char, 400> text;  // the longest double with %.1f has 311 characters
  std::snprintf(text.data(), text.size(), "%.1f", scaled.value);
  return text.data() + scaled.unit;
}

// Right-aligns the cells of consecutive rows, column by column, each one wider than its widest
// cell. A row's last cell stands as it is: this is Go's tabwriter with padding 1 and AlignRight,
// for the two shapes of row we have.
std::string align_right(const std::vector<std::vector<std::string>>& rows) {
  std::array<std::size_t, 2> widths{};
  auto cell_count = [](const std::vector<std::string>& row) { return row.size() - 1; };
  for (const auto& row : rows) {
    for (std::size_t c = 0; c < cell_count(row); ++c)
      widths[c] = std::max(widths[c], text::rune_count(row[c]) + 1);
  }
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t c = 0; c < cell_count(row); ++c) out += text::pad_left(row[c], widths[c]);
    out += row.back() + "\n";
  }
  return out;
}

std::map<std::string, values_by_text> sum_labels(const report& r) {
  const format::profile& p = r.profile();
  std::map<std::string, values_by_text> sums;
  for (const format::sample& s : p.samples) {
    const std::int64_t value = r.weigh(s).value;
    for (const format::label& l : s.labels) {
      const std::string key(p.text(l.key));
      std::string text(p.text(l.str));
      if (model::is_number(l)) {
        text = text::scaled_label(l.num, r.label_units().find(key)->second, r.options().unit);
      }
      std::int64_t& sum = sums[key][text];
      sum = text::wrap_add(sum, value);
    }
  }
  return sums;
}

}  // namespace

std::string print_tags(const report& r) {
  const std::string_view unit = r.profile().text(r.profile().sample_types[r.sample_index()].unit);
  const std::string& output_unit = r.options().unit;
  std::string out;
  for (const auto& [key, values] : sum_labels(r)) {
    std::int64_t total = 0;
    for (const auto& entry : values) total = text::wrap_add(total, entry.second);
    std::vector<std::pair<std::string, std::int64_t>> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end(), [](auto& a, auto& b) {
      const std::int64_t x = text::wrap_abs(a.second);
      const std::int64_t y = text::wrap_abs(b.second);
      if (x != y) return x > y;
      return a.first < b.first;
    });
    std::vector<std::vector<std::string>> rows;
    rows.push_back({key + ":", " Total " + one_decimal(text::scale(total, unit, output_unit))});
    for (const auto& [text, value] : sorted) {
      std::string amount = one_decimal(text::scale(value, unit, output_unit));
      if (total > 0) amount += " (" + text::percentage(value, total) + ")";
      rows.push_back({" ", amount + ":", " " + text});
    }
    out += align_right(rows) + "\n";
  }
  return out;
}

}  // namespace vole::report
