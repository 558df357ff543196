// SPDX-License-Identifier: Apache-2.0
// Full stacks and other faults of the program's code: Go's words for them, and who hears them next.
#pragma once

namespace vole::sched {

struct g;

// From now on:
//   a goroutine's stack is full      `goroutine N: stack overflow`, its frames, exit status 2
//   a fault in a goroutine           Go's panic text, the frames, then the signal's default action
//   an adopted thread's stack        the same words, where that thread has an alternate signal
//   stack
// A handler that the program had before hears of every fault, of an overflow after the words, of
// any other instead of them. One that it sets later takes the place of ours. A sanitizer's stays.
void watch_for_overflow();

// Gives the calling worker thread the stack that the report is made on.
void prepare_overflow_stack();
// Takes it back from a worker thread that ends.
void drop_overflow_stack();

// For a goroutine on a stack without a guard, on that stack, before it leaves it: the process ends
// as above if the stack has run over its low end.
void die_if_overrun(const g& self);

}  // namespace vole::sched
