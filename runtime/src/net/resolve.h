// SPDX-License-Identifier: Apache-2.0
// Looking up the addresses behind a name; and a dial that can be aborted while it does so.
#pragma once

#include <string_view>
#include <system_error>
#include <vector>

#include "base/spin_lock.h"
#include "event/announced_count.h"
#include "net/address.h"
#include "sched/poller.h"

namespace vole::detail {

// A dial that another goroutine may abort, in either of the two places where it waits.
struct dial_core {
  event::announced_count references;
  base::spin_lock guard{base::lock_rank::sync};
  bool is_aborted VOLE_GUARDED_BY(guard) = false;
  event::goroutine* waiter VOLE_GUARDED_BY(guard) = nullptr;        // for the look-up
  sched::poll_record* connecting VOLE_GUARDED_BY(guard) = nullptr;  // for the connection
};

}  // namespace vole::detail

namespace vole::net {

using detail::dial_core;

// The endpoints that a text means, at least one, in the order in which to try them. `dial` may be
// null.
std::error_code resolve(std::string_view network, std::string_view text, bool is_passive,
                        dial_core* dial, std::vector<endpoint>& to);

}  // namespace vole::net
