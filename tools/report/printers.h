// SPDX-License-Identifier: Apache-2.0
// The forms that a report takes on the way out, each one a function from a report to bytes.
//
// The texts are those of `go tool pprof` of Go 1.19 to the byte; the differential tests compare the
// two. The flame graph is our own.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "report/report.h"

namespace vole::report {

// A line of the table of functions.
struct text_item {
  std::string name;
  std::string inline_mark;  // "(inline)", "(partial-inline)" or empty
  std::int64_t flat = 0;
  std::int64_t cum = 0;
};
struct text_table {
  std::vector<std::string> header;
  std::vector<text_item> items;
};
text_table make_text_table(report& r);

std::string print_text(report& r);                // -top, -text: the table of functions
std::string print_traces(report& r);              // -traces: each sample with its labels and stack
std::string print_raw(const format::profile& p);  // -raw: everything that the file holds
std::string print_comments(const format::profile& p);  // -comments
std::string print_proto(const report& r);              // -proto: the profile as a gzip'd file
std::string print_tags(
    const report& r);  // -tags: for each label key how much each of its values got

// -tree, and with a regular expression -peek: each function with its callers above and its callees
// below. Fails if `peek` does not compile or matches nothing.
base::result<std::string> print_tree(report& r, const std::string& peek = {});

}  // namespace vole::report
