// SPDX-License-Identifier: Apache-2.0
// What the contract tests share: waiting for a condition without a clock, and looking into texts.
#pragma once

#include <vole/go.h>

#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>

namespace vole_test {

// Returns as soon as done() holds, letting goroutines run meanwhile. Never gives up: a law that
// does not hold shows as the test's time limit.
template <class Done>
void until(Done done) {
  while (!done()) vole::yield();
}

// Returns once no goroutine but main's is left: those of earlier tests may still be on their way
// out.
inline void settle() {
  until([] { return vole::num_goroutine() == 1; });
}

// How many races the tests have planted so far; main fails if the detector reported any other
// number.
inline std::atomic<std::size_t> races_planted = 0;

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace vole_test
