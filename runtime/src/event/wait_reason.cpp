// SPDX-License-Identifier: Apache-2.0
// The words for the reasons.
#include "event/wait_reason.h"

namespace vole::event {

std::string_view text(wait_reason reason) noexcept {
  switch (reason) {
    case wait_reason::none:
      return "";
    case wait_reason::chan_receive:
      return "chan receive";
    case wait_reason::chan_send:
      return "chan send";
    case wait_reason::chan_receive_nil:
      return "chan receive (nil chan)";
    case wait_reason::chan_send_nil:
      return "chan send (nil chan)";
    case wait_reason::select:
      return "select";
    case wait_reason::select_no_cases:
      return "select (no cases)";
    case wait_reason::sleep:
      return "sleep";
    case wait_reason::semacquire:
      return "semacquire";
    case wait_reason::cond_wait:
      return "sync.Cond.Wait";
    case wait_reason::mutex_lock:
      return "sync.Mutex.Lock";
    case wait_reason::rw_mutex_rlock:
      return "sync.RWMutex.RLock";
    case wait_reason::rw_mutex_lock:
      return "sync.RWMutex.Lock";
    case wait_reason::wait_group_wait:
      return "sync.WaitGroup.Wait";
    case wait_reason::io_wait:
      return "IO wait";
    case wait_reason::coroutine:
      return "coroutine";
    case wait_reason::synctest_run:
      return "synctest.Run";
    case wait_reason::synctest_wait:
      return "synctest.Wait";
    case wait_reason::thread_blocked:
      return "thread blocked";
  }
  return "";
}

bool is_blocked_on_goroutines(wait_reason reason) noexcept {
  return reason != wait_reason::none && reason != wait_reason::sleep &&
         reason != wait_reason::io_wait && reason != wait_reason::thread_blocked;
}

bool is_always_durable(wait_reason reason) noexcept {
  switch (reason) {
    case wait_reason::chan_receive_nil:
    case wait_reason::chan_send_nil:
    case wait_reason::select_no_cases:
    case wait_reason::sleep:
    case wait_reason::cond_wait:
    case wait_reason::coroutine:
    case wait_reason::synctest_run:
    case wait_reason::synctest_wait:
      return true;
    default:
      return false;
  }
}

}  // namespace vole::event
