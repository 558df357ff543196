// SPDX-License-Identifier: Apache-2.0
// Goroutine leaks: who is still here that should have ended, and who can never wake again.
//
//   if (auto leaks = vole::leak::find(vole::leak::ignore_top_function("pool::worker")))
//     std::cerr << leaks->text();
//
// A leak is a goroutine, other than the caller's, that is still there after a short wait. The
// runtime's own goroutines, main's, and foreign threads that are merely alive are no leaks; a
// foreign thread that waits in one of vole's primitives is one. docs/LEAKS.md tells the rest.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace vole::leak {

enum class option_kind : std::uint8_t {
  none,
  ignore_top_function,
  ignore_any_function,
  ignore_created_by,
  ignore_ids,
  cleanup,
  max_wait,
  run_on_failure,
};

// One setting of a check: a plain value, made by the functions below.
struct option {
  option_kind kind = option_kind::none;
  std::string name;                        // ignore_*: a function's name
  std::vector<std::uint64_t> ids;          // ignore_current: sorted
  std::chrono::nanoseconds wait{0};        // max_wait
  std::function<void(int)> call_at_end{};  // cleanup
};

// The two that only some entry points take have types of their own: elsewhere they don't compile.
struct cleanup_option : option {};
struct run_on_failure_option : option {};

template <class T>
concept find_option = std::derived_from<T, option> && !std::derived_from<T, cleanup_option> &&
                      !std::derived_from<T, run_on_failure_option>;
template <class T>
concept verify_option =
    std::derived_from<T, option> && !std::derived_from<T, run_on_failure_option>;
template <class T>
concept test_main_option = std::derived_from<T, option>;

// Leaves out goroutines whose top frame is that function, whose stack has it anywhere, or whose
// `go` statement stands in it. `name` is the function's whole name as reports print it, with or
// without its parameter list: "pool::worker" matches "pool::worker(int)" but not "my_pool::worker".
option ignore_top_function(std::string_view name);
option ignore_any_function(std::string_view name);
option ignore_created_by(std::string_view name);

// Leaves out the goroutines that exist now, at the time of this call. Make it before the code under
// test: made in the argument list of find() it would leave out everything.
option ignore_current();

// How long the check may wait in all for goroutines that are about to end. The waits double from 1
// us to 100 ms; without this option there are 20 (431 ms). 0: one look. Counts the time that was
// asked for, not the time that passed, so a loaded machine gets as many looks as an idle one.
// Throws std::invalid_argument when `limit` is negative.
option max_wait(std::chrono::nanoseconds limit);

// For the test frameworks: `f` is called when the check is over, with 0 by verify_none and with the
// exit status by verify_test_main. f may also take nothing.
cleanup_option cleanup(std::function<void(int)> f);
template <class F>
  requires std::invocable<F&> && (!std::invocable<F&, int>)
cleanup_option cleanup(F f) {
  return cleanup(std::function<void(int)>([call = std::move(f)](int) mutable { call(); }));
}

// For verify_test_main: check also when tests have failed.
run_on_failure_option run_on_failure();

struct goroutine {
  std::uint64_t id = 0;
  std::string state;         // "chan receive", "select", "sleep", "running" ...
  std::string top_function;  // the first function that is not vole's own; "" when there is none
  std::string created_by;    // the function with the go statement; "" for a foreign thread
  std::string text;          // Go's traceback of this goroutine, ending in a newline
  bool unreachable = false;  // proven never to wake; the proof is in `evidence`

  std::uint64_t parent_id = 0;         // who started it; 0: a foreign thread or the runtime
  std::chrono::nanoseconds waited{0};  // since it parked; 0 when it does not wait
  std::string waits_for;               // "channel 0x7f00c0ffee10", "mutex registry_lock" ...
  std::string evidence;                // why it can never wake; "" unless unreachable
};

struct report {
  std::vector<goroutine> goroutines;  // by rising id
  // Goroutines that were not judged: the check ended early because others were proven leaked.
  std::size_t not_judged = 0;
  std::vector<std::string> notes;  // on the options: names that left nobody out

  // `found unexpected goroutines:` and, in brackets, a paragraph for each different stack, with the
  // goroutines that share it counted.
  std::string text() const;
};

namespace detail {
std::optional<report> find(std::span<const option> options);
}

// The goroutines that are still here after the wait, or nothing. The clean case takes one look and
// no wait. A goroutine that is proven never to wake ends the wait at once; the report then holds
// the proven ones only. May park the calling goroutine; callable from any thread. No edge.
template <find_option... Options>
std::optional<report> find(const Options&... options) {
  const option list[] = {options..., option{}};
  return detail::find(list);
}

// The same with options that are known at run time only. Throws std::invalid_argument for a
// cleanup or run_on_failure among them.
std::optional<report> find(std::span<const option> options);

// Only goroutines that are proven never to wake: never waits, and never accuses wrongly.
std::optional<report> find_unreachable();

}  // namespace vole::leak
