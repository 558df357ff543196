// SPDX-License-Identifier: Apache-2.0
// The loop of the check, and the functions of <vole/leak.h> that start it.
#include "leak/verify.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>

#include "leak/hooks.h"
#include "leak/naming.h"
#include "leak/proof.h"

namespace vole::leak {
namespace {

constinit std::atomic<pause_function*> given_pause{nullptr};

void pause(std::int64_t ns) {
  pause_function* const park =
      given_pause.load(std::memory_order_acquire);  // acquire: pairs with set_pause
  if (park != nullptr && event::current() != nullptr)
    park(ns);
  else
    std::this_thread::sleep_for(std::chrono::nanoseconds(ns));
}

// Which of the names given to options have left somebody out.
using used_names = std::set<const std::string*>;

bool is_any(const std::vector<std::string>& wanted, const named_frame& frame, used_names& used) {
  if (frame.source == nullptr) return false;
  for (const std::string& name : wanted) {
    if (!is_named(*frame.source, name)) continue;
    used.insert(&name);
    return true;
  }
  return false;
}

bool is_ignored(const rules& ignored, const snapshot& seen, const sighting& one, names& known,
                used_names& used) {
  if (!ignored.creators.empty() && is_any(ignored.creators, known.caller(one.creation_pc), used))
    return true;
  if (one.stack == kNoStack) return false;
  const std::vector<named_frame>& frames = known.stack(seen, one.stack);
  if (!frames.empty() && is_any(ignored.top_functions, frames.front(), used)) return true;
  return !ignored.any_functions.empty() &&
         std::ranges::any_of(frames, [&](const named_frame& frame) {
           return is_any(ignored.any_functions, frame, used);
         });
}

// A misspelt name ignores nobody, and the reader of the report wonders why.
std::vector<std::string> notes_on_unused(const rules& ignored, const used_names& used) {
  std::vector<std::string> notes;
  const auto note = [&](const char* option, const std::vector<std::string>& given) {
    for (const std::string& name : given)
      if (!used.contains(&name))
        notes.push_back(std::string(option) + "(\"" + name +
                        "\") left nobody out; a name must be a function's whole name, as above");
  };
  note("ignore_top_function", ignored.top_functions);
  note("ignore_any_function", ignored.any_functions);
  note("ignore_created_by", ignored.creators);
  return notes;
}

bool is_proven(const sighting& one) { return !proof_of_leak(one.state, one.reason).empty(); }

// A look without those whom the options leave out by function.
snapshot look_past_ignored(const suspects& who, bool with_stacks, names& known, used_names& used) {
  const bool needs_functions = who.ignored.needs_functions();
  snapshot seen = look(who, with_stacks || needs_functions);
  if (needs_functions)
    std::erase_if(seen.goroutines, [&](const sighting& one) {
      return is_ignored(who.ignored, seen, one, known, used);
    });
  return seen;
}

// The proven ones of a fresh look with stacks; they can't have gone since the last one.
report report_proven(const suspects& who) {
  names known;
  used_names used;
  snapshot seen = look_past_ignored(who, true, known, used);
  const std::size_t all = seen.goroutines.size();
  std::erase_if(seen.goroutines, [](const sighting& one) { return !is_proven(one); });
  report made = make_report(seen, known);
  made.not_judged = all - made.goroutines.size();
  made.notes = notes_on_unused(who.ignored, used);
  return made;
}

}  // namespace

void set_pause(pause_function* park) {
  given_pause.store(park, std::memory_order_release);  // release: pairs with the acquire in pause
}

std::optional<report> verify(const suspects& who) {
  std::chrono::nanoseconds left = who.ignored.wait_max;
  std::chrono::nanoseconds step = std::chrono::microseconds(1);
  for (;;) {
    const bool is_last = left == std::chrono::nanoseconds::zero();
    names known;
    used_names used;
    const snapshot seen = look_past_ignored(who, is_last, known, used);
    if (seen.goroutines.empty()) return std::nullopt;
    if (std::ranges::any_of(seen.goroutines, is_proven)) return report_proven(who);
    if (is_last) {
      report made = make_report(seen, known);
      made.notes = notes_on_unused(who.ignored, used);
      return made;
    }
    const std::chrono::nanoseconds wait = std::min({step, kWaitStepMax, left});
    pause(wait.count());
    left -= wait;
    step *= 2;
  }
}

std::optional<report> verify_proven(const suspects& who) {
  names known;
  used_names used;
  const snapshot seen = look_past_ignored(who, false, known, used);
  if (std::ranges::none_of(seen.goroutines, is_proven)) return std::nullopt;
  report made = report_proven(who);
  made.not_judged = 0;  // nobody asked about the others
  return made;
}

namespace detail {
std::optional<report> find(std::span<const option> options) {
  const rules ignored = make_rules(options);
  return verify({ignored});
}
}  // namespace detail

std::optional<report> find(std::span<const option> options) {
  for (const option& one : options)
    if (one.kind == option_kind::cleanup || one.kind == option_kind::run_on_failure)
      throw std::invalid_argument(
          "vole::leak::find: cleanup and run_on_failure are for the test frameworks' checks");
  return detail::find(options);
}

std::optional<report> find_unreachable() {
  const rules none;
  return verify_proven({none});
}

}  // namespace vole::leak
