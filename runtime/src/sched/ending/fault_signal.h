// SPDX-License-Identifier: Apache-2.0
// Signals that the kernel sends for a fault of the code that runs: SIGSEGV, SIGBUS, SIGFPE.
#pragma once

#include <signal.h>

namespace vole::sched {

using fault_handler = void(int signal, siginfo_t* info, void* context);

// Handles the fault signals from now on. Who handled them before is kept for pass_on(). Where a
// sanitizer does, nothing is changed: false.
bool handle_faults(fault_handler* handler) noexcept;

// Whether the program had a handler of its own for this signal.
bool has_handler_before(int signal) noexcept;

// Signal-handler code: what would have happened without handle_faults(). Calls the program's
// handler; or else sees to it that the default action (a core dump) takes place at the very
// instruction, as soon as our handler returns.
void pass_on(int signal, siginfo_t* info, void* context) noexcept;

// Signal-handler code. Once this has returned, the calling thread may allocate and take locks
// although the code it interrupted may hold them: if it is stuck for kLastWordsSeconds, or faults
// itself, or aborts, the process ends: with `status`, or by `signal` when that is not 0. Other
// threads that come here are blocked for ever.
void begin_last_words(int status, int signal) noexcept;

}  // namespace vole::sched
