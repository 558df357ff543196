// SPDX-License-Identifier: Apache-2.0
// Who can never wake: proofs by construction.
//
// These need nothing but the goroutine's own state: what it waits for does not exist, so
// nobody can hold it. A proof is never wrong, whatever the rest of the program does; where there is
// none, nothing is said, and the goroutine counts as one that may still end.
#pragma once

#include <string_view>

#include "event/census.h"

namespace vole::leak {

// A sentence for the report that says why, or "" where there is no proof.
std::string_view proof_of_leak(event::goroutine_state state, event::wait_reason reason);

}  // namespace vole::leak
