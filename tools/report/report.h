// SPDX-License-Identifier: Apache-2.0
// A report: a profile, filtered and weighed as the options say, with the numbers that all printers
// need.
//
// The steps of make_report have the order that google/pprof gives them, because it shows: the total
// is taken before the filters unless percentages are to be relative, and the graph is rebuilt from
// the samples after each trim.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "format/profile.h"
#include "model/filter.h"
#include "report/graph.h"

namespace vole::report {

struct report_options {
  std::string sample_index;  // a number or a type's name; empty: the profile's default
  bool mean = false;         // divide by the first sample type
  std::string unit = "minimum";
  double divide_by = 1;
  sort_key sort = sort_key::flat;
  granularity frames;
  int node_count = 0;  // 0: all
  double node_fraction = 0.005;
  double edge_fraction = 0.001;
  bool trim = true;  // false: no node count and no fractions
  bool drop_negative = false;
  bool compact_labels = false;
  bool relative_percentages = false;
  model::filter_options filters;
};

struct trimmed_graph {
  graph g;
  std::size_t dropped_nodes = 0;  // below the node fraction
  std::size_t nodes_before_count = 0;
};

class report {
 public:
  using warn_function = std::function<void(const std::string&)>;

  // Filters and weighs a profile in normal form. `warn` gets what a person should know but what
  // stops nothing. Fails on a bad option value: an unknown sample type, a bad regular expression, a
  // zero divisor.
  static base::result<report> make(format::profile p, report_options options,
                                   const warn_function& warn);

  const format::profile& profile() const { return profile_; }
  const report_options& options() const { return options_; }
  const model::unit_of_key& label_units() const { return label_units_; }
  std::int64_t total() const { return total_; }
  std::size_t sample_index() const { return sample_index_; }

  weight weigh(const format::sample& s) const;
  // A value in the report's unit, as text.
  std::string format_value(std::int64_t value) const;

  // The graph, without what node_fraction, node_count and edge_fraction take away, sorted. Chooses
  // the report's unit by its values if none was asked for: format_value gives other texts before
  // than after.
  trimmed_graph build_trimmed_graph(const graph_builder& builder);
  graph_builder make_graph_builder() const;

  // The lines above a report: file, type, time, duration.
  std::vector<std::string> profile_header() const;
  // profile_header, and what the graph shows and leaves out.
  std::vector<std::string> graph_header(const trimmed_graph& trimmed) const;

 private:
  void choose_unit(const graph& g);

  format::profile profile_;
  report_options options_;
  model::unit_of_key label_units_;
  std::size_t sample_index_ = 0;
  std::string sample_type_;
  std::string sample_unit_;
  std::string output_unit_;
  double ratio_ = 1;
  std::int64_t total_ = 0;
};

// The place of the sample type that `name` means: a number, a type, or for "" the default. Fails
// with the choices.
base::result<std::size_t> find_sample_index(const format::profile& p, const std::string& name);

}  // namespace vole::report
