// SPDX-License-Identifier: Apache-2.0
// From one goroutine's stack to the next: the way that every park, yield and end takes.
//
// A goroutine that leaves may be seen by wakers only after its registers are saved, or two threads
// would run on one stack. So what it leaves for is settled by whoever comes next on this thread:
//   1. leave() notes who leaves and why, picks who is next, and switches stacks, which saves the
//      registers.
//   2. On the other stack, first of all, settle() changes the state of the one who left, runs its
//      commit (which lets wakers see it), queues it or takes its record back. Event::current() is
//      null meanwhile. From there on it may run on another thread.
//   3. Only then does the next goroutine go on.
// Who is next: the head of this processor's own queue, reached directly (3 is then in arrive(), on
// that goroutine's stack). When there is none, or the scheduler has something to see to (each 61st
// turn, a locked goroutine, the end of the process), the worker's scheduler stack (3 is in
// execute()'s caller).
//
// A direct switch costs half of one by way of the scheduler's stack. Rejected: to run the commit
// before the switch (see above); to switch inside of ready(), to the one who is woken: the waker
// has work left, and its cache is warm.
#include "base/check.h"
#include "event/emit.h"
#include "fiber/sanitizer_fiber.h"
#include "sched/bubble/bubble.h"
#include "sched/checked/checked.h"
#include "sched/core/scheduler.h"
#include "sched/ending/overflow.h"
#include "sched/goroutine/g_state.h"
#include "sched/goroutine/registry.h"
#include "sched/machine/stack_depth.h"
#include "sched/thread/futex.h"

namespace vole::sched {
namespace {

// Whom to switch to directly; null: to the scheduler's stack.
g* pick_direct(worker& from) {
  processor* const proc = from.proc();
  if (proc == nullptr || from.locked_g != nullptr || is_checked) return nullptr;
  scheduler& s = the_scheduler;
  // relaxed: seen at one of the next switches
  if (s.is_frozen.load(std::memory_order_relaxed)) return nullptr;
  if (proc->index >= s.procs_limit.load(std::memory_order_relaxed)) return nullptr;
  // relaxed: the holder's
  const std::uint32_t tick = proc->tick.load(std::memory_order_relaxed) + 1;
  if (tick % kGlobalEvery == 0) return nullptr;
  g* const next = pick_local(*proc);
  if (next == nullptr) return nullptr;
  if (next->locked_worker != nullptr) {
    from.picked = next;
    return nullptr;
  }
  proc->tick.store(tick, std::memory_order_relaxed);  // relaxed: the monitor only compares
  return next;
}

void set_running(worker& self, g& next) {
  change_state(next, g_state::runnable, g_state::running);
  next.thread_id = self.thread_id;
  self.running.store(&next, std::memory_order_relaxed);  // relaxed: a census asks the state
}

// From here on a waker may have `left` on another thread, unless the commit refuses.
void commit_park(worker& self, g& left) {
  park_commit* const commit = self.commit;
  if (commit == nullptr || commit(&left, self.commit_argument)) return;
  change_state(left, g_state::waiting, g_state::runnable);
  event::emit::goroutine_readied(&left);
  enqueue(left, true);
}

void finish(worker& self, g& done) {
  bubble* const left = done.in_bubble;
  if (left != nullptr) [[unlikely]]
    announce_end(done);
  event::emit::goroutine_finished(&done);
  if (done.locked_worker != nullptr) {
    done.locked_worker = nullptr;
    self.locked_g = nullptr;
    self.is_ending = true;
  }
  if (is_measuring_stacks) [[unlikely]]
    note_stack_depth(done);
  processor* const proc = self.proc();
  retire_g(proc == nullptr ? nullptr : &proc->cache, done);
  if (left != nullptr) [[unlikely]]
    leave_bubble_for_good(*left);
}

// A yielding goroutine goes behind those of its own processor if there are any, else behind all.
void requeue(worker& self, g& left, bool is_direct) {
  change_state(left, g_state::running, g_state::runnable);
  processor* const proc = self.proc();
  if (is_direct && proc != nullptr)
    enqueue_local(*proc, left, false);
  else
    enqueue_global(left);
}

// Step 2, for self.left. Nobody runs it now.
[[gnu::always_inline]] inline void settle(worker& self, bool is_direct) {
  g& left = *self.left;
  self.left = nullptr;
  const bool was_without_processor = self.has_lost_processor;
  self.has_lost_processor = false;
  if (self.action == leave_action::park) {
    change_state(left, g_state::running, g_state::waiting);
    commit_park(self, left);
  } else if (self.action == leave_action::yield) {
    requeue(self, left, is_direct);
  } else {
    finish(self, left);
  }
  // seq_cst: after the commit, or a deadlock would be seen that is none; see deadlock.cpp
  if (was_without_processor)
    the_scheduler.processorless_count.fetch_sub(1, std::memory_order_seq_cst);
}

}  // namespace

void leave(g& self, leave_action action, park_commit* commit, void* argument) {
  worker& from = *this_worker();
  enter_runtime(from);
  if (!self.stack.is_guarded) [[unlikely]]
    die_if_overrun(self);
  from.left = &self;
  from.action = action;
  from.commit = commit;
  from.commit_argument = argument;
  self.eh = *from.thread_eh;
  event::emit::goroutine_paused(&self);
  event::set_current(nullptr);
  g* const next = pick_direct(from);
  void** const fake_stack = action == leave_action::finish ? nullptr : &self.fake_stack;
  std::uintptr_t to = from.scheduler_sp;
  if (next != nullptr) {
    set_running(from, *next);
    fiber::start_switch(fake_stack, next->stack.low, next->stack.high);
    to = next->suspended_sp;
  } else {
    fiber::start_switch(fake_stack, from.stack_low, from.stack_high);
  }
  // One call for both: see context_x86_64.S on its return.
  fiber::vole_fiber_switch(&self.suspended_sp, to);
  // Another thread, perhaps: `from` must not be used below.
  fiber::finish_switch(self.fake_stack);
  arrive(self);
}

void arrive(g& self) {
  worker& here = *this_worker();
  if (here.left != nullptr) settle(here, true);
  *here.thread_eh = self.eh;
  event::emit::goroutine_resumed(&self);
  event::set_current(&self);
  // release: as in exit_runtime(); from here on the monitor may take the processor
  here.runtime_depth.store(0, std::memory_order_release);
}

void execute(worker& self, g& next) {
  // seq_cst: with the load below, against freeze_workers(): one of the two sees the other's store
  self.is_in_user_code.store(true, std::memory_order_seq_cst);
  if (the_scheduler.is_frozen.load(std::memory_order_seq_cst)) {
    self.is_in_user_code.store(false, std::memory_order_release);  // release: nothing was run
    block_thread_for_ever();
  }
  set_running(self, next);
  fiber::start_switch(&self.fake_stack, next.stack.low, next.stack.high);
  fiber::vole_fiber_switch(&self.scheduler_sp, next.suspended_sp);
  fiber::finish_switch(self.fake_stack);
  *self.thread_eh = {};
  self.running.store(nullptr, std::memory_order_relaxed);  // relaxed: as in set_running()
  settle(self, false);
  // release: pairs with the acquire in freeze_workers(); the goroutine's effects come before it
  self.is_in_user_code.store(false, std::memory_order_release);
}

}  // namespace vole::sched
