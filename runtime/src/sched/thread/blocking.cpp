// SPDX-License-Identifier: Apache-2.0
// Giving the processor away while a goroutine blocks its thread, and binding one to its thread.
//
// The processor goes at once, not after Go's 20 us of grace: there is no sysmon yet that would take
// it back from those who overstay.
#include "sched/thread/blocking.h"

#include "base/check.h"
#include "sched/core/scheduler.h"
#include "sched/exit.h"
#include "sched/park.h"

namespace vole::sched {

void begin_blocking(g& self) {
  scheduler& s = the_scheduler;
  if (self.is_adopted) {
    change_state(self, g_state::running, g_state::syscall);
    return;
  }
  worker& on = *this_worker();
  // seq_cst: counted before the processor is seen idle; see deadlock.cpp
  s.blocking_count.fetch_add(1, std::memory_order_seq_cst);
  change_state(self, g_state::running, g_state::syscall);
  hand_off_processor(on);
  on.is_in_user_code.store(false, std::memory_order_release);  // release: blocking_count says it
}

namespace {

void end(g& self) {
  scheduler& s = the_scheduler;
  if (self.is_adopted) {
    change_state(self, g_state::syscall, g_state::running);
    stop_if_frozen();
    return;
  }
  worker& on = *this_worker();
  on.proc = take_idle_processor(false);
  if (on.proc == nullptr) {
    leave(self, leave_action::requeue);
    return;
  }
  change_state(self, g_state::syscall, g_state::running);
  on.is_in_user_code.store(true, std::memory_order_seq_cst);  // seq_cst: as in execute()
  s.blocking_count.fetch_sub(1, std::memory_order_seq_cst);   // seq_cst: as in begin_blocking()
  stop_if_frozen();
}

}  // namespace

void enter_blocking() {
  g& self = as_g(current());
  if (self.blocking_depth++ == 0) begin_blocking(self);
}

void exit_blocking() {
  g& self = as_g(current());
  VOLE_ASSERT(self.blocking_depth > 0);
  if (--self.blocking_depth == 0) end(self);
}

void lock_thread() {
  g& self = as_g(current());
  ++self.lock_count;
  if (self.is_adopted || self.lock_count > 1) return;
  worker& on = *this_worker();
  self.locked_worker = &on;
  on.locked_g = &self;
}

void unlock_thread() {
  g& self = as_g(current());
  if (self.lock_count == 0) return;  // as Go: nothing to undo
  if (--self.lock_count > 0 || self.is_adopted) return;
  self.locked_worker->locked_g = nullptr;
  self.locked_worker = nullptr;
}

}  // namespace vole::sched
