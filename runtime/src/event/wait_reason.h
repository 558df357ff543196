// SPDX-License-Identifier: Apache-2.0
// Why a goroutine waits, in Go's exact words (they appear in tracebacks, profiles and leak
// reports).
#pragma once

#include <cstdint>
#include <string_view>

namespace vole::event {

enum class wait_reason : std::uint8_t {
  none,
  chan_receive,
  chan_send,
  chan_receive_nil,
  chan_send_nil,
  select,
  select_no_cases,
  sleep,
  semacquire,
  cond_wait,
  mutex_lock,
  rw_mutex_rlock,
  rw_mutex_lock,
  wait_group_wait,
  io_wait,
  coroutine,
  synctest_run,
  synctest_wait,
  thread_blocked,  // an adopted goroutine's thread waits in the runtime for another reason
};

// The same reason, for a wait that only goroutines of the waiter's own synctest bubble can end,
// where the reason alone doesn't say so. For park() only, which takes it apart again.
inline constexpr std::uint8_t kInBubbleBit = 0x80;
constexpr wait_reason in_bubble(wait_reason reason) noexcept {
  return static_cast<wait_reason>(static_cast<std::uint8_t>(reason) | kInBubbleBit);
}

enum class lock_mode : std::uint8_t { exclusive, shared };

// "chan receive", "sync.Mutex.Lock" ...; "" for none. Async-signal-safe.
std::string_view text(wait_reason reason) noexcept;

// True where nothing outside the process's goroutines can end the wait by itself: not for sleep and
// I/O.
bool is_blocked_on_goroutines(wait_reason reason) noexcept;

// True where, in a synctest bubble, only the bubble can end the wait, whatever is waited for.
bool is_always_durable(wait_reason reason) noexcept;

}  // namespace vole::event
