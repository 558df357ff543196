// SPDX-License-Identifier: Apache-2.0
// Goroutines that block their thread: others run on meanwhile on the processor they give away.
#pragma once

#include "sched/g.h"

namespace vole::sched {

// Brackets a stretch in which the calling goroutine may block its thread. They nest.
void enter_blocking();
void exit_blocking();

// A park inside of such a stretch needs a processor: takes one back, if there is such a stretch,
// and says so; the caller undoes it after the park.
bool leave_blocking_for_park(g& self);
void enter_blocking_after_park(g& self);

// Binds the calling goroutine to its thread until the calls are undone as often. Adopted ones are
// bound anyway.
void lock_thread();
void unlock_thread();

}  // namespace vole::sched
