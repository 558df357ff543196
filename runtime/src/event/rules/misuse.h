// SPDX-License-Identifier: Apache-2.0
// What breaks the rules of a channel, a lock or a group. Announced where it happens, before the
// exception is thrown or the process ends, in case nobody catches the one or reads the other.
#pragma once

#include <cstdint>
#include <string_view>

namespace vole::event {

enum class misuse : std::uint8_t {
  close_of_closed_channel,
  close_of_nil_channel,
  send_on_closed_channel,
  negative_wait_group,
  concurrent_wait_group_add,  // from zero, beside a wait that has not returned
  unlock_of_unlocked_mutex,   // or of one that another goroutine has locked
  unlock_of_unlocked_shared_mutex,
  runlock_of_unlocked_shared_mutex,
  destruction_of_locked_mutex,
};

// The runtime's words, Go's where it has any: "close of closed channel".
std::string_view text(misuse what) noexcept;
// What the goroutine was about to do: "close", "send", "done", "unlock", "destruction".
std::string_view deed_of(misuse what) noexcept;
// What was done before that makes it wrong: "close", "lock"; "": nothing in particular.
std::string_view former_deed_of(misuse what) noexcept;

}  // namespace vole::event
