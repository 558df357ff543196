// SPDX-License-Identifier: Apache-2.0
// -tree and -peek: each function with its callers above and its callees below.
#include <re2/re2.h>

#include <optional>

#include "report/printers.h"
#include "text/layout.h"
#include "text/units.h"
#include "text/wrap.h"

namespace vole::report {
namespace {

constexpr const char* kSeparator =
    "----------------------------------------------------------+-------------\n";
constexpr const char* kLegend =
    "      flat  flat%   sum%        cum   cum%   calls calls% + context \t \t \n";

// The edges of one node on one side, a line each.
std::string print_edges(const report& r, const graph_builder& builder, const graph& g,
                        const node& n, bool callers) {
  std::string out;
  for (std::uint32_t i : sorted_edges(g, builder.frames(), callers ? n.in : n.out)) {
    const edge& e = g.edges[i];
    const node& other = g.nodes[callers ? e.source : e.target];
    out += text::pad_left(r.format_value(e.amount.sum), 50) + " " +
           text::percentage(e.amount.sum, n.cum.mean()) + " |   " +
           builder.frames()[other.frame].name + (e.inlined ? " (inline)" : "") + "\n";
  }
  return out;
}

}  // namespace

base::result<std::string> print_tree(report& r, const std::string& peek) {
  std::optional<RE2> only;
  if (!peek.empty()) {
    only.emplace(peek, RE2::Quiet);
    if (!only->ok()) return base::error{"parsing argument regexp " + peek + ": " + only->error()};
  }
  const graph_builder builder = r.make_graph_builder();
  const trimmed_graph trimmed = r.build_trimmed_graph(builder);
  std::string out = text::join(r.graph_header(trimmed), "\n") + "\n" + kSeparator + kLegend;
  std::int64_t flat_sum = 0;
  bool matched = false;
  for (std::uint32_t i : trimmed.g.order) {
    const node& n = trimmed.g.nodes[i];
    const std::string& name = builder.frames()[n.frame].name;
    if (only && !RE2::PartialMatch(name, *only)) continue;
    matched = true;
    const std::int64_t flat = n.flat.mean();
    const std::int64_t cum = n.cum.mean();
    flat_sum = text::wrap_add(flat_sum, flat);
    out += kSeparator + print_edges(r, builder, trimmed.g, n, /*callers=*/true);
    out += text::pad_left(r.format_value(flat), 10) + " " + text::percentage(flat, r.total()) +
           " " + text::percentage(flat_sum, r.total()) + " " +
           text::pad_left(r.format_value(cum), 10) + " " + text::percentage(cum, r.total()) +
           "                | " + name + "\n";
    out += print_edges(r, builder, trimmed.g, n, /*callers=*/false);
  }
  if (!trimmed.g.order.empty()) out += kSeparator;
  if (only && !matched) return base::error{"no matches found for regexp: " + peek};
  return out;
}

}  // namespace vole::report
