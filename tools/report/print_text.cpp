// SPDX-License-Identifier: Apache-2.0
// -top and -text: the table of functions.
#include "report/printers.h"
#include "text/layout.h"
#include "text/units.h"
#include "text/wrap.h"

namespace vole::report {
namespace {

std::string inline_mark(const graph& g, const node& n) {
  bool inlined = false;
  bool called = false;
  for (std::uint32_t e : n.in) (g.edges[e].inlined ? inlined : called) = true;
  if (!inlined) return {};
  return called ? "(partial-inline)" : "(inline)";
}

}  // namespace

text_table make_text_table(report& r) {
  const graph_builder builder = r.make_graph_builder();
  const trimmed_graph trimmed = r.build_trimmed_graph(builder);
  text_table table{r.graph_header(trimmed), {}};
  for (std::uint32_t i : trimmed.g.order) {
    const node& n = trimmed.g.nodes[i];
    table.items.push_back(
        {builder.frames()[n.frame].name, inline_mark(trimmed.g, n), n.flat.mean(), n.cum.mean()});
  }
  return table;
}

std::string print_text(report& r) {
  const text_table table = make_text_table(r);
  std::string out = text::join(table.header, "\n") + "\n";
  out += "      flat  flat%   sum%        cum   cum%\n";
  std::int64_t flat_sum = 0;
  for (const text_item& item : table.items) {
    flat_sum = text::wrap_add(flat_sum, item.flat);
    out += text::pad_left(r.format_value(item.flat), 10) + " " +
           text::percentage(item.flat, r.total()) + " " + text::percentage(flat_sum, r.total()) +
           " " + text::pad_left(r.format_value(item.cum), 10) + " " +
           text::percentage(item.cum, r.total()) + "  " + item.name;
    if (!item.inline_mark.empty()) out += " " + item.inline_mark;
    out += "\n";
  }
  return out;
}

}  // namespace vole::report
