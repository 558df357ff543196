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
inline std::string_view proof_of_leak(event::goroutine_state state, event::wait_reason reason) {
  if (state != event::goroutine_state::waiting) return {};
  switch (reason) {
    case event::wait_reason::chan_receive_nil:
      return "it receives from a nil channel, which nobody can send to or close";
    case event::wait_reason::chan_send_nil:
      return "it sends on a nil channel, which nobody can receive from";
    case event::wait_reason::select_no_cases:
      return "it waits in a select without cases, which has nothing to be woken by";
    default:
      return {};
  }
}

}  // namespace vole::leak
