// SPDX-License-Identifier: Apache-2.0
// Telling whether a race has been reported before.
//
// First by the two stacks as they are, which costs nothing; then, once the stacks have names, by
// the race's id: the names of the program's functions on both stacks, whichever comes first, and
// what the memory is called. Lines are left out of the id, so that it survives edits elsewhere in
// the file; so one process reports an id once for each pair of lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "race/shadow/history.h"

namespace vole::race {

inline constexpr std::size_t kRememberedMax = std::size_t{1} << 15;  // then repeats are reported

// A set of numbers. One user at a time.
class seen_set {
 public:
  // True the first time. When full: always true.
  bool insert(std::uint64_t value);
  bool contains(std::uint64_t value) const;

 private:
  static constexpr std::size_t kSlots = kRememberedMax * 2;
  std::uint64_t* slots_ = nullptr;
  std::size_t used_ = 0;
};

// The same for (a, b) and (b, a).
std::uint64_t hash_of_stacks(stack_id a, stack_id b);

// `first` and `second`: function names, innermost first; `place`: the variable's name, or "".
std::uint64_t race_id(std::span<const std::string> first, std::span<const std::string> second,
                      const std::string& place);

}  // namespace vole::race
