// SPDX-License-Identifier: Apache-2.0
// Goroutines: starting them, ending them, and the processors they run on.
//
//   void worker(int number, vole::chan<int> out) { out.send(number * number); }
//   ...
//   vole::go(worker, 7, out);
//   vole::go({.name = "reader", .stack_bytes = 1 << 20}, [out] { ... });
//
// The first use of anything starts the runtime. A goroutine runs on any of the runtime's threads
// and moves between them when it waits: thread_local variables and errno do not move with it.
#pragma once

#include <vole/detail/annotations.h>
#include <vole/detail/spawn.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace vole {

struct spawn {
  std::string_view name = {};   // shown in tracebacks and reports; copied, cut after 47 bytes
  std::size_t stack_bytes = 0;  // at least; 0: 112 KiB, in race mode 240 (VOLE_STACK_KB)
};

// Runs f(args...) in a new goroutine. Callable and arguments are decay-copied here and now, as for
// std::thread; use std::ref for references. The result is dropped. An exception that leaves f ends
// the process with `panic: ` and status 2. Never blocks. What happened before go() happens before
// everything in the goroutine.
template <class F, class... A>
  requires(!std::is_same_v<std::remove_cvref_t<F>, spawn>)
VOLE_SPAWNS [[gnu::always_inline]] inline void go(F&& f, A&&... args) {
  static_assert(std::is_invocable_v<std::decay_t<F>, std::decay_t<A>...>,
                "vole::go: the function can't be called with these arguments (they are copied: "
                "pass std::ref(x) for a reference parameter)");
  using closure = detail::closure_of<F, A...>;
  detail::spawn_core(&closure::run, new closure(std::forward<F>(f), std::forward<A>(args)...), {},
                     0);
  detail::no_tail_call();
}

template <class F, class... A>
VOLE_SPAWNS [[gnu::always_inline]] inline void go(const spawn& how, F&& f, A&&... args) {
  static_assert(std::is_invocable_v<std::decay_t<F>, std::decay_t<A>...>,
                "vole::go: the function can't be called with these arguments (they are copied: "
                "pass std::ref(x) for a reference parameter)");
  using closure = detail::closure_of<F, A...>;
  detail::spawn_core(&closure::run, new closure(std::forward<F>(f), std::forward<A>(args)...),
                     how.name, how.stack_bytes);
  detail::no_tail_call();
}

// Lets others run first (runtime.Gosched); on a std::thread, the thread's own yield. Creates no
// happens-before edge.
VOLE_PARKS void yield();

// Ends the calling goroutine: unwinds its stack, running destructors, through every catch (...)
// that rethrows; one that swallows it is fatal. On main the rest of the goroutines run on; when
// they have ended too the process dies of a deadlock. On a std::thread it ends the thread.
[[noreturn]] void goexit();

// The number of goroutines that run at the same time. Sets it when n > 0 (at most 1024); returns
// the previous value. By itself it follows the CPUs and the cgroup's limit;
// docs/RUNTIME_SETTINGS.md.
int max_procs(int n = 0);
// The CPUs that this process may use.
int num_cpu();

// The user's goroutines that have not ended, adopted threads and the main one included.
std::size_t num_goroutine();
// Never reused; main's is 1.
std::uint64_t goroutine_id();

// Binds the goroutine to the thread it is on: it runs on no other, and the thread runs nobody else.
// They count; the end of the goroutine undoes them all; one unlock too many does nothing. A
// std::thread is bound anyway.
void lock_os_thread();
void unlock_os_thread();

// Keeps the calling goroutine on its thread for a scope, waits included: for code that keeps
// addresses of thread_local variables (errno is one), holds a std::mutex or uses a library with a
// thread in its state while it may wait. Meanwhile the thread runs nobody else, so its thread_local
// variables keep their values, too; each wait costs a switch of threads (microseconds). Pins nest,
// also with lock_os_thread(), which is for a goroutine that needs *its* thread for good (a GUI, a
// namespace): a goroutine that ends locked takes its thread along, a pin never does. Must be
// destroyed by the goroutine that made it; by another one is fatal.
class [[nodiscard]] pin {
 public:
  pin();
  ~pin();
  pin(const pin&) = delete;
  pin& operator=(const pin&) = delete;

 private:
  std::uint64_t goroutine_;
};

// Calls f, which may block the thread for long (a blocking system call, a foreign lock, a join):
// other goroutines run on meanwhile. Returns what f returns, throws what it throws. Costs little
// when f is quick: the processor goes to others after 20 us, and only if they want one. Without
// this it takes 0.2 ms and more until the runtime notices that a thread sleeps.
template <class F>
VOLE_PARKS decltype(auto) blocking(F&& f) {
  const detail::blocking_scope scope;
  return std::forward<F>(f)();
}

// Go's traceback text of the calling goroutine, or of all, that one first. Allocates; never to be
// called in a signal handler (kill -QUIT prints the same).
std::string stack(bool all = false);

}  // namespace vole
