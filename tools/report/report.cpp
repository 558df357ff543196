// SPDX-License-Identifier: Apache-2.0
// A report: a profile, filtered and weighed as the options say, with the numbers that all printers
// need.
#include "report/report.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <span>

#include "model/merge.h"
#include "text/go_time.h"
#include "text/units.h"
#include "text/wrap.h"

namespace vole::report {
namespace {

constexpr std::size_t kFilterTextBytesMax = 80;  // longer filters are cut in the header

// |fraction of total|, truncated towards zero as Go's conversion does.
std::int64_t fraction_of(std::int64_t total, double fraction) {
  return text::wrap_abs(text::truncate(static_cast<double>(total) * fraction));
}

// The sum of all |values|; if some samples are the base of a difference, of those alone.
std::int64_t compute_total(const format::profile& p, const report& r) {
  const auto base_key = p.strings.find(model::kDiffBaseKey);
  total all;
  total base;
  for (const format::sample& s : p.samples) {
    weight w = r.weigh(s);
    w.value = text::wrap_abs(w.value);
    all.add(w);
    const bool in_base = base_key && std::any_of(s.labels.begin(), s.labels.end(), [&](auto& l) {
                           return l.key == *base_key && p.text(l.str) == model::kDiffBaseValue;
                         });
    if (in_base) base.add(w);
  }
  return base.sum > 0 ? base.mean() : all.mean();
}

std::vector<std::string> active_filters(const model::filter_options& f) {
  std::vector<std::string> lines;
  const std::pair<const char*, const std::string&> filters[] = {
      {"focus", f.focus},         {"ignore", f.ignore},       {"hide", f.hide},
      {"show", f.show},           {"show_from", f.show_from}, {"tagfocus", f.tagfocus},
      {"tagignore", f.tagignore}, {"tagshow", f.tagshow},     {"taghide", f.taghide}};
  for (const auto& [name, value] : filters) {
    if (value.empty()) continue;
    std::string text = std::string(name) + "=" + value;
    if (text.size() > kFilterTextBytesMax) text = text.substr(0, kFilterTextBytesMax) + "…";
    if (lines.empty()) lines.emplace_back("Active filters:");
    lines.push_back("   " + text);
  }
  return lines;
}

std::string trim_left(const std::string& text) { return text.substr(text.find_first_not_of(' ')); }

}  // namespace

base::result<std::size_t> find_sample_index(const format::profile& p, const std::string& name) {
  if (p.sample_types.empty()) return base::error{"profile has no samples"};
  const std::size_t last = p.sample_types.size() - 1;
  if (name.empty()) {
    if (p.default_sample_type == format::kEmptyString) return last;
    for (std::size_t i = 0; i <= last; ++i) {
      if (p.sample_types[i].type == p.default_sample_type) return i;
    }
    return last;
  }
  long number = 0;
  const char* first = name.data() + (name[0] == '+' ? 1 : 0);
  const char* end = name.data() + name.size();
  if (const auto parsed = std::from_chars(first, end, number);
      parsed.ec == std::errc() && parsed.ptr == end) {
    if (number >= 0 && static_cast<std::size_t>(number) <= last)
      return static_cast<std::size_t>(number);
    return base::error{"sample_index " + name + " is outside the range [0.." +
                       std::to_string(last) + "]"};
  }
  const std::string_view short_name =
      name.starts_with("inuse_") ? std::string_view(name).substr(6) : std::string_view(name);
  std::string choices;
  for (std::size_t i = 0; i <= last; ++i) {
    const std::string_view type = p.text(p.sample_types[i].type);
    if (type == name || type == short_name) return i;
    choices += (i == 0 ? "" : " ") + std::string(type);
  }
  return base::error{"sample_index \"" + name + "\" must be one of: [" + choices + "]"};
}

base::result<report> report::make(format::profile p, report_options options,
                                  const warn_function& warn) {
  report r;
  r.profile_ = std::move(p);
  r.options_ = std::move(options);
  report_options& o = r.options_;
  if (!o.trim) {
    o.node_count = 0;
    o.node_fraction = 0;
    o.edge_fraction = 0;
  }
  r.label_units_ = model::number_label_units(r.profile_, warn);
  auto filter = [&] { return model::filter_profile(r.profile_, o.filters, r.label_units_, warn); };
  if (o.relative_percentages) {
    if (base::result<bool> done = filter(); !done) return done.failure();
  }
  base::result<std::size_t> index = find_sample_index(r.profile_, o.sample_index);
  if (!index) return index.failure();
  r.sample_index_ = *index;
  const format::value_type& type = r.profile_.sample_types[*index];
  r.sample_type_ = (o.mean ? "mean_" : "") + std::string(r.profile_.text(type.type));
  r.sample_unit_ = r.profile_.text(type.unit);
  r.output_unit_ = o.unit;
  if (o.divide_by == 0) return base::error{"zero divisor specified"};
  r.ratio_ = 1 / o.divide_by;
  r.total_ = compute_total(r.profile_, r);
  if (!o.relative_percentages) {
    if (base::result<bool> done = filter(); !done) return done.failure();
  }
  return r;
}

weight report::weigh(const format::sample& s) const {
  return {s.values[sample_index_], options_.mean ? s.values[0] : 0};
}

std::string report::format_value(std::int64_t value) const {
  if (ratio_ > 0 && ratio_ != 1) {
    value = text::truncate(static_cast<double>(value) * ratio_);
  }
  return text::scaled_label(value, sample_unit_, output_unit_);
}

graph_builder report::make_graph_builder() const {
  return graph_builder(profile_, options_.frames,
                       [index = sample_index_, mean = options_.mean](const format::sample& s) {
                         return weight{s.values[index], mean ? s.values[0] : 0};
                       });
}

trimmed_graph report::build_trimmed_graph(const graph_builder& builder) {
  const report_options& o = options_;
  // What to keep is a matter of the nodes alone; the edges are added once it is known.
  using parts = graph_builder::parts;
  trimmed_graph out;
  std::vector<bool> kept;  // empty: all
  out.g = builder.build(kept, o.drop_negative, parts::nodes);
  std::int64_t flat_sum = 0;
  for (std::uint32_t i : out.g.order) {
    flat_sum = text::wrap_add(flat_sum, out.g.nodes[i].flat.sum);
  }
  const std::int64_t node_cutoff = fraction_of(flat_sum, o.node_fraction);
  const std::int64_t edge_cutoff = fraction_of(flat_sum, o.edge_fraction);

  auto keep_only = [&](std::span<const std::uint32_t> nodes) {
    kept.assign(builder.frames().size(), false);
    for (std::uint32_t i : nodes) kept[out.g.nodes[i].frame] = true;
    out.g = builder.build(kept, o.drop_negative, parts::nodes);
  };
  if (node_cutoff > 0) {
    std::vector<std::uint32_t> heavy;
    for (std::uint32_t i : out.g.order) {
      if (text::wrap_abs(out.g.nodes[i].cum.sum) >= node_cutoff) heavy.push_back(i);
    }
    out.dropped_nodes = out.g.order.size() - heavy.size();
    if (out.dropped_nodes > 0) keep_only(heavy);
  }
  out.nodes_before_count = out.g.order.size();

  sort_nodes(out.g, builder.frames(), o.sort);
  const auto count = static_cast<std::size_t>(std::max(o.node_count, 0));
  if (count > 0 && count < out.g.order.size()) {
    keep_only(std::vector<std::uint32_t>(out.g.order.begin(),
                                         out.g.order.begin() + static_cast<std::ptrdiff_t>(count)));
  }
  out.g = builder.build(kept, o.drop_negative, parts::nodes_and_edges);
  sort_nodes(out.g, builder.frames(), o.sort);
  drop_light_edges(out.g, edge_cutoff);
  choose_unit(out.g);
  return out;
}

void report::choose_unit(const graph& g) {
  if (output_unit_ != "minimum" || g.order.empty()) return;
  std::int64_t least = 0;
  for (std::uint32_t i : g.order) {
    std::int64_t value = text::wrap_abs(g.nodes[i].flat.mean());
    if (value == 0) value = text::wrap_abs(g.nodes[i].cum.mean());
    if (value > 0 && (least == 0 || value < least)) least = value;
  }
  std::int64_t most = total_;
  if (least == 0) least = most;
  if (ratio_ > 0 && ratio_ != 1) {
    least = text::truncate(static_cast<double>(least) * ratio_);
    most = text::truncate(static_cast<double>(most) * ratio_);
  }
  std::string unit = text::scale(least, sample_unit_, "minimum").unit;
  // The smallest value may be shown as 0.01 if that makes the largest easier to read.
  if (unit != text::scale(most, sample_unit_, "minimum").unit &&
      text::wrap_multiply(least, 100) < most) {
    unit = text::scale(text::wrap_multiply(100, least), sample_unit_, "minimum").unit;
  }
  output_unit_ = unit.empty() ? sample_unit_ : unit;
}

std::vector<std::string> report::profile_header() const {
  const format::profile& p = profile_;
  std::vector<std::string> lines;
  if (!p.mappings.empty()) {
    const format::mapping& main_binary = p.mappings[0];
    if (main_binary.filename != format::kEmptyString) {
      lines.push_back("File: " + base_name(p.text(main_binary.filename)));
    }
    if (main_binary.build_id != format::kEmptyString) {
      lines.push_back("Build ID: " + std::string(p.text(main_binary.build_id)));
    }
  }
  for (format::string_id comment : p.comments) {
    if (!p.text(comment).starts_with('#')) lines.emplace_back(p.text(comment));
  }
  if (!sample_type_.empty()) lines.push_back("Type: " + sample_type_);
  if (p.time_nanos != 0) lines.push_back("Time: " + text::header_time(p.time_nanos));
  if (p.duration_nanos != 0) {
    const text::scaled_value nanos = text::scale(total_, sample_unit_, "nanoseconds");
    std::string ratio;
    if (nanos.unit == "ns" && nanos.value != 0) {
      ratio = "(" + text::percentage(text::truncate(nanos.value), p.duration_nanos) + ")";
    }
    lines.push_back("Duration: " + text::scaled_label(p.duration_nanos, "nanoseconds", "auto") +
                    ", Total samples = " + format_value(total_) + " " + ratio);
  }
  return lines;
}

std::vector<std::string> report::graph_header(const trimmed_graph& trimmed) const {
  std::vector<std::string> lines;
  if (!options_.compact_labels) lines = profile_header();
  for (std::string& line : active_filters(options_.filters)) lines.push_back(std::move(line));
  std::int64_t flat_sum = 0;
  for (std::uint32_t i : trimmed.g.order) {
    flat_sum = text::wrap_add(flat_sum, trimmed.g.nodes[i].flat.mean());
  }
  lines.push_back("Showing nodes accounting for " + format_value(flat_sum) + ", " +
                  trim_left(text::percentage(flat_sum, total_)) + " of " + format_value(total_) +
                  " total");
  if (total_ == 0) return lines;
  if (trimmed.dropped_nodes > 0) {
    lines.push_back("Dropped " + std::to_string(trimmed.dropped_nodes) +
                    (trimmed.dropped_nodes > 1 ? " nodes" : " node") +
                    " (cum <= " + format_value(fraction_of(total_, options_.node_fraction)) + ")");
  }
  const std::size_t shown = trimmed.g.order.size();
  if (shown > 0 && shown < trimmed.nodes_before_count) {
    lines.push_back("Showing top " + std::to_string(shown) + " nodes out of " +
                    std::to_string(trimmed.nodes_before_count));
  }
  return lines;
}

}  // namespace vole::report
