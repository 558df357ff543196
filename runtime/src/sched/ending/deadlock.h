// SPDX-License-Identifier: Apache-2.0
// Noticing that nobody can ever run again.
#pragma once

#include <cstdint>

namespace vole::sched {

// Called by whoever stops running while it may have been the last: a worker that goes to sleep, an
// adopted thread that parks or ends. Cheap when others run; otherwise asks the timer thread to look
// closely in a moment.
void note_maybe_asleep();

// For the timer thread. Ends the process when every goroutine is blocked for ever (see deadlock.cpp
// for the rule). Otherwise the time at which to look again, or INT64_MAX.
std::int64_t check_deadlock();

// How often everything stood still, and check_deadlock() found somebody who waits for something
// that is no goroutine (rule 4 alone spoke against the verdict). For tests, which must not let the
// world answer before that look.
std::uint64_t count_refuted_deadlocks() noexcept;

}  // namespace vole::sched
