// SPDX-License-Identifier: Apache-2.0
// Dying with Go's words: uncaught exceptions, fatal errors; and goexit, the end of one goroutine.
#pragma once

namespace vole::sched {

// Makes an exception that nobody catches end the process as Go's panic does, unless the program has
// set a terminate handler of its own already.
void install_terminate_handler();

// Ends a process whose last words are said: exit status 2, or SIGABRT for VOLE_TRACEBACK=crash.
[[noreturn]] void quit_after_report();

// Unwinds the calling goroutine, running destructors, and ends it. See goexit.cpp.
[[noreturn]] void exit_goroutine();

}  // namespace vole::sched
