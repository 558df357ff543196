// SPDX-License-Identifier: Apache-2.0
// VOLE_DEBUG=stacks=1: how deep goroutines have used their stacks, by the place of their creation.
#pragma once

#include "sched/goroutine/g.h"

namespace vole::sched {

// Set once, as the runtime starts, before there is a second thread.
extern constinit bool is_measuring_stacks;

// Reads VOLE_DEBUG.
void start_measuring_stacks() noexcept;

// While measuring: for a goroutine that has ended, whose record still says where it came from.
// Nobody is on its stack, which loses its contents: what the next one uses is measured by itself.
void note_stack_depth(const g& ended) noexcept;

// While measuring: the table on stderr, with the goroutines that live, deepest first. For the end
// of the process. Allocates.
void report_stack_depths();

}  // namespace vole::sched
