// SPDX-License-Identifier: Apache-2.0
// The call tree that a flame graph draws: a node for each distinct path from the root.
//
// Built once for each profile and sample type; parts of it are then cut out by weight, so that a
// view of a large profile needs a few thousand nodes and not all.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "format/profile.h"

namespace vole::flame {

struct frame {
  std::string name;        // the function, or the address and file of what has no symbol
  std::string file;        // where the function was defined; may be empty
  std::string short_name;  // for where the name does not fit: no arguments, two components at most
  std::string package;  // what the colour stands for: C++ namespaces or a Go package; may be empty
};

struct tree_node {
  std::uint32_t parent = 0;  // the root is its own parent
  std::uint32_t frame = 0;   // in tree::frames
  std::int64_t self = 0;
  std::int64_t total = 0;
  bool inlined = false;           // on every one of its samples
  std::uint32_t first_child = 0;  // in tree::children
  std::uint32_t child_count = 0;
};

struct tree {
  std::vector<frame> frames;
  std::vector<tree_node> nodes;         // nodes[0] is the root; parents come before their children
  std::vector<std::uint32_t> children;  // of each node in one run, heaviest first, then by name
};

using value_function = std::function<std::int64_t(const format::sample&)>;

// The tree of a profile in normal form. Samples with a value below 1 have no width and are left
// out.
tree build_tree(const format::profile& p, const value_function& value);

// The nodes below `root` (itself first, parents before children) whose total is at least `least`;
// the heaviest siblings come first. Never more than `limit` nodes: then `least` is doubled until
// they fit.
std::vector<std::uint32_t> cut_tree(const tree& t, std::uint32_t root, std::int64_t least,
                                    std::size_t limit);

// The scopes (namespaces and classes) or the package that a function's name begins with.
std::string package_of(const std::string& function_name);
// "service::run" for "void dispatch::service::run<int>(int)", "http.(*Server).Serve" for a Go name
// with a path.
std::string short_name_of(const std::string& function_name);

}  // namespace vole::flame
