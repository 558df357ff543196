// SPDX-License-Identifier: Apache-2.0
// The options of `vole pprof`: Go's names, Go's meanings.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "report/report.h"
#include "vole/source.h"

namespace CLI {
class App;
}

namespace vole::cli {

enum class output_format { text, tree, peek, traces, tags, raw, comments, proto, svg };

struct pprof_options {
  output_format format = output_format::text;
  std::string peek;  // the regular expression of -peek
  report::report_options report;
  fetch_options fetch;
  std::string output;              // a file; empty: standard output
  std::vector<std::string> bases;  // to be subtracted
  bool is_diff = false;            // percentages are those of the bases
  bool normalize = false;
  std::string build_id;
  std::string comment;
  std::string executable;  // the first positional, if it is a binary
  std::vector<std::string> sources;
};

// Declares the options on a CLI11 command and reads them after the parse.
class pprof_flags {
 public:
  explicit pprof_flags(CLI::App& command);

  // Throws command_error with kUsage when the options contradict each other. Warnings go to stderr.
  pprof_options read() const;

 private:
  void add_formats(CLI::App& command);
  void add_filters(CLI::App& command);
  void read_format(pprof_options& out) const;
  void read_granularity(report::granularity& out) const;
  void read_sample_index(report::report_options& out) const;
  void read_positionals(pprof_options& out) const;

  report::report_options report_;
  fetch_options fetch_;
  std::map<std::string, bool> chosen_;  // the options that are only there or not
  std::string peek_;
  std::string output_;
  std::string symbolize_;
  std::string build_id_;
  std::string comment_;
  std::vector<std::string> bases_;
  std::vector<std::string> diff_bases_;
  std::vector<std::string> positionals_;
  int node_count_ = -1;
};

}  // namespace vole::cli
