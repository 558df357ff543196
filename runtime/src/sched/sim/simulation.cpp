// SPDX-License-Identifier: Apache-2.0
// Whose turn it is: scheduling points, parks, the driver.
#include "sched/sim/simulation.h"

#include <vole/detail/shared_state.h>

#include <algorithm>

#include "base/check.h"
#include "event/emit.h"
#include "sched/core/scheduler.h"
#include "sched/ending/goexit.h"
#include "sched/park.h"

namespace vole::sched {
namespace {

constexpr std::uint64_t kFnvPrime = 0x100000001b3;
constexpr std::uint64_t kGranted = 0x100;  // against the operations' numbers

}  // namespace

simulation::member& simulation::of(const g& who) { return members_[who.member_number]; }

void simulation::note(std::uint64_t what) noexcept {
  order_ = (order_ ^ (std::uint64_t{running_} << 16 | what)) * kFnvPrime;
}

// Joining and beginning ---------------------------------------------------------------------------

void simulation::join(g& made) {
  made.member_number = static_cast<std::uint32_t>(members_.size());
  member& fresh = members_.emplace_back();
  fresh.who = &made;
  fresh.of = this;
  fresh.run = made.run;
  fresh.closure = made.closure;
  made.run = &run_member;
  made.closure = &fresh;
  ++alive_;
  set_ready(fresh);
}

void simulation::join_running(g& self) {
  self.member_number = static_cast<std::uint32_t>(members_.size());
  member& fresh = members_.emplace_back();
  fresh.who = &self;
  fresh.of = this;
  ++alive_;
  set_ready(fresh);
}

void simulation::run_member(void* argument) {
  member& me = *static_cast<member*>(argument);
  me.of->wait_for_first_turn(me);
  me.of->run_function(me);
}

void simulation::wait_for_first_turn(member& me) {
  me.is_switching = true;
  park(
      event::wait_reason::coroutine, this,
      [](goroutine*, void* at) {
        // acq_rel: what was done before the grant comes before what follows here
        return static_cast<member*>(at)->first_turn.exchange(
                   gate::waiting, std::memory_order_acq_rel) != gate::granted;
      },
      &me);
  me.has_begun = true;
}

void simulation::run_function(member& me) {
  if (!limits_.catches_exceptions) return me.run(me.closure);
  try {
    me.run(me.closure);
  } catch (...) {
    const std::exception_ptr thrown = vole::detail::captured_failure();
    if (!thrown) throw;  // goexit
    if (is_stopped_) return;
    failure_ = thrown;
    end_ = run_end::exception;
    is_stopped_ = true;
  }
}

// The bubble's hooks ------------------------------------------------------------------------------

bool simulation::begin_park(g& self, event::wait_reason reason) {
  member& me = of(self);
  if (!me.is_switching) {
    if (reason == event::wait_reason::io_wait)
      fatal(
          "a goroutine under a controlled schedule waits for input or output (see "
          "<vole/explore.h>)");
    return true;
  }
  me.is_switching = false;
  return false;
}

void simulation::end_park(g& self) {
  of(self).at = stage::blocked;
  sched::ready(driver_);
}

bool simulation::begin_ready(g& who) {
  member& woken = of(who);
  if (woken.is_granted) {
    woken.is_granted = false;
    return true;
  }
  if (current_bubble() != &in_)
    fatal("a goroutine under a controlled schedule is woken from outside (see <vole/explore.h>)");
  VOLE_ASSERT(woken.at == stage::blocked);
  set_ready(woken);
  return false;
}

void simulation::end_member() {
  member& done = members_[running_];
  done.who = nullptr;
  done.at = stage::ended;
  --alive_;
  sched::ready(driver_);
}

// Scheduling points -------------------------------------------------------------------------------

void simulation::set_ready(member& who) {
  who.at = stage::ready;
  who.ready_since = ++steps_;
  ready_.push_back(static_cast<std::uint32_t>(who.who->member_number));
}

bool simulation::is_held_back(const member& who) const {
  if (who.yielded_at == 0) return false;
  return std::any_of(ready_.begin(), ready_.end(), [&](std::uint32_t number) {
    const member& other = members_[number];
    return &other != &who && other.ready_since <= who.yielded_at &&
           other.last_step <= who.yielded_at;
  });
}

// Who may go on: `current` first if it may, then the others in the order of their becoming ready.
void simulation::collect_candidates(member* current) {
  candidates_.clear();
  if (current != nullptr) candidates_.push_back(running_);
  for (const std::uint32_t number : ready_)
    if (!is_held_back(members_[number])) candidates_.push_back(number);
  VOLE_CHECK(!candidates_.empty(), "everybody who is ready waits for another one's turn");
}

std::uint32_t simulation::ask(const choice& question) {
  const std::uint32_t answer = decides_.pick(question);
  VOLE_CHECK(answer < question.count, "a policy gives an answer that is none");
  if (answers_.answers.size() < kAnswersMax) answers_.answers.push_back(answer);
  return answer;
}

simulation::member& simulation::choose(member* current) {
  collect_candidates(current);
  std::uint32_t answer = 0;
  if (candidates_.size() > 1)
    answer = ask(
        {static_cast<std::uint32_t>(candidates_.size()), candidates_.data(), current != nullptr});
  return members_[candidates_[answer]];
}

std::uint32_t simulation::pick_case(std::uint32_t count) { return ask({count, nullptr, false}); }

void simulation::come_to_point(g& self, event::operation what) {
  member& me = of(self);
  VOLE_ASSERT(me.at == stage::running);
  note(static_cast<std::uint64_t>(what));
  me.last_step = ++steps_;
  if (limits_.points_max != 0 && ++points_ > limits_.points_max) stop_run(self, run_end::too_long);
  if (ready_.empty()) return;
  const bool is_yield = what == event::operation::yield || ++streak_ > kStreakMax;
  if (!is_yield) {
    member& next = choose(&me);
    if (&next != &me) give_turn_to(self, next);
    return;
  }
  decides_.note_yield(self.member_number);
  me.yielded_at = steps_;
  member& next = choose(nullptr);
  give_turn_to(self, next);
}

// The caller stays ready.
void simulation::give_turn_to(g& self, member& next) {
  member& me = of(self);
  set_ready(me);
  if (me.yielded_at != 0) me.yielded_at = steps_;  // behind those that were ready before
  me.is_switching = true;
  struct order {
    simulation* in;
    member* next;
  } given{this, &next};
  park(
      event::wait_reason::coroutine, this,
      [](goroutine*, void* at) {
        const order what = *static_cast<order*>(at);  // a copy: the stack may be in use at once
        what.in->grant(*what.next);
        return true;
      },
      &given);
}

void simulation::grant(member& who) {
  const std::uint32_t number = who.who->member_number;
  ready_.erase(std::find(ready_.begin(), ready_.end(), number));
  running_ = number;
  streak_ = 0;
  who.at = stage::running;
  who.yielded_at = 0;
  who.last_step = ++steps_;
  note(kGranted);
  g* const waiter = who.who;
  if (!who.has_begun &&
      // acq_rel: all that was done until now comes before its first step
      who.first_turn.exchange(gate::granted, std::memory_order_acq_rel) != gate::waiting)
    return;
  who.is_granted = true;
  sched::ready(waiter);
}

void simulation::stop_run(g& self, run_end why) {
  end_ = why;
  is_stopped_ = true;
  of(self).is_switching = true;
  for (;;)
    park(
        event::wait_reason::coroutine, this,
        [](goroutine*, void* at) {
          sched::ready(static_cast<simulation*>(at)->driver_);
          return true;
        },
        this);
}

// The driver --------------------------------------------------------------------------------------

void simulation::drive() {
  driver_ = &as_g(event::current());
  decides_.begin_run();
  answers_.tie_seed = decides_.tie_seed();
  in_.clock.random = base::prng(answers_.tie_seed);
  struct turn {
    simulation* in;
    member* next;
  } given{this, nullptr};
  while ((given.next = next_to_run()) != nullptr)
    park(
        event::wait_reason::coroutine, this,
        [](goroutine*, void* at) {
          const turn what = *static_cast<turn*>(at);
          what.in->grant(*what.next);
          return true;
        },
        &given);
}

simulation::member* simulation::next_to_run() {
  while (!is_stopped_) {
    if (!ready_.empty()) return &choose(nullptr);
    if (alive_ == 0) return nullptr;
    if (make_somebody_ready()) continue;
    end_ = members_.front().at == stage::ended ? run_end::leak : run_end::deadlock;
    return nullptr;
  }
  return nullptr;
}

// Everybody waits. False: for ever.
bool simulation::make_somebody_ready() {
  if (limits_.points_max != 0 && ++points_ > limits_.points_max) {
    end_ = run_end::too_long;
    is_stopped_ = true;
    return true;
  }
  if (fire_due_timers(in_)) return true;
  if (g* const waiter = in_.waiter) {
    in_.waiter = nullptr;
    const nameless_scope as_bubble(in_);
    sched::ready(waiter);
    return true;
  }
  return advance_clock(in_);
}

}  // namespace vole::sched
