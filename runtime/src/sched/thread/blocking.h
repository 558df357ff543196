// SPDX-License-Identifier: Apache-2.0
// Goroutines that block their thread: others run on meanwhile on the processor they give away.
#pragma once

#include "sched/goroutine/g.h"

namespace vole::sched {

// Brackets a stretch in which the calling goroutine may block its thread. They nest.
void enter_blocking();
void exit_blocking();

// Binds the calling goroutine to its thread until the calls are undone as often. Adopted ones are
// bound anyway.
void lock_thread();
void unlock_thread();

}  // namespace vole::sched
