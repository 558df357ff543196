// SPDX-License-Identifier: Apache-2.0
// The call graph of a profile: a node for each frame, an edge for each call.
#include "report/graph.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace vole::report {
namespace {

constexpr std::uint32_t kNone = UINT32_MAX;

// Adds one sample after the other to a graph.
class accumulator {
 public:
  accumulator(std::size_t frame_count, bool with_edges)
      : with_edges_(with_edges),
        node_of_frame_(frame_count, kNone),
        sample_of_node_(frame_count, 0) {}

  std::uint32_t node_for(std::uint32_t frame) {
    std::uint32_t& place = node_of_frame_[frame];
    if (place == kNone) {
      place = static_cast<std::uint32_t>(graph_.nodes.size());
      graph_.nodes.emplace_back().frame = frame;
    }
    return place;
  }

  void begin_sample(const weight& w) {
    weight_ = w;
    ++sample_;
    parent_ = kNone;
    residual_ = false;
  }
  void skip_frame() { residual_ = true; }
  void add_frame(std::uint32_t node_index, bool inlined) {
    // A recursive frame counts once for each sample, and so does a repeated call.
    if (sample_of_node_[node_index] != sample_) {
      sample_of_node_[node_index] = sample_;
      graph_.nodes[node_index].cum.add(weight_);
    }
    if (with_edges_ && parent_ != kNone && parent_ != node_index)
      add_call(parent_, node_index, inlined);
    parent_ = node_index;
    residual_ = false;
  }
  void end_sample() {
    if (parent_ != kNone && !residual_) graph_.nodes[parent_].flat.add(weight_);
  }

  graph take() { return std::move(graph_); }

 private:
  void add_call(std::uint32_t source, std::uint32_t target, bool inlined) {
    const std::uint64_t key = (std::uint64_t{source} << 32) | target;
    const auto [known, is_new] =
        edges_.emplace(key, static_cast<std::uint32_t>(graph_.edges.size()));
    if (is_new) {
      graph_.edges.push_back(
          {.source = source, .target = target, .amount = {}, .inlined = inlined});
      graph_.nodes[source].out.push_back(known->second);
      graph_.nodes[target].in.push_back(known->second);
      sample_of_edge_.push_back(0);
    }
    if (sample_of_edge_[known->second] == sample_) return;
    sample_of_edge_[known->second] = sample_;
    edge& e = graph_.edges[known->second];
    e.amount.add(weight_);
    e.residual = e.residual || residual_;
    e.inlined = e.inlined && inlined;
  }

  graph graph_;
  const bool with_edges_;
  std::vector<std::uint32_t> node_of_frame_;
  std::vector<std::uint64_t> sample_of_node_;  // the last sample that the node was counted for
  std::vector<std::uint64_t> sample_of_edge_;
  std::unordered_map<std::uint64_t, std::uint32_t> edges_;
  weight weight_;
  std::uint64_t sample_ = 0;
  std::uint32_t parent_ = kNone;
  bool residual_ = false;
};

bool is_negative(const node& n) { return n.flat.sum < 0 || (n.flat.sum == 0 && n.cum.sum < 0); }

}  // namespace

graph_builder::graph_builder(const format::profile& p, const granularity& g, weigh_function weigh)
    : profile_(p), weigh_(std::move(weigh)) {
  using key =
      std::tuple<std::string, std::uint64_t, std::string, std::int64_t, std::int64_t, std::string>;
  std::map<key, std::uint32_t> known;
  for (std::vector<frame_info>& frames : frames_of_locations(p, g, /*trim_paths=*/true)) {
    std::vector<std::uint32_t>& places = frames_of_location_.emplace_back();
    for (frame_info& f : frames) {
      const auto [entry, is_new] =
          known.emplace(key{f.name, f.address, f.file, f.start_line, f.line, f.object_file},
                        static_cast<std::uint32_t>(frames_.size()));
      if (is_new) {
        std::string name = f.printable_name();
        frames_.push_back({std::move(f), std::move(name)});
      }
      places.push_back(entry->second);
    }
  }
}

graph graph_builder::build(const std::vector<bool>& kept, bool drop_negative, parts wanted) const {
  accumulator sums(frames_.size(), wanted == parts::nodes_and_edges);
  for (const format::sample& s : profile_.samples) {
    const weight w = weigh_(s);
    if (w.value == 0 && w.divisor == 0) continue;
    sums.begin_sample(w);
    for (auto id = s.location_ids.rbegin(); id != s.location_ids.rend(); ++id) {
      const std::vector<std::uint32_t>& places = frames_of_location_[*id - 1];
      for (std::size_t n = places.size(); n > 0; --n) {
        if (!kept.empty() && !kept[places[n - 1]]) {
          sums.skip_frame();
        } else {
          sums.add_frame(sums.node_for(places[n - 1]), n != places.size());
        }
      }
    }
    sums.end_sample();
  }
  graph g = sums.take();
  for (std::uint32_t i = 0; i < g.nodes.size(); ++i) {
    const node& n = g.nodes[i];
    if (n.cum.sum == 0 && n.flat.sum == 0) continue;
    if (drop_negative && is_negative(n)) continue;
    g.order.push_back(i);
  }
  return g;
}

void sort_nodes(graph& g, const std::vector<named_frame>& frames, sort_key key) {
  std::sort(g.order.begin(), g.order.end(), [&](std::uint32_t a, std::uint32_t b) {
    const node& x = g.nodes[a];
    const node& y = g.nodes[b];
    const std::int64_t first_x = text::wrap_abs(key == sort_key::flat ? x.flat.sum : x.cum.sum);
    const std::int64_t first_y = text::wrap_abs(key == sort_key::flat ? y.flat.sum : y.cum.sum);
    if (first_x != first_y) return first_x > first_y;
    const int names = frames[x.frame].name.compare(frames[y.frame].name);
    if (names != 0) return names < 0;
    const std::int64_t second_x = text::wrap_abs(key == sort_key::flat ? x.cum.sum : x.flat.sum);
    const std::int64_t second_y = text::wrap_abs(key == sort_key::flat ? y.cum.sum : y.flat.sum);
    if (second_x != second_y) return second_x > second_y;
    return frames[x.frame].info.tie_breaker() < frames[y.frame].info.tie_breaker();
  });
}

void drop_light_edges(graph& g, std::int64_t cutoff) {
  for (std::uint32_t i : g.order) {
    for (std::uint32_t e : g.nodes[i].in) {
      if (text::wrap_abs(g.edges[e].amount.sum) < text::wrap_abs(cutoff)) g.edges[e].dropped = true;
    }
  }
  for (node& n : g.nodes) {
    auto is_dropped = [&](std::uint32_t e) { return g.edges[e].dropped; };
    std::erase_if(n.in, is_dropped);
    std::erase_if(n.out, is_dropped);
  }
}

std::vector<std::uint32_t> sorted_edges(const graph& g, const std::vector<named_frame>& frames,
                                        const std::vector<std::uint32_t>& edges) {
  std::vector<std::uint32_t> sorted = edges;
  auto name = [&](std::uint32_t node_index) -> const std::string& {
    return frames[g.nodes[node_index].frame].name;
  };
  std::sort(sorted.begin(), sorted.end(), [&](std::uint32_t a, std::uint32_t b) {
    const edge& x = g.edges[a];
    const edge& y = g.edges[b];
    // Weights that are only opposites of each other fall through to the names; Go leaves their
    // order open.
    if (text::wrap_abs(x.amount.sum) != text::wrap_abs(y.amount.sum)) {
      return text::wrap_abs(x.amount.sum) > text::wrap_abs(y.amount.sum);
    }
    if (const int order = name(x.source).compare(name(y.source)); order != 0) return order < 0;
    if (const int order = name(x.target).compare(name(y.target)); order != 0) return order < 0;
    return a < b;
  });
  return sorted;
}

}  // namespace vole::report
