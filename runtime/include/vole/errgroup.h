// SPDX-License-Identifier: Apache-2.0
// A group of goroutines that work on one task and may fail.
//
//   auto [group, ctx] = vole::errgroup::with_context(request);
//   for (const url& u : urls) group.go([&, ctx = ctx] { fetch(ctx, u); });
//   group.wait();   // rethrows the first failure, which has ended ctx for the others
#pragma once

#include <vole/context.h>
#include <vole/detail/annotations.h>
#include <vole/detail/shared_state.h>
#include <vole/go.h>

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace vole {

namespace detail {

struct errgroup_core;

errgroup_core* errgroup_make(context_handle canceled);  // none: no context to cancel
void errgroup_destroy(errgroup_core* core) noexcept;    // cancels and waits
void errgroup_enter(errgroup_core* core);               // waits while the limit is reached
bool errgroup_try_enter(errgroup_core* core);
void errgroup_leave(errgroup_core* core) noexcept;
void errgroup_fail(errgroup_core* core, std::exception_ptr failure) noexcept;
void errgroup_set_limit(errgroup_core* core, std::ptrdiff_t n);
void errgroup_wait(errgroup_core* core);

// One function of a group. It leaves the group when everything of it is gone.
template <class F>
struct errgroup_member {
  errgroup_core* core;
  std::unique_ptr<F> f;

  ~errgroup_member() {
    f.reset();
    errgroup_leave(core);
  }
  static void run(void* self) {
    const std::unique_ptr<errgroup_member> owner(static_cast<errgroup_member*>(self));
    try {
      static_cast<void>(std::invoke(*owner->f));
    } catch (...) {
      std::exception_ptr failure = captured_failure();
      if (!failure) throw;  // goexit
      errgroup_fail(owner->core, std::move(failure));
    }
  }
};

}  // namespace detail

// What a function did happens before the return of wait(). Movable, also while its functions run;
// used by one goroutine at a time. Its destructor cancels the context and waits.
class VOLE_WAITS [[nodiscard]] errgroup {
 public:
  errgroup() : core_(detail::errgroup_make({})) {}
  errgroup(errgroup&& other) noexcept : core_(std::exchange(other.core_, nullptr)) {}
  VOLE_PARKS errgroup& operator=(errgroup&& other) noexcept {
    errgroup old(std::move(*this));
    core_ = std::exchange(other.core_, nullptr);
    return *this;
  }
  VOLE_PARKS VOLE_WAITS ~errgroup() {
    if (core_ != nullptr) detail::errgroup_destroy(core_);
  }

  // The context ends at the first failure, which is its cause, and when wait() returns.
  static std::pair<errgroup, context> with_context(const context& parent);

  // Runs f in a goroutine of its own. f fails by throwing. Waits while the limit is reached.
  template <class F>
  VOLE_SPAWNS VOLE_PARKS [[gnu::always_inline]] void go(F f) {
    static_assert(std::is_invocable_v<F&>, "errgroup::go takes a function without arguments");
    auto kept = std::make_unique<F>(std::move(f));
    auto* const member = new detail::errgroup_member<F>{core_, std::move(kept)};
    detail::errgroup_enter(core_);
    detail::spawn_core(&detail::errgroup_member<F>::run, member, {}, 0);
    detail::no_tail_call();
  }

  // Does so only if the limit is not reached. False: f has not been called and will not be.
  template <class F>
  VOLE_SPAWNS [[gnu::always_inline]] bool try_go(F f) {
    static_assert(std::is_invocable_v<F&>, "errgroup::try_go takes a function without arguments");
    auto kept = std::make_unique<F>(std::move(f));
    if (!detail::errgroup_try_enter(core_)) return false;
    auto* const member = new detail::errgroup_member<F>{core_, std::move(kept)};
    detail::spawn_core(&detail::errgroup_member<F>::run, member, {}, 0);
    detail::no_tail_call();
    return true;
  }

  // At most n functions at a time; a negative n: no limit; 0: go() waits for ever. Throws
  // panic("errgroup: modify limit while N goroutines in the group are still active").
  void set_limit(std::ptrdiff_t n) { detail::errgroup_set_limit(core_, n); }

  // Waits until all functions have ended, cancels the context, and rethrows the first failure; a
  // second call rethrows it again. The group may be used further; its context stays ended.
  VOLE_PARKS VOLE_WAITS void wait() { detail::errgroup_wait(core_); }

 private:
  explicit errgroup(detail::errgroup_core* core) noexcept : core_(core) {}
  detail::errgroup_core* core_;  // null: moved from
};

}  // namespace vole
