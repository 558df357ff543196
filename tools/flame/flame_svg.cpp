// SPDX-License-Identifier: Apache-2.0
// A flame graph as one self-contained SVG file.
#include "flame/flame_svg.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "flame/flame_script.h"
#include "flame/flame_tree.h"
#include "text/layout.h"
#include "text/units.h"
#include "text/wrap.h"

namespace vole::flame {
namespace {

constexpr double kWidth = 1200;  // user units; the file scales with its window
constexpr double kMargin = 12;
constexpr double kRowHeight = 19;
constexpr double kHeaderHeight = 64;
constexpr double kFooterHeight = 34;
constexpr double kCharWidth = 6.7;    // of the 11-unit monospace font
constexpr double kLeastWidth = 0.25;  // narrower frames cannot be seen, not even zoomed by hand
constexpr std::size_t kNodesMax = 20000;

std::string number(double value) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.2f", value);
  std::string out = text.data();
  while (out.ends_with('0')) out.pop_back();
  if (out.ends_with('.')) out.pop_back();
  return out;
}

// Text for XML: escaped, control characters and bytes that are no ASCII in a broken place replaced.
std::string escape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x80) {
      const std::size_t length = text::rune_length(text.substr(i));
      out += length == 1 ? std::string("?") : std::string(text.substr(i, length));
      i += length;
      continue;
    }
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c < 0x20 || c == 0x7f ? '?' : static_cast<char>(c);
    ++i;
  }
  return out;
}

std::uint32_t hash(std::string_view text) {
  std::uint32_t value = 2166136261u;  // FNV-1a
  for (char c : text) value = (value ^ static_cast<unsigned char>(c)) * 16777619u;
  return value;
}

// A calm colour: the hue is the package's, the shade the name's. The viewer uses the same.
std::string colour_of(const frame& f) {
  if (f.package.empty()) return "hsl(40 12% 84%)";
  const auto lightness = 77 + hash(f.name) % 7;
  return "hsl(" + std::to_string(hash(f.package) % 360) + " 38% " + std::to_string(lightness) +
         "%)";
}

std::string fit(const frame& f, double width) {
  const auto room = static_cast<std::size_t>(std::max(0.0, (width - 6) / kCharWidth));
  if (text::rune_count(f.name) <= room) return f.name;
  const std::string& name = f.short_name;
  if (text::rune_count(name) <= room) return name;
  if (room < 4) return {};
  std::string out;
  for (std::size_t i = 0, runes = 0; runes + 1 < room; ++runes) {
    const std::size_t length = text::rune_length(std::string_view(name).substr(i));
    out += name.substr(i, length);
    i += length;
  }
  return out + "…";
}

struct placed {
  std::uint32_t node = 0;
  double x = 0;  // from 0 to 1
  double width = 0;
  std::uint32_t depth = 0;
};

std::vector<placed> place_nodes(const tree& t) {
  const double inner = kWidth - 2 * kMargin;
  const auto total = static_cast<double>(t.nodes[0].total);
  const auto least = text::truncate(total * kLeastWidth / inner);
  const std::vector<std::uint32_t> cut = cut_tree(t, 0, least, kNodesMax);
  std::vector<placed> out;
  std::vector<std::uint32_t> place_of_node(t.nodes.size());
  std::vector<double> next_x(t.nodes.size(), 0);  // where a node's next child begins
  for (std::uint32_t node : cut) {
    placed p{.node = node, .x = 0, .width = 1, .depth = 0};
    if (node != 0) {
      const std::uint32_t parent = t.nodes[node].parent;
      p.depth = out[place_of_node[parent]].depth + 1;
      p.width = static_cast<double>(t.nodes[node].total) / total;
      p.x = next_x[parent];
      next_x[parent] += p.width;
    }
    next_x[node] = p.x;
    place_of_node[node] = static_cast<std::uint32_t>(out.size());
    out.push_back(p);
  }
  return out;
}

std::string print_frame(const report::report& r, const tree& t, const placed& p) {
  const tree_node& n = t.nodes[p.node];
  const frame& f = t.frames[n.frame];
  const double x = kMargin + p.x * (kWidth - 2 * kMargin);
  const double y = kHeaderHeight + p.depth * kRowHeight;
  const double width = p.width * (kWidth - 2 * kMargin);
  std::string share = text::percentage(n.total, t.nodes[0].total);
  share.erase(0, share.find_first_not_of(' '));
  std::string title =
      f.name + (n.inlined ? " (inline)" : "") + "\n" + r.format_value(n.total) + ", " + share;
  if (n.self > 0) title += ", self " + r.format_value(n.self);
  std::string out = "<g class=\"f" + std::string(n.inlined ? " i" : "") + "\" data-x=\"" +
                    number(p.x * 1e6) + "\" data-w=\"" + number(p.width * 1e6) + "\" data-d=\"" +
                    std::to_string(p.depth) + "\" data-n=\"" + escape(f.name) + "\" data-s=\"" +
                    escape(f.short_name) + "\"><title>";
  const std::size_t line_end = title.find('\n');
  out += escape(title.substr(0, line_end)) + "\n" + escape(title.substr(line_end + 1));
  if (!f.file.empty()) out += "\n" + escape(f.file);
  out += "</title><rect x=\"" + number(x) + "\" y=\"" + number(y) + "\" width=\"" + number(width) +
         "\" height=\"" + number(kRowHeight - 1) + "\" rx=\"2\" fill=\"" +
         (p.node == 0 ? std::string("hsl(40 8% 90%)") : colour_of(f)) + "\"/><text x=\"" +
         number(x + 4) + "\" y=\"" + number(y + 13) + "\">" + escape(fit(f, width)) +
         "</text></g>\n";
  return out;
}

}  // namespace

std::string print_flame_svg(const report::report& r) {
  const tree t =
      build_tree(r.profile(), [&r](const format::sample& s) { return r.weigh(s).value; });
  const std::vector<placed> nodes = place_nodes(t);
  std::uint32_t depth = 0;
  for (const placed& p : nodes) depth = std::max(depth, p.depth);
  const double height = kHeaderHeight + (depth + 1) * kRowHeight + kFooterHeight;
  const std::vector<std::string> header = r.profile_header();
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n";
  out += "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + number(kWidth) + " " +
         number(height) +
         "\" font-family=\"ui-monospace, Menlo, Consolas, monospace\" font-size=\"11\">\n";
  out += kFlameStyle;
  out += "<rect width=\"100%\" height=\"100%\" fill=\"#fbfaf7\"/>\n";
  out += "<text class=\"h\" x=\"" + number(kMargin) + "\" y=\"26\">Flame graph</text>\n";
  out += "<text class=\"s\" x=\"" + number(kMargin) + "\" y=\"46\">" +
         escape(text::join(header, "  ·  ")) + "</text>\n";
  out += "<text class=\"b\" id=\"reset\" x=\"" + number(kWidth - kMargin) +
         "\" y=\"26\" text-anchor=\"end\">reset zoom</text>\n<g id=\"frames\">\n";
  for (const placed& p : nodes) out += print_frame(r, t, p);
  out += "</g>\n<text class=\"s\" id=\"details\" x=\"" + number(kMargin) + "\" y=\"" +
         number(height - 12) + "\"> </text>\n";
  out += kFlameScript;
  return out + "</svg>\n";
}

}  // namespace vole::flame
