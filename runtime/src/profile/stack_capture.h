// SPDX-License-Identifier: Apache-2.0
// The stack of a goroutine that runs on another thread right now, taken by a signal to that thread.
//
// There is one request in the process at a time:
//   1. The asker, under a lock, writes whom it wants and sets the request's state to (n, pending).
//   2. It sends the signal to the thread and waits for the state to become (n, done).
//   3. The handler moves (n, pending) to (n, writing), unwinds what it interrupted if the wanted
//      goroutine runs there, moves the state to (n, done) and wakes the asker.
//   4. An asker that waits in vain (the thread blocks signals, or is being debugged) takes (n,
//      pending) back to idle; a handler that comes later finds another state and does nothing.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "profile/labels.h"

namespace vole::profile {

inline constexpr std::size_t kTracebackFramesMax = 1024;

struct captured_stack {
  std::vector<std::uintptr_t> pcs;  // return addresses, innermost first
  label_reference labels;
};

// False: the goroutine with this id does not run on that thread, or the thread did not answer
// within some milliseconds. Blocks the thread; not in a signal handler.
bool capture_stack(pid_t thread_id, std::uint64_t goroutine_id, captured_stack& out);

}  // namespace vole::profile
