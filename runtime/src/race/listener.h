// SPDX-License-Identifier: Apache-2.0
// What boot plugs in: the detector as a listener of the event room, its start and its end.
#pragma once

#include "event/listener.h"

namespace vole::race {

// The happens-before rules, one handler for each announcement; see hb_rules.cpp.
extern const event::listener listener;

// Reads VOLE_RACE and installs the exit handler. Called once, before main, on main's thread, before
// the listener is attached. Accesses and allocations before that are looked at all the same.
void start();

// For ends of the process that run no atexit handlers: says what was found, returns the status to
// use. See sched/exit.h.
int last_words(int status);

}  // namespace vole::race
