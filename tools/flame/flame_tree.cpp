// SPDX-License-Identifier: Apache-2.0
// The call tree that a flame graph draws: a node for each distinct path from the root.
#include "flame/flame_tree.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "report/frame.h"
#include "text/wrap.h"

namespace vole::flame {
namespace {

using place_lists = std::vector<std::vector<std::uint32_t>>;

// Fills `frames`; returns the places of each location's frames in it, innermost first.
place_lists collect_frames(const format::profile& p, std::vector<frame>& frames) {
  constexpr report::granularity kFunctionsAndFiles{.files = true};
  auto infos = report::frames_of_locations(p, kFunctionsAndFiles, /*trim_paths=*/true);
  std::map<std::pair<std::string, std::string>, std::uint32_t> known;
  place_lists places(infos.size());
  for (std::size_t i = 0; i < infos.size(); ++i) {
    for (report::frame_info& info : infos[i]) {
      const bool has_name = !info.name.empty();
      if (!has_name) info.address = p.locations[i].address;
      std::string name = has_name ? info.name : info.printable_name();
      const auto [entry, is_new] =
          known.emplace(std::pair(name, info.file), static_cast<std::uint32_t>(frames.size()));
      if (is_new) {
        std::string package = has_name ? package_of(name) : report::base_name(info.object_file);
        std::string short_name = has_name ? short_name_of(name) : name;
        frames.push_back(
            {std::move(name), std::move(info.file), std::move(short_name), std::move(package)});
      }
      places[i].push_back(entry->second);
    }
  }
  return places;
}

// The length of the bracketed group that `text` begins with, its end included; all of it if it
// never closes.
std::size_t group_length(std::string_view text, char open, char close) {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == open) ++depth;
    const bool is_arrow = i > 0 && text[i] == '>' && text[i - 1] == '-';
    if (text[i] == close && !is_arrow && --depth == 0) return i + 1;
  }
  return text.size();
}

// A C++ name without parameters, template arguments and return type. A name within a function, such
// as a lambda's, keeps what comes after the function's parameters. "(anonymous namespace)" and
// operators are parts of a name.
std::string plain_name(std::string_view name) {
  constexpr std::string_view kWhole[] = {
      "(anonymous namespace)", "operator()", "operator<=>", "operator<<", "operator<=", "operator<",
      "operator->*",           "operator->", "operator>"};
  std::string out;
  for (std::size_t i = 0; i < name.size();) {
    const std::string_view rest = name.substr(i);
    const auto* whole = std::find_if(std::begin(kWhole), std::end(kWhole),
                                     [&](std::string_view w) { return rest.starts_with(w); });
    if (whole != std::end(kWhole)) {
      out += *whole;
      i += whole->size();
    } else if (rest[0] == '<' && !out.empty()) {
      i += group_length(rest, '<', '>');
    } else if (rest[0] == '(') {
      i += group_length(rest, '(', ')');
      // Behind the parameters comes a name within the function, or nothing that matters.
      const std::size_t inner = name.find("::", i);
      if (inner == std::string_view::npos) break;
      i = inner;
    } else {
      out += rest[0];
      ++i;
    }
  }
  while (out.ends_with(' ')) out.pop_back();  // demanglers write "operator<< <char>"
  const std::size_t scope = out.rfind("::");
  const std::size_t space = scope == std::string::npos ? scope : out.rfind(' ', scope);
  const bool has_type = space != std::string::npos && out.find(')', space) == std::string::npos;
  return has_type ? out.substr(space + 1) : out;
}

class builder {
 public:
  explicit builder(tree& t) : tree_(t) {}

  std::uint32_t child(std::uint32_t parent, std::uint32_t frame_place, bool inlined) {
    const std::uint64_t key = (std::uint64_t{parent} << 32) | frame_place;
    const auto [entry, is_new] =
        nodes_.emplace(key, static_cast<std::uint32_t>(tree_.nodes.size()));
    if (is_new) {
      tree_.nodes.push_back({.parent = parent, .frame = frame_place, .inlined = inlined});
      ++tree_.nodes[parent].child_count;
    } else {
      tree_.nodes[entry->second].inlined &= inlined;
    }
    return entry->second;
  }

 private:
  tree& tree_;
  std::unordered_map<std::uint64_t, std::uint32_t> nodes_;
};

void collect_children(tree& t) {
  std::uint32_t start = 0;
  for (tree_node& n : t.nodes) {
    n.first_child = start;
    start += n.child_count;
  }
  t.children.resize(start);
  std::vector<std::uint32_t> filled(t.nodes.size(), 0);
  for (std::uint32_t i = 1; i < t.nodes.size(); ++i) {
    const std::uint32_t parent = t.nodes[i].parent;
    t.children[t.nodes[parent].first_child + filled[parent]++] = i;
  }
  for (const tree_node& n : t.nodes) {
    const auto first = t.children.begin() + n.first_child;
    std::sort(first, first + n.child_count, [&](std::uint32_t a, std::uint32_t b) {
      if (t.nodes[a].total != t.nodes[b].total) return t.nodes[a].total > t.nodes[b].total;
      const frame& x = t.frames[t.nodes[a].frame];
      const frame& y = t.frames[t.nodes[b].frame];
      return std::tie(x.name, x.file) < std::tie(y.name, y.file);
    });
  }
}

}  // namespace

tree build_tree(const format::profile& p, const value_function& value) {
  tree t;
  t.frames.push_back({"root", "", "root", ""});
  t.nodes.emplace_back();
  const place_lists places = collect_frames(p, t.frames);
  builder nodes(t);
  for (const format::sample& s : p.samples) {
    const std::int64_t weight = value(s);
    if (weight < 1) continue;
    std::uint32_t at = 0;
    t.nodes[at].total = text::wrap_add(t.nodes[at].total, weight);
    for (auto id = s.location_ids.rbegin(); id != s.location_ids.rend(); ++id) {
      const std::vector<std::uint32_t>& stack = places[*id - 1];
      for (std::size_t n = stack.size(); n > 0; --n) {
        at = nodes.child(at, stack[n - 1], n != stack.size());
        t.nodes[at].total = text::wrap_add(t.nodes[at].total, weight);
      }
    }
    t.nodes[at].self = text::wrap_add(t.nodes[at].self, weight);
  }
  collect_children(t);
  return t;
}

std::vector<std::uint32_t> cut_tree(const tree& t, std::uint32_t root, std::int64_t least,
                                    std::size_t limit) {
  least = std::max<std::int64_t>(least, 1);
  for (;;) {
    std::vector<std::uint32_t> cut = {root};
    for (std::size_t i = 0; i < cut.size() && cut.size() <= limit; ++i) {
      const tree_node& n = t.nodes[cut[i]];
      for (std::uint32_t c = n.first_child; c < n.first_child + n.child_count; ++c) {
        if (t.nodes[t.children[c]].total < least) break;  // heaviest first
        cut.push_back(t.children[c]);
      }
    }
    if (cut.size() <= limit || least == INT64_MAX) {
      cut.resize(std::min(cut.size(), std::max<std::size_t>(limit, 1)));
      return cut;
    }
    least = least > INT64_MAX / 2 ? INT64_MAX : least * 2;
  }
}

std::string package_of(const std::string& function_name) {
  const std::string name = plain_name(function_name);
  if (const std::size_t scope = name.rfind("::"); scope != std::string::npos)
    return name.substr(0, scope);
  const std::size_t slash = name.rfind('/');
  const std::size_t dot = name.find('.', slash == std::string::npos ? 0 : slash);
  return dot == std::string::npos ? std::string() : name.substr(0, dot);
}

std::string short_name_of(const std::string& function_name) {
  const std::string name = plain_name(function_name);
  if (const std::size_t scope = name.rfind("::"); scope != std::string::npos && scope > 0) {
    const std::size_t outer = name.rfind("::", scope - 1);
    return outer == std::string::npos ? name : name.substr(outer + 2);
  }
  // What follows a Go package may hold parentheses and dots: it stays whole.
  const std::size_t paren = function_name.find('(');
  const std::size_t slash = function_name.rfind('/', paren);
  if (slash != std::string::npos) return function_name.substr(slash + 1);
  return name.empty() ? function_name : name;
}

}  // namespace vole::flame
