// SPDX-License-Identifier: Apache-2.0
// Go's traceback text, asked for by the runtime's side (panic, fatal error, stack()) and written by
// the profile room; and VOLE_TRACEBACK, which says how much of it is wanted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vole::event {

enum class traceback_scope {
  current,
  all,    // the current goroutine first, then the rest by id
  bubble  // likewise, of the current goroutine's synctest bubble
};

// `first_id`: the goroutine to show first instead of the current one; 0: the current one.
using traceback_writer = std::string(traceback_scope scope, std::uint64_t first_id);

// boot gives the profile room's writer.
void set_traceback_writer(traceback_writer* writer);

// `goroutine 1 [running]:` and so on, ending in a newline; empty when no writer is set. Allocates.
std::string traceback(traceback_scope scope, std::uint64_t first_id = 0);

// A place in the program for a message: `0x55d0c0ffee (app::transfer at /src/app.cpp:12)`.
using place_writer = std::string(std::uintptr_t return_pc);
void set_place_writer(place_writer* writer);
// The number alone when no writer is set. Allocates.
std::string place_text(std::uintptr_t return_pc);

// GOTRACEBACK's levels. none: only the message. single: the goroutine that panicked (all for a
// deadlock and the runtime's fatal errors). all: all of the user's. system: and the runtime's own
// goroutines and frames. crash: as system, then SIGABRT instead of exit status 2.
enum class traceback_level : std::uint8_t { none, single, all, system, crash };

// Go's words or 0, 1, 2 for none, all, system; single for the empty text and what is not
// understood, which `is_known` tells.
traceback_level parse_traceback_level(std::string_view text, bool& is_known) noexcept;

// VOLE_TRACEBACK, read once; says on stderr when it is not understood. Any thread.
traceback_level wanted_traceback() noexcept;

}  // namespace vole::event
