// SPDX-License-Identifier: Apache-2.0
// Goroutines and threads as reports show them: name, state, where they come from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "event/census.h"
#include "format/race_report.h"
#include "race/context.h"

namespace vole::race {

inline constexpr std::size_t kCreatorsMax = 8;  // of the chain goroutine, its creator, its ...

// How the goroutines that a report speaks of stand right now. Taken before any lock of the room: a
// census takes the scheduler's.
class live_goroutines {
 public:
  struct entry {
    std::uint64_t id = 0;
    std::string state;
    std::string name;
    bool has_context = false;
    event::saved_context context;
  };

  // `actors`: indices; their creators are looked for, too.
  static live_goroutines find(const std::vector<std::uint32_t>& actors);
  const entry* at(std::uint64_t goroutine_id) const;

 private:
  std::vector<entry> entries_;
};

// The actors of one report, each once, in the order in which they are asked for.
class actor_list {
 public:
  explicit actor_list(const live_goroutines& living) : living_(living) {}
  // The index of the actor, which is added if it is not there.
  std::uint64_t add(std::uint32_t index);
  // Adds the creators of those that are there, and tells each who its creator is.
  void add_creators();
  std::string name_of(std::uint32_t index);
  std::vector<format::race_actor> take() { return std::move(shown_); }

 private:
  const live_goroutines& living_;
  std::vector<std::uint32_t> indices_;
  std::vector<format::race_actor> shown_;
};

// The number of a goroutine's name; 0: none, or one name too many.
inline constexpr std::size_t kNamesMax = std::size_t{1} << 14;  // distinct ones
std::uint32_t intern_name(std::string_view name);
std::string_view name_at(std::uint32_t number);

}  // namespace vole::race
