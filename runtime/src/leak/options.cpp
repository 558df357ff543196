// SPDX-License-Identifier: Apache-2.0
// The makers of options, and what a list of them comes to.
#include "leak/options.h"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "event/census.h"

namespace vole::leak {
namespace {

option named(option_kind kind, std::string_view name) {
  option made;
  made.kind = kind;
  made.name = name;
  return made;
}

}  // namespace

option ignore_top_function(std::string_view name) {
  return named(option_kind::ignore_top_function, name);
}
option ignore_any_function(std::string_view name) {
  return named(option_kind::ignore_any_function, name);
}
option ignore_created_by(std::string_view name) {
  return named(option_kind::ignore_created_by, name);
}

option ignore_current() {
  option made;
  made.kind = option_kind::ignore_ids;
  event::for_each_goroutine(
      [](void* argument, const event::goroutine_view& view) {
        static_cast<option*>(argument)->ids.push_back(view.self->id);
      },
      &made);
  std::ranges::sort(made.ids);
  return made;
}

option max_wait(std::chrono::nanoseconds limit) {
  if (limit < std::chrono::nanoseconds::zero())
    throw std::invalid_argument("vole::leak::max_wait: the limit is negative");
  option made;
  made.kind = option_kind::max_wait;
  made.wait = limit;
  return made;
}

cleanup_option cleanup(std::function<void(int)> f) {
  cleanup_option made;
  made.kind = option_kind::cleanup;
  made.call_at_end = std::move(f);
  return made;
}

run_on_failure_option run_on_failure() {
  run_on_failure_option made;
  made.kind = option_kind::run_on_failure;
  return made;
}

bool rules::knows(std::uint64_t id) const { return std::ranges::binary_search(known_ids, id); }

rules make_rules(std::span<const option> options) {
  rules all;
  for (const option& one : options) {
    switch (one.kind) {
      case option_kind::none:
        break;
      case option_kind::ignore_top_function:
        all.top_functions.push_back(one.name);
        break;
      case option_kind::ignore_any_function:
        all.any_functions.push_back(one.name);
        break;
      case option_kind::ignore_created_by:
        all.creators.push_back(one.name);
        break;
      case option_kind::ignore_ids:
        all.known_ids.insert(all.known_ids.end(), one.ids.begin(), one.ids.end());
        break;
      case option_kind::cleanup:
        if (one.call_at_end) all.calls_at_end.push_back(one.call_at_end);
        break;
      case option_kind::max_wait:
        all.wait_max = one.wait;
        break;
      case option_kind::run_on_failure:
        all.checks_after_failure = true;
        break;
    }
  }
  std::ranges::sort(all.known_ids);
  return all;
}

}  // namespace vole::leak
