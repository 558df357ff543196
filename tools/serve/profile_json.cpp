// SPDX-License-Identifier: Apache-2.0
// The JSON that the viewer asks for, and what is kept so that a second question is quick.
#include "serve/profile_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "report/printers.h"
#include "report/report.h"

namespace vole::serve {
namespace {

using nlohmann::json;

constexpr std::int64_t kParts = 3000;  // a node below 1/3000 of the root is narrower than a pixel
constexpr std::size_t kNodesMax = 10000;  // what a canvas draws in one frame
constexpr std::size_t kTableRowsMax = 2000;

// Names come from binaries and need not be UTF-8.
std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

json type_json(const format::profile& p, const format::value_type& type) {
  return {{"type", std::string(p.text(type.type))}, {"unit", std::string(p.text(type.unit))}};
}

}  // namespace

bool profile_store::exists(std::size_t profile, std::size_t type) const {
  return profile < profiles_.size() && type < profiles_[profile].profile.sample_types.size();
}

std::string profile_store::list() const {
  json out = json::array();
  for (const view_profile& view : profiles_) {
    const format::profile& p = view.profile;
    json types = json::array();
    for (const format::value_type& type : p.sample_types) types.push_back(type_json(p, type));
    const base::result<std::size_t> chosen = report::find_sample_index(p, "");
    const std::string file =
        p.mappings.empty() ? std::string() : std::string(p.text(p.mappings[0].filename));
    json comments = json::array();
    for (format::string_id comment : p.comments) comments.push_back(std::string(p.text(comment)));
    out.push_back({{"name", view.name},
                   {"file", file.empty() ? file : report::base_name(file)},
                   {"types", std::move(types)},
                   {"defaultType", *chosen},
                   {"samples", p.samples.size()},
                   {"timeNanos", std::to_string(p.time_nanos)},  // a double would round it
                   {"durationNanos", p.duration_nanos},
                   {"comments", std::move(comments)}});
  }
  return dump(out);
}

std::optional<std::string> profile_store::top(std::size_t profile, std::size_t type) {
  if (!exists(profile, type)) return std::nullopt;
  const std::lock_guard lock(mutex_);
  std::string& known = tables_[{profile, type}];
  if (!known.empty()) return known;
  const format::profile& p = profiles_[profile].profile;
  report::report_options options;
  options.sample_index = std::to_string(type);
  options.trim = false;
  base::result<report::report> r = report::report::make(p, options, [](const std::string&) {});
  if (!r) return std::nullopt;
  const report::text_table table = report::make_text_table(*r);
  json rows = json::array();
  for (const report::text_item& item : table.items) {
    if (rows.size() == kTableRowsMax) break;
    rows.push_back(
        {{"name", item.name}, {"mark", item.inline_mark}, {"flat", item.flat}, {"cum", item.cum}});
  }
  known = dump({{"total", r->total()},
                {"unit", std::string(p.text(p.sample_types[type].unit))},
                {"functions", table.items.size()},
                {"rows", std::move(rows)}});
  return known;
}

const flame::tree& profile_store::tree_of(std::size_t profile, std::size_t type) {
  const auto known = trees_.find({profile, type});
  if (known != trees_.end()) return known->second;
  flame::tree tree = flame::build_tree(profiles_[profile].profile,
                                       [type](const format::sample& s) { return s.values[type]; });
  return trees_.emplace(key{profile, type}, std::move(tree)).first->second;
}

std::optional<std::string> profile_store::flame(std::size_t profile, std::size_t type,
                                                std::uint32_t root) {
  if (!exists(profile, type)) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const flame::tree& t = tree_of(profile, type);
  if (root >= t.nodes.size()) return std::nullopt;
  const std::vector<std::uint32_t> cut =
      flame::cut_tree(t, root, t.nodes[root].total / kParts, kNodesMax);

  std::unordered_map<std::uint32_t, std::size_t> place_of_node;
  std::unordered_map<std::uint32_t, std::size_t> place_of_frame;
  json frames = json::array();
  json ids = json::array();
  json parents = json::array();
  json frame_places = json::array();
  json selves = json::array();
  json totals = json::array();
  json inlined = json::array();
  auto add_frame = [&](std::uint32_t frame) {
    const auto [entry, is_new] = place_of_frame.emplace(frame, frames.size());
    if (is_new) {
      const flame::frame& f = t.frames[frame];
      frames.push_back({f.name, f.file, f.package, f.short_name});
    }
    return entry->second;
  };
  for (std::uint32_t node : cut) {
    const flame::tree_node& n = t.nodes[node];
    place_of_node.emplace(node, ids.size());
    parents.push_back(node == root ? 0 : place_of_node.at(n.parent));
    ids.push_back(node);
    frame_places.push_back(add_frame(n.frame));
    selves.push_back(n.self);
    totals.push_back(n.total);
    inlined.push_back(n.inlined ? 1 : 0);
  }
  json path = json::array();  // from the root of all to the parent of this root
  for (std::uint32_t node = root; node != 0;) {
    node = t.nodes[node].parent;
    const flame::tree_node& n = t.nodes[node];
    json step = {{"id", node}, {"frame", add_frame(n.frame)}, {"self", n.self}, {"total", n.total}};
    path.insert(path.begin(), std::move(step));
  }
  const format::profile& p = profiles_[profile].profile;
  return dump({{"unit", std::string(p.text(p.sample_types[type].unit))},
               {"total", t.nodes[0].total},
               {"allNodes", t.nodes.size()},
               {"frames", std::move(frames)},
               {"path", std::move(path)},
               {"nodes",
                {{"id", std::move(ids)},
                 {"parent", std::move(parents)},
                 {"frame", std::move(frame_places)},
                 {"self", std::move(selves)},
                 {"total", std::move(totals)},
                 {"inlined", std::move(inlined)}}}});
}

}  // namespace vole::serve
