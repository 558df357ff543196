// SPDX-License-Identifier: Apache-2.0
// The table of proofs.
#include "leak/proof.h"

namespace vole::leak {

std::string_view proof_of_leak(event::goroutine_state state, event::wait_reason reason) {
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
