// SPDX-License-Identifier: Apache-2.0
// Making goroutines: a record, a stack, the first frame.
#include "sched/spawn.h"

#include "base/check.h"
#include "event/emit.h"
#include "fiber/sanitizer_fiber.h"
#include "sched/bubble/bubble.h"
#include "sched/checked/checked.h"
#include "sched/core/scheduler.h"
#include "sched/goroutine/g_state.h"
#include "sched/goroutine/registry.h"
#include "sched/park.h"
#include "sched/thread/threads.h"

namespace vole::sched {
namespace {

// The first code on a goroutine's stack. Not noexcept and without a handler: an exception that
// nobody catches must find no frame to stop at, so that std::terminate runs before any unwinding.
void goroutine_main(void* argument) {
  g& self = *static_cast<g*>(argument);
  fiber::finish_switch(nullptr);
  arrive(self);
  self.is_fresh = false;
  self.run(self.closure);
  if (is_checked) [[unlikely]]
    refuse_held_locks(self, "ends");
  leave(self, leave_action::finish);
  VOLE_CHECK(false, "a finished goroutine was resumed");
}

g& make(const spawn_request& request, g_cache* mine) {
  g* const made = new_g(mine, request.stack_bytes);
  if (made == nullptr)
    fatal("out of memory for a goroutine's stack (see ulimit -v and vm.overcommit_memory)");
  event::goroutine* const creator = request.creator != nullptr ? request.creator : event::current();
  made->parent_id = creator != nullptr ? creator->id : 0;
  made->creation_pc = request.creation_pc;
  made->is_system = request.is_system;
  made->run = request.run;
  made->closure = request.closure;
  if (!request.name.empty()) set_name(*made, request.name);
  made->suspended_sp = fiber::prepare(made->stack.high, &goroutine_main, made);
  if (!made->is_system) count_created(mine);
  bubble* const into = request.into != nullptr ? request.into : bubble_of(creator);
  if (into != nullptr) [[unlikely]]
    join_bubble(*made, *into);
  event::emit::goroutine_created(made, made->creation_pc);
  change_state(*made, g_state::dead, g_state::runnable);
  return *made;
}

}  // namespace

event::goroutine* spawn(const spawn_request& request) {
  ensure_started();
  if (worker* const on = this_worker()) {
    const runtime_scope scope(*on);
    if (processor* const proc = on->proc()) {
      g& made = make(request, &proc->cache);
      made.is_fresh = true;
      enqueue_local(*proc, made, true);
      return &made;
    }
  }
  refuse_forked_child();
  g& made = make(request, nullptr);
  enqueue_global(made);
  return &made;
}

}  // namespace vole::sched
