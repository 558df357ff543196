// SPDX-License-Identifier: Apache-2.0
// Waiting for a number of goroutines.
//
//   vole::wait_group all;
//   for (const job& j : jobs) all.go(run, std::cref(j));
//   all.wait();
#pragma once

#include <vole/detail/annotations.h>
#include <vole/detail/quick_path.h>
#include <vole/detail/sync_fields.h>
#include <vole/go.h>

#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace vole {

// A counter that can be waited for. Everything before a done() happens before the return of each
// wait() that it lets go. May be used again, and destroyed, as soon as wait() has returned.
class wait_group {
 public:
  constexpr wait_group() noexcept = default;
  ~wait_group();
  wait_group(const wait_group&) = delete;
  wait_group& operator=(const wait_group&) = delete;

  // Throws negative_wait_group_counter, leaving the counter as it was. The first add() must come
  // before the wait() that is to see it: call it before vole::go(), not in the goroutine; one from
  // zero on while others still wait for that zero is misuse, which throws panic where it is found.
  VOLE_ANNOUNCES void add(int delta = 1) {
    if (detail::is_quick_closed() || (delta != 1 && delta != -1)) return add_slowly(delta);
    const std::uint64_t seen = detail::quick_add(state_, delta);
    if (!detail::is_all_added(seen, delta)) settle(seen, delta);
  }
  void done() { add(-1); }
  VOLE_PARKS VOLE_WAITS void wait() {  // until the counter is 0
    if (!detail::quick_is_zero(state_)) wait_slowly();
  }

  // add(1), and done() when f(args...), run in a goroutine of its own, has returned or called
  // goexit(). Arguments are copied as by vole::go. An exception that leaves f ends the process.
  template <class F, class... A>
  VOLE_SPAWNS [[gnu::always_inline]] void go(F&& f, A&&... args) {
    static_assert(std::is_invocable_v<std::decay_t<F>, std::decay_t<A>...>,
                  "wait_group::go: the function can't be called with these arguments (they are "
                  "copied: pass std::ref(x) for a reference parameter)");
    using closure = detail::closure_of<F, A...>;
    auto task = std::make_unique<closure>(std::forward<F>(f), std::forward<A>(args)...);
    auto* const one = new member<closure>{this, task.get()};
    static_cast<void>(task.release());
    add(1);
    detail::spawn_core(&member<closure>::run, one, {}, 0);
    detail::no_tail_call();
  }

 private:
  // A goroutine of the group: calls done() when everything of the function is gone.
  template <class Closure>
  struct member {
    wait_group* group;
    Closure* closure;

    ~member() { group->done(); }
    static void run(void* self) {
      const std::unique_ptr<member> owner(static_cast<member*>(self));
      Closure::run(owner->closure);
    }
  };

  void add_slowly(int delta);
  void settle(std::uint64_t seen, int delta);
  void let_go();
  VOLE_PARKS void wait_slowly();

  std::uint64_t state_ = 0;  // see wait_group.cpp
  detail::guard_field guard_;
  detail::queue_field waiters_;
};

}  // namespace vole
