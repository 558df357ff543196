// SPDX-License-Identifier: Apache-2.0
// Parking and readying: the only way in which chan, sync, time and ctx make a goroutine wait. Works
// the same for goroutines on processors and for adopted threads (main included), which block their
// thread instead.
//
// The protocol (each park is matched by exactly one ready):
//   1. The waiter takes the object's lock, finds that it must wait, and puts a record with its
//   goroutine* into the object.
//   2. It calls park(..., commit, argument). Its registers are saved first; then `commit` runs (on
//   the scheduler's stack; for an adopted
//      thread on its own) and typically unlocks the object. From that moment on a waker may call
//      ready().
//   3. commit returning false undoes the park: the goroutine goes on at once, and nobody may ready
//   it for this park.
//   4. A waker takes the object's lock, removes the record, drops the lock, calls ready(g) once.
#pragma once

#include "base/spin_lock.h"
#include "event/goroutine.h"
#include "event/wait_reason.h"

namespace vole::sched {

using event::goroutine;

// Adopts the calling thread, which is none of ours.
goroutine* adopt_current();

// The calling goroutine. On a foreign thread's first call the thread is adopted (main becomes
// goroutine 1). Starts the runtime at the very first call. Never null. Ask again after every park:
// the *thread* may differ, the goroutine does not.
inline goroutine* current() {
  goroutine* const self = event::current();
  return __builtin_expect(self != nullptr, 1) ? self : adopt_current();
}

using park_commit = bool(goroutine* self, void* argument);

// Waits until ready(self). `object` is what the census shows as the wait object. Throws nothing;
// may be called while unwinding. No happens-before edge by itself: the caller announces those of
// its operation. `commit` may be null.
void park(event::wait_reason reason, const void* object, park_commit* commit, void* argument);

// park() with a commit that unlocks `held`.
void park_and_unlock(event::wait_reason reason, const void* object, base::spin_lock& held)
    VOLE_RELEASE(held);

// Lets a parked goroutine run again. Any thread, the timer thread included. The woken goroutine
// goes to the caller's run-next slot.
void ready(goroutine* waiter);

// Puts the calling goroutine at the tail of the global queue and runs others (runtime.Gosched). A
// thread's yield for adopted ones.
void yield();

// Which processor the caller runs on, in [0, kProcsMax); for a thread without one a number of its
// own that stays. A hint for choosing one of several shards: it may be another at once.
int processor_index() noexcept;

// True when the runtime has somebody else to run now on this processor or globally; a hint for
// adaptive spinning.
bool should_spin(int iteration) noexcept;

// Misuse that Go calls fatal: `fatal error: TEXT`, blank line, tracebacks, exit status 2. Never
// returns, never unwinds.
[[noreturn]] void fatal(const char* text);

}  // namespace vole::sched
