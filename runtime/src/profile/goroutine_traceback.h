// SPDX-License-Identifier: Apache-2.0
// Go's traceback text of the current goroutine or of all of them.
#pragma once

#include <string>

#include "event/traceback.h"

namespace vole::profile {

// The event room's traceback_writer. Blocks the thread while it symbolizes; any thread, on the
// caller's stack (some 16 KiB of it). Never parks. Goroutines that run on other threads are stopped
// for some microseconds by a signal. Throws std::bad_alloc.
std::string write_traceback(event::traceback_scope scope);

}  // namespace vole::profile
