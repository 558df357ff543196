// SPDX-License-Identifier: Apache-2.0
// The end of the process: freezing goroutines before static destructors, and ends without them.
#pragma once

namespace vole::sched {

// Makes the calling thread notice that exit() runs on it, before any static destructor. Main is
// watched from the start; sched calls it on workers and adopted threads.
void watch_for_exit();

// Makes every thread that calls exit() watched, also those that never used the runtime. Called
// once, as the runtime starts.
void watch_calls_of_exit();

// True when goroutines no longer run because the process ends, or because this is the child of a
// fork(): what they wait in may be destroyed under them.
bool is_process_over() noexcept;

// Blocks the thread for ever if the process is ending, unless the calling thread is the one that
// ends it. For scheduling points of adopted threads and blocking().
void stop_if_frozen();

// For a park while the process ends. On the thread that runs the static destructors it is a wait
// for goroutines that no longer run, so the process ends here, with its status. On any other it
// returns: the park stops the goroutine, after its commit has let go of what it holds.
void refuse_park_at_exit();

// Ends the process without static destructors: stdio is flushed (for a bounded time), the exit hook
// is called, and _exit(status). Never returns, never unwinds.
[[noreturn]] void quit_process(int status);

// The same, but the process ends by SIGABRT, with a core file where the system writes them.
[[noreturn]] void abort_process();

// Blocks all callers for ever but the first: only one thread may report the end of the process.
// Where the report itself fails, and its thread comes here again, the process ends with what was
// said.
void claim_death();

// Called by quit_process with its status, and returns the one to use: the race detector's last
// words. boot sets it. An exit through static destructors does not call it (atexit does).
using exit_hook = int(int status);
void set_exit_hook(exit_hook* hook);

}  // namespace vole::sched
