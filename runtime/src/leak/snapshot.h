// SPDX-License-Identifier: Apache-2.0
// One look at the goroutines that could be leaks: who, in what state, and from where on request.
//
// A look does in the census visit only what needs the goroutine frozen (state, return addresses);
// names are found afterwards. Equal stacks are kept once: ten thousand goroutines that wait in the
// same place cost ten thousand small records and one stack.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "event/census.h"
#include "leak/attribution.h"
#include "leak/options.h"

namespace vole::leak {

inline constexpr std::size_t kStackDepthMax = 128;  // frames beyond it are cut off
inline constexpr std::uint32_t kNoStack = UINT32_MAX;

// Stacks by value, each once. An index is valid as long as the pool.
class stack_pool {
 public:
  std::uint32_t index_of(std::span<const std::uintptr_t> pcs);
  const std::vector<std::uintptr_t>& at(std::uint32_t index) const { return *stacks_[index]; }
  std::size_t size() const { return stacks_.size(); }

 private:
  std::map<std::vector<std::uintptr_t>, std::uint32_t> indices_;
  std::vector<const std::vector<std::uintptr_t>*> stacks_;  // the map's keys don't move
};

struct sighting {
  std::uint64_t id = 0;
  std::uint64_t parent_id = 0;
  std::uintptr_t creation_pc = 0;
  event::goroutine_state state = event::goroutine_state::dead;
  event::wait_reason reason = event::wait_reason::none;
  const void* wait_object = nullptr;
  std::int64_t waited_ns = 0;  // 0: it does not wait
  std::string name;            // spawn{name}
  bool is_locked_to_thread = false;
  pid_t thread_id = 0;             // where it runs; 0: it does not
  std::uint32_t stack = kNoStack;  // kNoStack: it runs and could not be asked, or nobody asked
};

struct snapshot {
  std::vector<sighting> goroutines;  // by rising id
  stack_pool stacks;
};

// Whom a check looks at: everybody in `scope` (0: in the process) but the caller, those that
// `ignored` knows by id, main, and foreign threads that don't wait in one of vole's primitives.
struct suspects {
  const rules& ignored;
  scope_id scope = 0;
};

// Blocks nobody for long; takes no lock over the whole. Not async-signal-safe.
snapshot look(const suspects& who, bool with_stacks);

}  // namespace vole::leak
