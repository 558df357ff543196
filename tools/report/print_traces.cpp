// SPDX-License-Identifier: Apache-2.0
// -traces: each sample with its labels and its stack.
#include <algorithm>

#include "model/labels.h"
#include "report/printers.h"
#include "text/layout.h"
#include "text/units.h"
#include "text/wrap.h"

namespace vole::report {
namespace {

constexpr const char* kSeparator =
    "-----------+-------------------------------------------------------\n";

// The labels of one kind, a line for each key, sorted as text.
std::string print_labels(const report& r, const format::sample& s, bool numbers) {
  const format::profile& p = r.profile();
  std::vector<std::string> lines;
  model::for_each_label_run(s.labels, [&](std::span<const format::label> run) {
    if (model::is_number(run[0]) != numbers) return;
    const std::string key(p.text(run[0].key));
    const auto unit = r.label_units().find(key);
    std::vector<std::string> values;
    for (const format::label& l : run) {
      values.push_back(numbers ? text::scaled_label(l.num, unit->second, "auto")
                               : std::string(p.text(l.str)));
    }
    lines.push_back(text::pad_left(key, 10) + ":  " + text::join(values, " ") + "\n");
  });
  std::sort(lines.begin(), lines.end());
  return text::join(lines, "");
}

}  // namespace

std::string print_traces(report& r) {
  const format::profile& p = r.profile();
  std::vector<std::vector<std::string>> names(p.locations.size());
  const auto frames = frames_of_locations(p, r.options().frames, /*trim_paths=*/false);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    for (std::size_t n = 0; n < frames[i].size(); ++n) {
      const bool inlined = n + 1 != frames[i].size();
      names[i].push_back(frames[i][n].printable_name() + (inlined ? " (inline)\n" : "\n"));
    }
  }
  std::string out = text::join(r.profile_header(), "\n") + "\n";
  for (const format::sample& s : p.samples) {
    if (s.location_ids.empty()) continue;
    out += kSeparator;
    out += print_labels(r, s, /*numbers=*/false);
    out += print_labels(r, s, /*numbers=*/true);
    const weight w = r.weigh(s);
    std::string value =
        r.format_value(w.divisor == 0 ? w.value : text::wrap_divide(w.value, w.divisor));
    for (std::uint64_t id : s.location_ids) {
      for (const std::string& name : names[id - 1]) {
        out += text::pad_left(value, 10) + "   " + name;
        value.clear();
      }
    }
  }
  return out + kSeparator;
}

}  // namespace vole::report
