// SPDX-License-Identifier: Apache-2.0
// One run, from the making of its bubble to the verdict; which operations are scheduling points.
#include <vole/panic.h>

#include <memory>

#include "base/spin_lock.h"
#include "event/emit.h"
#include "event/listener.h"
#include "event/traceback.h"
#include "sched/core/scheduler.h"
#include "sched/driver.h"
#include "sched/park.h"
#include "sched/sim/simulation.h"
#include "sched/spawn.h"

namespace vole::sched {
namespace {

std::size_t (*race_counter)() noexcept = nullptr;  // set before main

void on_operation(event::operation what, const void*) {
  event::goroutine* const self = event::current();
  if (self == nullptr || as_g(self).in_bubble == nullptr) return;
  simulation* const in = as_g(self).in_bubble->simulated;
  if (in == nullptr) return;
  if (the_scheduler.is_frozen.load(std::memory_order_relaxed)) return;  // relaxed: set for ever
  in->come_to_point(as_g(self), what);
}

constexpr event::listener kPoints = [] {
  event::listener made;
  made.operation_begun = &on_operation;
  return made;
}();

struct points_users {
  base::spin_lock lock{base::lock_rank::sched};
  int count VOLE_GUARDED_BY(lock) = 0;
};
constinit points_users users;

// One run and the caller, who waits for the driver to end it.
struct running {
  simulation& in;
  event::goroutine* caller;
  void (*body)(void*);
  void* argument;
  enum class gate : std::uint8_t { open, waiting, over };
  std::atomic<gate> end{gate::open};
};

void run_driver(void* argument) {
  auto& run = *static_cast<running*>(argument);
  run.in.drive();
  event::goroutine* const caller = run.caller;
  // acq_rel: the run comes before what the caller does next. `run` may be gone from here on.
  if (run.end.exchange(running::gate::over, std::memory_order_acq_rel) == running::gate::waiting)
    ready(caller);
}

void run_body(void* argument) {
  const auto& run = *static_cast<running*>(argument);
  run.body(run.argument);
}

void start(running& run, bubble& in, std::uintptr_t creation_pc) {
  spawn_request body;
  body.run = &run_body;
  body.closure = &run;
  body.creation_pc = creation_pc;
  body.into = &in;
  spawn(body);
  spawn_request driver;
  driver.run = &run_driver;
  driver.closure = &run;
  driver.is_system = true;
  spawn(driver);
}

std::string text_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "an exception that is no std::exception";
  }
}

std::string verdict(const simulation& run) {
  switch (run.end()) {
    case run_end::finished:
      return {};
    case run_end::exception:
      return "exception: " + text_of(run.failure());
    case run_end::deadlock:
      return "deadlock: all goroutines are blocked\n\n" +
             event::traceback(event::traceback_scope::bubble);
    case run_end::leak:
      return "leak: the function has returned, and goroutines are left that are blocked for "
             "ever\n\n" +
             event::traceback(event::traceback_scope::bubble);
    case run_end::too_long:
      return "too long: the run had more scheduling points than it may have\n\n" +
             event::traceback(event::traceback_scope::bubble);
  }
  return {};
}

// The bubble's number is the caller's as well while it waits: tracebacks go by it.
class marked_caller {
 public:
  marked_caller(event::goroutine& self, std::uint32_t bubble_id) : self_(self) {
    self_.bubble_id = bubble_id;
  }
  ~marked_caller() { self_.bubble_id = 0; }
  marked_caller(const marked_caller&) = delete;
  marked_caller& operator=(const marked_caller&) = delete;

 private:
  event::goroutine& self_;
};

void wait_for_end(running& run) {
  park(
      event::wait_reason::synctest_run, &run.in,
      [](goroutine*, void* at) {
        // acq_rel: as in run_driver()
        return static_cast<running*>(at)->end.exchange(
                   running::gate::waiting, std::memory_order_acq_rel) != running::gate::over;
      },
      &run);
}

}  // namespace

simulation* current_simulation() noexcept {
  event::goroutine* const self = event::current();
  if (self == nullptr || as_g(self).in_bubble == nullptr) return nullptr;
  return as_g(self).in_bubble->simulated;
}

bool is_simulated() noexcept { return current_simulation() != nullptr; }

bool decide_select(std::uint32_t count, std::uint32_t& answer) noexcept {
  simulation* const in = current_simulation();
  if (in != nullptr) answer = in->pick_case(count);
  return in != nullptr;
}

void set_race_counter(std::size_t (*counter)() noexcept) noexcept { race_counter = counter; }

points_scope::points_scope() {
  const base::spin_guard guard(users.lock);
  if (users.count++ == 0) event::attach(kPoints);
}

points_scope::~points_scope() {
  const base::spin_guard guard(users.lock);
  if (--users.count == 0) event::detach(kPoints);
}

run_result simulate(policy& decides, simulation::limits allowed, void (*body)(void*),
                    void* argument, std::uintptr_t creation_pc) {
  g& self = as_g(current());
  const std::size_t races_before = race_counter == nullptr ? 0 : race_counter();
  bubble& in = make_bubble();
  auto made = std::make_unique<simulation>(in, decides, allowed);
  in.simulated = made.get();
  run_result result;
  {
    const marked_caller mark(self, in.id);
    running run{*made, &self, body, argument, running::gate::open};
    start(run, in, creation_pc);
    wait_for_end(run);
    event::emit::bubble_settled(&in);
    result.text = verdict(*made);
  }
  result.end = made->end();
  result.answers = made->answers();
  if (made->end() == run_end::too_long)
    result.answers.points = static_cast<std::uint32_t>(allowed.points_max);
  result.order = made->order();
  result.races = race_counter == nullptr ? 0 : race_counter() - races_before;
  result.complaint = decides.complaint();
  if (made->has_members_left()) {
    give_up_members(in);
    static_cast<void>(made.release());  // whoever is left refers to it
  } else {
    in.simulated = nullptr;
    end_bubble(in);
  }
  return result;
}

}  // namespace vole::sched
