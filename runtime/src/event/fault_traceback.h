// SPDX-License-Identifier: Apache-2.0
// The traceback of a goroutine that a signal stopped in the middle of its code.
#pragma once

#include <string>

namespace vole::event {

// `context`: a signal handler's third argument; null: the caller's own frames.
using fault_traceback_writer = std::string(const void* context);

// boot gives it.
void set_fault_traceback_writer(fault_traceback_writer* writer);

// The current goroutine in the grammar of event/traceback.h, from the interrupted frame outwards;
// empty when no writer is set. Allocates and takes locks, which the interrupted code may hold: for
// a dying process that has set itself a limit of time.
std::string fault_traceback(const void* context);

}  // namespace vole::event
