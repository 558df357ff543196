// SPDX-License-Identifier: Apache-2.0
// The call graph of a profile: a node for each frame, an edge for each call.
//
// A node's flat value is what was measured in the frame itself, its cum value what was measured in
// it and in all it called; a recursive frame counts once for each sample. An edge whose middle
// frames were trimmed away is residual. Follows newGraph of google/pprof's internal/graph.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "format/profile.h"
#include "report/frame.h"
#include "text/wrap.h"

namespace vole::report {

// The value of a sample, and what to divide it by for a mean (0: nothing).
struct weight {
  std::int64_t value = 0;
  std::int64_t divisor = 0;
};
using weigh_function = std::function<weight(const format::sample&)>;

struct total {
  std::int64_t sum = 0;
  std::int64_t divisor = 0;

  void add(const weight& w) {
    sum = text::wrap_add(sum, w.value);
    divisor = text::wrap_add(divisor, w.divisor);
  }
  std::int64_t mean() const { return divisor == 0 ? sum : text::wrap_divide(sum, divisor); }
};

struct edge {
  std::uint32_t source = 0;  // the caller's node
  std::uint32_t target = 0;
  total amount;
  bool residual = false;
  bool inlined = false;  // every call that it stands for was inlined
  bool dropped = false;
};

struct node {
  std::uint32_t frame = 0;  // in graph::frames
  total flat;
  total cum;
  std::vector<std::uint32_t> in;  // edges; those dropped are no longer named
  std::vector<std::uint32_t> out;
};

// A frame and what it is called, shared by all graphs of one report.
struct named_frame {
  frame_info info;
  std::string name;
};

struct graph {
  std::vector<node> nodes;  // never reordered: edges name them by place
  std::vector<edge> edges;
  std::vector<std::uint32_t> order;  // the nodes that count, in the order of the report
};

// Builds graphs of one profile. The profile must outlive it, be in normal form and stay as it is.
class graph_builder {
 public:
  graph_builder(const format::profile& p, const granularity& g, weigh_function weigh);

  enum class parts { nodes, nodes_and_edges };  // edges take ten times as long as nodes

  // The graph of the frames in `kept` (by place in frames()), or of all if it is empty. `order`
  // holds the nodes with a value; with `drop_negative` not those whose value is below zero.
  graph build(const std::vector<bool>& kept, bool drop_negative, parts wanted) const;

  const std::vector<named_frame>& frames() const { return frames_; }

 private:
  const format::profile& profile_;
  weigh_function weigh_;
  std::vector<named_frame> frames_;
  std::vector<std::vector<std::uint32_t>> frames_of_location_;  // innermost first
};

enum class sort_key { flat, cum };

// Sorts g.order by falling |flat| or |cum|, then by name.
void sort_nodes(graph& g, const std::vector<named_frame>& frames, sort_key key);

// Drops the edges that carry less than `cutoff` into the nodes of g.order.
void drop_light_edges(graph& g, std::int64_t cutoff);

// A node's edges by falling weight, then by the names of caller and callee.
std::vector<std::uint32_t> sorted_edges(const graph& g, const std::vector<named_frame>& frames,
                                        const std::vector<std::uint32_t>& edges);

}  // namespace vole::report
