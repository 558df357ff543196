// SPDX-License-Identifier: Apache-2.0
// Go's traceback text, asked for by the runtime's side (panic, fatal error, stack()) and written by
// the profile room.
#pragma once

#include <string>

namespace vole::event {

enum class traceback_scope {
  current,
  all
};  // all: the current goroutine first, then the rest by id

using traceback_writer = std::string(traceback_scope scope);

// boot gives the profile room's writer.
void set_traceback_writer(traceback_writer* writer);

// `goroutine 1 [running]:` and so on, ending in a newline; empty when no writer is set. Allocates.
std::string traceback(traceback_scope scope);

}  // namespace vole::event
