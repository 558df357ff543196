// SPDX-License-Identifier: Apache-2.0
// Telling a full goroutine stack from any other crash.
#pragma once

namespace vole::sched {

// Reports a touch of a goroutine's stack guard as `fatal error: stack overflow`. Only where nobody
// else handles SIGSEGV: a program's (or a sanitizer's) own handler stays.
void watch_for_overflow();

// Gives the calling worker thread the stack that the report is made on.
void prepare_overflow_stack();

}  // namespace vole::sched
