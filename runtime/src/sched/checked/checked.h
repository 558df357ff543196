// SPDX-License-Identifier: Apache-2.0
// VOLE_CHECKED=1: goroutines change threads whenever they can, and a wait with a pthread mutex held
// is fatal. Provokes what would else go wrong on a bad day only.
#pragma once

#include "sched/goroutine/g.h"

namespace vole::sched {

struct worker;

// Set once, as the runtime starts, before there is a second thread.
[[gnu::visibility("hidden")]] extern constinit bool is_checked;

// Reads VOLE_CHECKED.
void start_checks();

// For a worker that has picked `found` while is_checked: true when another worker should run it,
// because this one ran it last. The caller queues it globally again. Says no after some
// milliseconds without a taker, and always where there is one processor only. May sleep for some
// microseconds.
bool must_move(const worker& self, g& found);

// While is_checked, before `self`, the current goroutine, may change threads: fatal if it holds a
// lock that belongs to its thread. `what` it is about to do: "parks", "yields" ...
void refuse_held_locks(const g& self, const char* what);

// Makes the program and its shared libraries call the watching functions. Libraries that are
// opened later, and calls that a static link has resolved already, are not watched.
void watch_locks();

}  // namespace vole::sched
