// SPDX-License-Identifier: Apache-2.0
// Foreign threads as goroutines.
#pragma once

#include "sched/goroutine/g.h"

namespace vole::sched {

// Makes the calling thread, which has no goroutine, one of its own until it ends. Main becomes
// goroutine 1. Starts the runtime if need be.
g& adopt_this_thread();

// Main's goroutine, which exists from the start of the runtime.
g& main_goroutine();

// Makes main's goroutine. Called once, by ensure_started().
void make_main_goroutine();

// Ends the calling thread's goroutine; a later use of the runtime adopts the thread anew.
void end_adoption(g& self);

}  // namespace vole::sched
