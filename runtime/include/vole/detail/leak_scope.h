// SPDX-License-Identifier: Apache-2.0
// What the test-framework headers share: a scope that knows the goroutines started inside it.
#pragma once

#include <vole/leak.h>

#include <cstdint>
#include <optional>
#include <source_location>
#include <utility>
#include <vector>

namespace vole::leak::detail {

// From the constructor to close(), goroutines that the calling goroutine starts, and those that
// these start in turn, belong to this scope; so do those that no scope's goroutine has started,
// while only one scope is open. Scopes may nest; an inner one's goroutines are the outer one's too.
// Opened and closed by the same goroutine, last opened first closed.
class [[nodiscard]] scope {
 public:
  explicit scope(std::vector<option> options);
  ~scope();  // closes it without a look, if close() was not called
  scope(const scope&) = delete;
  scope& operator=(const scope&) = delete;

  // Closes the scope, waits for its goroutines as find() does, and calls the cleanup options with
  // 0. Gives those still here, or nothing. At most once.
  std::optional<report> close();

 private:
  void leave();

  std::vector<option> options_;
  std::uint64_t id_ = 0;     // never reused
  std::uint64_t outer_ = 0;  // what the goroutine belonged to before
  bool is_open_ = true;
};

// A first option, together with the place in the source where it is given.
struct located_option {
  option value;
  std::source_location where;

  template <verify_option O>
  located_option(O given,  // NOLINT: meant to be implicit
                 std::source_location place = std::source_location::current())
      : value(std::move(given)), where(place) {}
};

// All of verify_test_main but for the framework: given the tests' status, looks for goroutines of
// the whole process, prints a report on stderr, turns a status of 0 into 1 if there is one, calls
// the cleanup options with the result and returns it.
int finish_test_main(int status, const std::vector<option>& options);

}  // namespace vole::leak::detail
