// SPDX-License-Identifier: Apache-2.0
// What the timer thread does besides timers: it is told when a deadlock may have come about.
#pragma once

namespace vole::sched {

// Asks the timer thread to call check_deadlock() in a moment. Any thread; a load and a store when
// it has been asked already.
void suspect_deadlock();

}  // namespace vole::sched
