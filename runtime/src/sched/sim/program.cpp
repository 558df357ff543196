// SPDX-License-Identifier: Apache-2.0
// VOLE_SCHED: the whole program as one simulation, from main's first use of the runtime on.
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "base/raw_log.h"
#include "event/emit.h"
#include "sched/park.h"
#include "sched/sim/simulation.h"
#include "sched/spawn.h"

namespace vole::sched {
namespace {

constexpr int kStatusOfUsage = 2;

// Lives as long as the process.
struct program {
  explicit program(const policy_spec& spec)
      : decides(make_policy(spec)), in(make_bubble()), run(in, *decides, {}) {}
  std::unique_ptr<policy> decides;
  bubble& in;
  simulation run;
};

// Null: not asked for.
const char* wanted_policy() {
  const char* const text = std::getenv("VOLE_SCHED");
  return text == nullptr || *text == '\0' ? nullptr : text;
}

[[noreturn]] void refuse(const std::string& why) {
  base::raw_writer() << "vole: VOLE_SCHED: " << why << "\n";
  _exit(kStatusOfUsage);
}

// Whether nobody can go on for ever is for deadlock.cpp to say: there may be threads that it knows
// nothing about.
void run_driver(void* argument) {
  static_cast<program*>(argument)->run.drive();
  for (;;) park(event::wait_reason::coroutine, argument, nullptr, nullptr);
}

}  // namespace

void prepare_program() {
  if (wanted_policy() != nullptr) event::close_quick_paths();
}

void simulate_program(g& main) {
  const char* const text = wanted_policy();
  if (text == nullptr) return;
  policy_spec spec;
  spec.seed = 1;
  std::string error;
  if (!parse_policy_spec(text, spec, error)) refuse(error);
  if (spec.name == "dfs") refuse("dfs needs many runs, and a program has one: random or pct");
  auto* const mine = new program(spec);
  mine->in.simulated = &mine->run;
  static const points_scope points;
  mine->run.join_running(main);
  spawn_request driver;
  driver.run = &run_driver;
  driver.closure = mine;
  driver.is_system = true;
  spawn(driver);  // no member, as main is none yet
  main.in_bubble = &mine->in;
  main.bubble_id = mine->in.id;
  mine->run.wait_for_turn(main);
}

}  // namespace vole::sched
