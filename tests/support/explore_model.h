// SPDX-License-Identifier: Apache-2.0
// Explores a protocol, written as a small machine, through every interleaving of its steps.
//
// A model gives
//   state                              a value: shared memory and where each party is
//   vector<state> steps(state)         what may come next: one step of one party each; none: stuck
//   string fault(state, is_stuck)      what is wrong with a reachable state; empty: nothing
//   string key(state)                  equal for states that need not be told apart
// Each step is one sequentially consistent access, or several under a lock. A model proves nothing
// unless it also catches mutants: the protocol with a step left out or two of them swapped.
#pragma once

#include <cstddef>
#include <string>
#include <type_traits>
#include <unordered_set>
#include <utility>
#include <vector>

namespace vole_test {

struct exploration {
  std::size_t states = 0;
  std::string fault;  // the first that was found; empty: there is none
};

// The key of a state that is nothing but bytes.
template <class State>
  requires std::has_unique_object_representations_v<State>
std::string bytes_of(const State& one) {
  return {reinterpret_cast<const char*>(&one), sizeof one};
}

inline constexpr std::size_t kStatesMax =
    5'000'000;  // a model that needs more is written too finely

template <class Model>
exploration explore(const Model& model, const typename Model::state& start) {
  std::vector<typename Model::state> open = {start};
  std::unordered_set<std::string> seen = {model.key(start)};
  while (!open.empty()) {
    const typename Model::state now = std::move(open.back());
    open.pop_back();
    const std::vector<typename Model::state> next = model.steps(now);
    if (std::string fault = model.fault(now, next.empty()); !fault.empty())
      return {seen.size(), std::move(fault)};
    for (const auto& one : next)
      if (seen.insert(model.key(one)).second) open.push_back(one);
    if (seen.size() > kStatesMax) return {seen.size(), "more states than kStatesMax"};
  }
  return {seen.size(), {}};
}

}  // namespace vole_test
