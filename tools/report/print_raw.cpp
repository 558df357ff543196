// SPDX-License-Identifier: Apache-2.0
// The reports that show what is in the file and compute nothing: -raw, -comments, -proto.
#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>

#include "format/encode_profile.h"
#include "model/labels.h"
#include "report/printers.h"
#include "text/go_time.h"
#include "text/layout.h"
#include "text/wrap.h"

namespace vole::report {
namespace {

constexpr int kProtoGzipLevel =
    6;  // zlib's and Go's default: a saved file is read more often than written
constexpr std::size_t kDurationRunes = 4;  // Go prints the duration with %.4v, which cuts the text

std::string hex(std::uint64_t value) {
  std::array<char, 20> text;
  std::snprintf(text.data(), text.size(), "0x%" PRIx64, value);
  return text.data();
}

std::string cut_runes(const std::string& text, std::size_t count) {
  std::size_t length = text.size();
  while (text::rune_count(std::string_view(text).substr(0, length)) > count) --length;
  return text.substr(0, length);
}

// "key:[a b]" for each key of one kind, sorted as text; empty if there is none.
std::string label_line(const format::profile& p, const format::sample& s, bool numbers) {
  std::vector<std::string> keys;
  model::for_each_label_run(s.labels, [&](std::span<const format::label> run) {
    if (model::is_number(run[0]) != numbers) return;
    const bool has_units = std::any_of(run.begin(), run.end(),
                                       [](auto& l) { return l.num_unit != format::kEmptyString; });
    std::vector<std::string> values;
    for (const format::label& l : run) {
      std::string value = numbers ? std::to_string(l.num) : std::string(p.text(l.str));
      if (numbers && has_units) value += " " + std::string(p.text(l.num_unit));
      values.push_back(std::move(value));
    }
    keys.push_back(std::string(p.text(run[0].key)) + ":[" + text::join(values, " ") + "]");
  });
  if (keys.empty()) return {};
  std::sort(keys.begin(), keys.end());
  return std::string(16, ' ') + text::join(keys, " ") + "\n";
}

std::string print_sample(const format::profile& p, const format::sample& s) {
  std::string out;
  for (std::int64_t value : s.values) out += " " + text::pad_left(std::to_string(value), 10);
  out += ": ";
  for (std::uint64_t id : s.location_ids) out += std::to_string(id) + " ";
  return out + "\n" + label_line(p, s, /*numbers=*/false) + label_line(p, s, /*numbers=*/true);
}

std::string print_location(const format::profile& p, const format::location& l) {
  std::string lead = text::pad_left(std::to_string(l.id), 6) + ": " + hex(l.address) + " ";
  if (l.mapping_id != 0) lead += "M=" + std::to_string(l.mapping_id) + " ";
  if (l.is_folded) lead += "[F] ";
  if (l.lines.empty()) return lead + "\n";
  std::string out;
  for (const format::line& line : l.lines) {
    const format::function& f = p.functions[line.function_id - 1];
    out += lead + std::string(p.text(f.name)) + " " + std::string(p.text(f.filename)) + ":" +
           std::to_string(line.number) + " s=" + std::to_string(f.start_line);
    if (f.name != f.system_name) out += "(" + std::string(p.text(f.system_name)) + ")";
    out += "\n";
    lead = std::string(13, ' ');
  }
  return out;
}

std::string print_mapping(const format::profile& p, const format::mapping& m) {
  std::string out = std::to_string(m.id) + ": " + hex(m.memory_start) + "/" + hex(m.memory_limit) +
                    "/" + hex(m.file_offset) + " " + std::string(p.text(m.filename)) + " " +
                    std::string(p.text(m.build_id)) + " ";
  if (m.has_functions) out += "[FN]";
  if (m.has_filenames) out += "[FL]";
  if (m.has_line_numbers) out += "[LN]";
  if (m.has_inline_frames) out += "[IN]";
  return out + "\n";
}

}  // namespace

std::string print_raw(const format::profile& p) {
  std::string out;
  for (format::string_id comment : p.comments)
    out += "Comment: " + std::string(p.text(comment)) + "\n";
  const format::value_type period = p.period_type.value_or(format::value_type{});
  out += "PeriodType: " + std::string(p.text(period.type)) + " " +
         std::string(p.text(period.unit)) + "\n";
  out += "Period: " + std::to_string(p.period) + "\n";
  if (p.time_nanos != 0) out += "Time: " + text::full_time(p.time_nanos) + "\n";
  if (p.duration_nanos != 0) {
    out += "Duration: " + cut_runes(text::duration_text(p.duration_nanos), kDurationRunes) + "\n";
  }
  out += "Samples:\n";
  std::vector<std::string> types;
  types.reserve(p.sample_types.size());
  for (const format::value_type& type : p.sample_types) {
    types.push_back(std::string(p.text(type.type)) + "/" + std::string(p.text(type.unit)) +
                    (type.type == p.default_sample_type ? "[dflt]" : ""));
  }
  out += text::join(types, " ") + "\n";
  for (const format::sample& s : p.samples) out += print_sample(p, s);
  out += "Locations\n";
  for (const format::location& l : p.locations) out += print_location(p, l);
  out += "Mappings\n";
  for (const format::mapping& m : p.mappings) out += print_mapping(p, m);
  return out;
}

std::string print_comments(const format::profile& p) {
  std::string out;
  for (format::string_id comment : p.comments) out += std::string(p.text(comment)) + "\n";
  return out;
}

std::string print_proto(const report& r) {
  format::profile p = r.profile();
  if (const double ratio = 1 / r.options().divide_by; ratio > 0 && ratio != 1) {
    for (format::sample& s : p.samples) {
      for (std::int64_t& value : s.values) {
        value = text::truncate(static_cast<double>(value) * ratio);
      }
    }
  }
  return format::encode_profile_gzip(p, kProtoGzipLevel);
}

}  // namespace vole::report
