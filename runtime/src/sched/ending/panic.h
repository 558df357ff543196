// SPDX-License-Identifier: Apache-2.0
// Dying with Go's words: uncaught exceptions, fatal errors; and goexit, the end of one goroutine.
#pragma once

namespace vole::sched {

// Makes an exception that nobody catches end the process as Go's panic does, unless the program has
// set a terminate handler of its own already.
void install_terminate_handler();

// `fatal error: TEXT`, a blank line, the tracebacks of all goroutines, exit status 2.
[[noreturn]] void die_all(const char* text);

// Unwinds the calling goroutine, running destructors, and ends it. See goexit.cpp.
[[noreturn]] void exit_goroutine();

}  // namespace vole::sched
