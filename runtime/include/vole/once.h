// SPDX-License-Identifier: Apache-2.0
// Doing something once, by whoever comes first.
//
//   const auto config = vole::once_value([] { return parse("app.conf"); });
//   ...
//   config().port;   // parsed by the first caller, the others wait for it
#pragma once

#include <vole/detail/annotations.h>
#include <vole/detail/quick_path.h>
#include <vole/detail/shared_state.h>
#include <vole/detail/sync_fields.h>
#include <vole/go.h>

#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace vole {

// The end of the call happens before every return of call().
class once {
 public:
  constexpr once() noexcept = default;
  ~once();
  once(const once&) = delete;
  once& operator=(const once&) = delete;

  // Calls f if nobody has; otherwise waits for that call to end. A call that throws, or ends in
  // goexit(), counts as done: its exception leaves this call() only. A call() from within f waits
  // for ever.
  template <class F>
  VOLE_PARKS void call(F&& f) {
    if (detail::quick_is_done(state_) || !begin()) return;
    const end_guard at_end{this};
    static_cast<void>(std::invoke(std::forward<F>(f)));
  }

 private:
  struct end_guard {
    once* self;
    ~end_guard() { self->end(); }
  };
  bool begin();  // true: the caller calls f, and end(); false: it has been done
  void end();

  detail::guard_field guard_;
  std::uint32_t state_ = 0;
  detail::queue_field waiters_;
};

namespace detail {

// What the copies of a once_func or once_value share. Result: void, or the type of the value.
template <class F, class Result>
struct once_state : shared_state {
  explicit once_state(F&& function) : f(std::move(function)) {}

  void run() {
    first.call([this] { run_first(); });
    if (failure) std::rethrow_exception(failure);
    if (!is_complete) goexit();  // as the first call did
  }
  void run_first() {
    try {
      if constexpr (std::is_void_v<Result>)
        static_cast<void>(std::invoke(*f));
      else
        value.emplace(std::invoke(*f));
      is_complete = true;
    } catch (...) {
      failure = captured_failure();
      if (!failure) throw;
    }
    f.reset();
  }

  once first;
  std::optional<F> f;  // gone once it has been called
  std::optional<std::conditional_t<std::is_void_v<Result>, bool, Result>> value;
  std::exception_ptr failure;
  bool is_complete = false;
};

}  // namespace detail

// What once_func and once_value return. Copies share the one call.
template <class F, class Result>
class once_function {
 public:
  explicit once_function(F f) : state_(new detail::once_state<F, Result>(std::move(f))) {}

  // The first call's result, which lives as long as a copy of this, or its exception, on every
  // call.
  VOLE_PARKS std::add_lvalue_reference_t<std::add_const_t<Result>> operator()() const {
    state_->run();
    if constexpr (!std::is_void_v<Result>) return *state_->value;
  }

 private:
  detail::shared_handle<detail::once_state<F, Result>> state_;
};

// A function that calls f at its first call only; the others wait for that.
template <class F>
  requires std::is_invocable_v<F&>
auto once_func(F f) {
  return once_function<F, void>(std::move(f));
}

// The same, with f's result.
template <class F>
  requires(!std::is_void_v<std::invoke_result_t<F&>>)
auto once_value(F f) {
  return once_function<F, std::decay_t<std::invoke_result_t<F&>>>(std::move(f));
}

}  // namespace vole
