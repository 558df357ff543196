// SPDX-License-Identifier: Apache-2.0
// Whose goroutine is it: scopes (one for each running test) that goroutines inherit at birth.
//
// A goroutine's word `listener_slot::leak` holds its scope. It is set when the goroutine is
// created, to its creator's, which may be none. Where there is no creator (a timer's callback, a
// foreign thread) and all open scopes lie one inside the other, the innermost of them is *guessed*:
// it gets the blame, but a scope that such a goroutine opens is not inside the guessed one. Where
// several tests run at the same time such a goroutine is nobody's: the check of the whole process
// at the end of main still finds it, and no test is blamed wrongly.
//
// Rejected: comparing the goroutines before and after, as everybody does by hand. Two tests at the
// same time would each be blamed for the other's, and a baseline taken too late hides everything.
// Rejected, too: guessing where the creator is known but in no scope. It may be what starts the
// tests, and then each test would be part of the first one.
#pragma once

#include <cstdint>

#include "event/goroutine.h"

namespace vole::leak {

using scope_id = std::uint64_t;  // 0: none

// Opens a scope inside the one that the calling goroutine is in, and puts the goroutine into it.
// Gives the new scope's id; `outer` is what must be given back to close_scope. No edge.
scope_id open_scope(scope_id& outer);

// Takes the calling goroutine out of scope `id` and closes the scope. Its goroutines stay marked.
void close_scope(scope_id id, scope_id outer);

// Was `who` started in scope `id` or in a scope inside it? Callable in a census visit.
bool is_in_scope(event::goroutine& who, scope_id id);

}  // namespace vole::leak
