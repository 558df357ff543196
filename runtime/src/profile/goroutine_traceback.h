// SPDX-License-Identifier: Apache-2.0
// Go's traceback text of the current goroutine or of all of them.
//
//   goroutine 7 [chan receive, 3 minutes, locked to thread, name "reader"] {job: import}:
//   app::read_all(...)
//           /src/app.cpp:12 +0x1d
//   created by main in goroutine 1
//           /src/main.cpp:20 +0x5f
//
// The grammar is that of Go 1.27, so that its readers (goleak, panicparse, gostackparse) accept it.
// C++ functions have no printable arguments: "(...)", which Go writes for inlined calls; as there,
// inlined calls have no offset. The name given to go() stands last in the brackets, where readers
// skip what they don't know; labels stand where Go puts them. A file that is not known is "??:0".
#pragma once

#include <span>
#include <string>

#include "event/traceback.h"
#include "profile/goroutine_snapshot.h"

namespace vole::profile {

// The event room's traceback_writer. Blocks the thread while it symbolizes; any thread, on the
// caller's stack (some 4 KiB of it). Never parks. Goroutines that run on other threads are stopped
// for some microseconds by a signal. Throws std::bad_alloc.
std::string write_traceback(event::traceback_scope scope, std::uint64_t first_id = 0);

// The event room's place_writer: the innermost function that is neither vole's nor std's.
std::string write_place(std::uintptr_t return_pc);

// Paragraphs for these, in this order, with an empty line between them. From level system on each
// header says where the goroutine's record is and on which thread it runs, as Go does there:
// `goroutine 7 gp=0x7f3c2a m=4711 [running]:`, `m=nil` on none.
std::string traceback_of(std::span<const goroutine_record> goroutines,
                         event::traceback_level level = event::traceback_level::single);

}  // namespace vole::profile
