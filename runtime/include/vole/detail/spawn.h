// SPDX-License-Identifier: Apache-2.0
// The typed shell of go(): a closure on the heap, and the out-of-line core that runs it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace vole::detail {

// Starts a goroutine that calls run(closure). Its return address is where the goroutine was
// created: it must be called from the user's function, however deep the inlined wrappers.
void spawn_core(void (*run)(void* closure), void* closure, std::string_view name,
                std::size_t stack_bytes);

// After a call of spawn_core: keeps the compiler from turning it into a jump, which would make the
// caller's caller the creator.
[[gnu::always_inline]] inline void no_tail_call() { asm volatile("" ::: "memory"); }

// What go() was given, decay-copied.
template <class F, class... A>
struct closure {
  F f;
  std::tuple<A...> arguments;

  template <class G, class... B>
  explicit closure(G&& function, B&&... values)
      : f(std::forward<G>(function)), arguments(std::forward<B>(values)...) {}

  // The goroutine's function. The closure is destroyed when it returns or is unwound. Not noexcept,
  // and without a handler: an exception that nobody catches ends the process where it was thrown.
  static void run(void* self) {
    const std::unique_ptr<closure> owner(static_cast<closure*>(self));
    call(*owner, std::index_sequence_for<A...>());
  }

 private:
  template <std::size_t... I>
  static void call(closure& self, std::index_sequence<I...>) {
    static_cast<void>(std::invoke(std::move(self.f), std::move(std::get<I>(self.arguments))...));
  }
};

template <class F, class... A>
using closure_of = closure<std::decay_t<F>, std::decay_t<A>...>;

// A stretch in which the calling goroutine may block its thread.
class blocking_scope {
 public:
  blocking_scope();
  ~blocking_scope();
  blocking_scope(const blocking_scope&) = delete;
  blocking_scope& operator=(const blocking_scope&) = delete;
};

}  // namespace vole::detail
