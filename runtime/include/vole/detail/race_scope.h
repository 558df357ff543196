// SPDX-License-Identifier: Apache-2.0
// What the test-framework headers share: a scope that knows the races reported inside it.
#pragma once

#include <vole/race.h>

#include <cstddef>
#include <optional>
#include <string>

namespace vole::race::detail {

// The reports after the first `count`, one after the other; the last 256 are kept.
std::string reports_since(std::size_t count);

// Races are reported when the second access is made, on whatever goroutine: a scope answers for
// all that are reported while it is open, other tests' included that run at the same time.
class [[nodiscard]] scope {
 public:
  // The reports so far since the beginning; nothing if there are none, and in vole::vole.
  std::optional<std::string> find() const {
    if (error_count() == before_) return std::nullopt;
    return reports_since(before_);
  }

 private:
  std::size_t before_ = error_count();
};

}  // namespace vole::race::detail
