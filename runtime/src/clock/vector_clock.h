// SPDX-License-Identifier: Apache-2.0
// The fast vector clock: a persistent radix tree whose copies share their nodes.
//
// Invariants
//   * The root's height h covers the components [0, 16^h); a clock is 0 wherever no node is.
//   * A node that more than one parent (or clock) points to never changes: writers clone the path.
//   * Leaves hold 16 clocks, inner nodes 16 children; an empty clock has no root.
//
// Rejected: a dense array (100 000 goroutines need 80 GB); a sorted list of pairs (a release copies
// it all); tree clocks (cheap joins too, but they can't share storage between a goroutine and the
// objects that it has released, which is what most clocks here are).
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "clock/epoch.h"

namespace vole::clock {

struct clock_node;  // vector_clock.cpp

class vector_clock {
 public:
  constexpr vector_clock() = default;
  vector_clock(const vector_clock& other) noexcept;  // O(1)
  vector_clock(vector_clock&& other) noexcept : root_(std::exchange(other.root_, nullptr)) {}
  vector_clock& operator=(vector_clock other) noexcept {
    std::swap(root_, other.root_);
    return *this;
  }
  ~vector_clock() { clear(); }

  std::uint64_t get(component who) const noexcept;
  // Sets the clock of `who` to at least `clock`; true if that changed anything.
  bool raise(component who, std::uint64_t clock);
  bool raise(epoch moment) { return raise(moment.who(), moment.clock()); }
  // The pointwise maximum; true if that changed anything.
  bool join(const vector_clock& other);
  // Pointwise >=.
  bool covers(const vector_clock& other) const noexcept;
  void clear() noexcept;
  bool is_empty() const noexcept { return root_ == nullptr; }
  // The same tree: sufficient, not necessary, for being equal.
  bool shares_all_with(const vector_clock& other) const noexcept { return root_ == other.root_; }
  // Walks the tree: no node is referenced by nobody, heights fall by one. For audits and tests.
  bool is_valid() const noexcept;

 private:
  clock_node* root_ = nullptr;
};

// Nodes in use, by all clocks of the process. For tests of what is given back.
std::size_t clock_nodes_in_use() noexcept;

}  // namespace vole::clock
