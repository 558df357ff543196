// SPDX-License-Identifier: Apache-2.0
// What comes next when every goroutine of a bubble is durably blocked: Go's order.
//
//   1. What is due at this instant fires.
//   2. Otherwise the one in wait() goes on.
//   3. Otherwise the clock jumps to the next timer, unless the body has ended.
//   4. Otherwise that was all.
#include "synctest/keeper.h"

namespace vole::synctest {
namespace {

// Lets somebody go on. False: there is nobody.
bool take_turn(const running_test& test) {
  sched::bubble& in = test.in;
  if (sched::fire_due_timers(in) || !sched::is_alone(in)) return true;
  if (sched::g* const waiter = in.waiter) {
    in.waiter = nullptr;
    const sched::nameless_scope as_bubble(in);
    sched::ready(waiter);
    return true;
  }
  if (test.has_body_ended || !sched::advance_clock(in)) return false;
  sched::fire_due_timers(in);
  return true;
}

}  // namespace

void keep(void* argument) {
  auto& test = *static_cast<running_test*>(argument);
  do sched::park_keeper(test.in);
  while (take_turn(test));
  sched::ready(test.caller);  // the test may be gone from here on
}

}  // namespace vole::synctest
