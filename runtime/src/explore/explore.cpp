// SPDX-License-Identifier: Apache-2.0
// explore() and replay(): runs, until one fails.
#include <vole/explore.h>
#include <vole/panic.h>

#include "explore/shrink.h"
#include "sched/park.h"
#include "sched/sim/simulation.h"

namespace vole::detail {
namespace {

void refuse_nesting() {
  if (sched::as_g(sched::current()).in_bubble != nullptr)
    throw panic("explore called from within an exploration or a synctest bubble");
}

void refuse_divergence(const sched::run_result& run) {
  if (!run.complaint.empty())
    throw panic("explore: the program does not follow the schedule: " + run.complaint);
}

void describe(exploration& found, const sched::run_result& run) {
  found.order = run.order;
  if (!exploring::has_failed(run)) return;
  found.emplace(sched::encode_schedule(run.answers));
  found.failure = exploring::failure_text(run);
}

}  // namespace

[[gnu::noinline]] exploration explore_core(void (*body)(void*), void* f,
                                           const explore_options& options) {
  refuse_nesting();
  sched::policy_spec spec;
  spec.seed = options.seed;
  std::string error;
  if (!sched::parse_policy_spec(options.policy, spec, error)) throw panic("explore: " + error);
  const auto decides = sched::make_policy(spec);
  const exploring::job work{body, f, reinterpret_cast<std::uintptr_t>(__builtin_return_address(0)),
                            options.points};
  const sched::points_scope points;
  exploration found;
  while (found.runs < options.runs) {
    sched::run_result run = exploring::run_once(work, *decides);
    ++found.runs;
    refuse_divergence(run);
    if (exploring::has_failed(run)) {
      if (options.shrink) run = exploring::shrink(work, std::move(run));
      describe(found, run);
      return found;
    }
    found.order = run.order;
    if (!decides->end_run()) {
      found.is_exhausted = true;
      return found;
    }
  }
  return found;
}

[[gnu::noinline]] exploration replay_core(std::string_view text, void (*body)(void*), void* f) {
  refuse_nesting();
  sched::schedule answers;
  std::string error;
  if (!sched::parse_schedule(text, answers, error)) throw panic(error);
  const auto decides = sched::make_replay_policy(answers, false);
  const sched::points_scope points;
  const std::uint32_t points_max = answers.points != 0 ? answers.points : explore_options().points;
  const sched::run_result run = exploring::run_once(
      {body, f, reinterpret_cast<std::uintptr_t>(__builtin_return_address(0)), points_max},
      *decides);
  refuse_divergence(run);
  exploration found;
  found.runs = 1;
  describe(found, run);
  return found;
}

}  // namespace vole::detail
