// SPDX-License-Identifier: Apache-2.0
// Go's defer as a scope guard: the function runs at the end of the scope, however it is left.
//
//   std::FILE* f = std::fopen(name, "r");
//   vole::defer close_file([&] { std::fclose(f); });
#pragma once

#include <type_traits>
#include <utility>

namespace vole {

// Runs `f` when it is destroyed: in reverse order of definition, also while an exception or
// goexit() unwinds. An exception out of `f` ends the process, as from any destructor.
template <class F>
class [[nodiscard]] defer {
 public:
  static_assert(std::is_invocable_v<F&>, "defer takes a function without arguments");

  template <class G>
    requires std::is_constructible_v<F, G&&>
  explicit defer(G&& f) : f_(std::forward<G>(f)) {}
  defer(const defer&) = delete;
  defer& operator=(const defer&) = delete;
  ~defer() { static_cast<void>(f_()); }

 private:
  F f_;
};

template <class F>
defer(F) -> defer<F>;

}  // namespace vole
