// SPDX-License-Identifier: Apache-2.0
// What the timer thread does besides timers: it is told when a deadlock may have come about.
#pragma once

namespace vole::sched {

// Asks the timer thread to call check_deadlock() in a moment. Any thread; a load and a store when
// it has been asked already.
void suspect_deadlock();

// True when a timer is armed that will fire some day. For a moment at which nobody else runs.
bool is_any_timer_armed();

}  // namespace vole::sched
