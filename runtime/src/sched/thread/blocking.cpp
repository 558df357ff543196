// SPDX-License-Identifier: Apache-2.0
// Stretches in which a goroutine may block its thread, and binding one to its thread.
//
// Such a stretch costs two changes of state. The processor stays for a moment, as in Go: the
// monitor takes it when the stretch has lasted 20 us or more and somebody waits for a processor.
#include "sched/thread/blocking.h"

#include "base/check.h"
#include "sched/core/scheduler.h"
#include "sched/exit.h"
#include "sched/goroutine/g_state.h"
#include "sched/park.h"

namespace vole::sched {

namespace {

void end(g& self) {
  // relaxed: set by this very thread, the only one of a forked child: there is no processor to ask
  // for, and none is needed
  if (self.is_adopted || the_scheduler.is_forked.load(std::memory_order_relaxed)) {
    change_state(self, g_state::syscall, g_state::running);
    stop_if_frozen();
    return;
  }
  worker& on = *this_worker();
  bool has_processor = false;
  {
    const runtime_scope scope(on);  // takes an idle one if ours is gone
    has_processor = on.proc() != nullptr;
  }
  change_state(self, g_state::syscall, g_state::running);
  stop_if_frozen();
  if (!has_processor) leave(self, leave_action::yield);  // until there is one again
}

}  // namespace

void enter_blocking() {
  g& self = as_g(current());
  if (self.blocking_depth++ == 0) change_state(self, g_state::running, g_state::syscall);
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
