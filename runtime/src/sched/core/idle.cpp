// SPDX-License-Identifier: Apache-2.0
// Idle workers and processors: sleeping, waking, handing over. The protocol stands in worker.cpp.
#include "base/check.h"
#include "event/emit.h"
#include "fiber/sanitizer_fiber.h"
#include "sched/core/scheduler.h"
#include "sched/driver.h"
#include "sched/ending/deadlock.h"
#include "sched/ending/overflow.h"
#include "sched/exit.h"
#include "sched/poll/events.h"
#include "sched/poll/turn.h"
#include "sched/thread/futex.h"
#include "sched/thread/threads.h"

VOLE_DEFINE_THREAD_WORD(vole_this_worker)

namespace vole::sched {
namespace {

void sleep_until_given_processor(worker& self) {
  // acquire: pairs with the release in wake(); sees next_proc
  while (self.wake_word.load(std::memory_order_acquire) == worker::kNotWoken)
    futex_wait(self.wake_word, worker::kNotWoken);
  // relaxed: nobody wakes a worker twice
  self.wake_word.store(worker::kNotWoken, std::memory_order_relaxed);
  self.set_proc(self.next_proc);
  self.next_proc = nullptr;
  VOLE_ASSERT(self.proc() != nullptr);
  set_coarse_clock();  // the monitor may have slept as well
}

void wake(worker& who, processor& proc) {
  who.next_proc = &proc;
  // acq_rel: publishes next_proc; step I3 of poll/turn.cpp
  if (who.wake_word.exchange(worker::kWoken, std::memory_order_acq_rel) == worker::kInKernel)
    poll_events::interrupt();
  else
    futex_wake(who.wake_word, 1);
}

// False when it is not on the list.
bool remove_idle_worker_locked(scheduler& s, worker& who) VOLE_REQUIRES(s.lock) {
  for (worker** link = &s.idle_workers; *link != nullptr; link = &(*link)->idle_next) {
    if (*link != &who) continue;
    *link = who.idle_next;
    who.idle_next = nullptr;
    return true;
  }
  return false;
}

// The calling thread ends; its record may be another's at once.
void end_worker(worker& self) {
  scheduler& s = the_scheduler;
  if (processor* const proc = self.proc()) {
    self.set_proc(nullptr);
    hand_off(*proc);
  }
  note_maybe_asleep();
  event::emit::thread_stopping();
  drop_overflow_stack();
  VOLE_WRITE_THREAD_WORD(vole_this_worker, nullptr);
  self.is_ending = false;
  self.picked = nullptr;
  self.fake_stack = nullptr;
  base::spin_guard guard(s.lock);
  --s.workers_count;
  self.idle_next = s.ended_workers;
  s.ended_workers = &self;
}

// A record for a new thread: an ended one's, or a new one, which lives as long as the process.
worker& make_worker() {
  scheduler& s = the_scheduler;
  {
    base::spin_guard guard(s.lock);
    if (worker* const old = s.ended_workers) {
      s.ended_workers = old->idle_next;
      old->idle_next = nullptr;
      return *old;
    }
  }
  worker* const made = new worker(random_seed());
  base::spin_guard guard(s.lock);
  made->all_next = s.all_workers;
  s.all_workers = made;
  return *made;
}

void* worker_thread(void* argument) {
  worker& self = *static_cast<worker*>(argument);
  VOLE_WRITE_THREAD_WORD(vole_this_worker, &self);
  self.thread_id = enter_own_thread("vole:worker");
  self.thread_eh = thread_eh_globals();
  if (fiber::is_sanitized()) read_thread_stack(self.stack_low, self.stack_high);
  prepare_overflow_stack();
  event::emit::thread_started();
  watch_for_exit();
  self.set_proc(self.next_proc);
  self.next_proc = nullptr;
  run_worker(self);
  end_worker(self);
  return nullptr;
}

}  // namespace

void release_processor_locked(scheduler& s, processor& proc) {
  VOLE_ASSERT(proc.queue.is_empty());
  if (proc.index >= s.procs_limit.load(std::memory_order_relaxed)) {  // relaxed: under the lock
    proc.state = processor::status::retired;
    return;
  }
  proc.state = processor::status::idle;
  proc.idle_next = s.idle_processors;
  s.idle_processors = &proc;
  // seq_cst: submitters read it in step 3
  s.idle_processors_count.fetch_add(1, std::memory_order_seq_cst);
}

processor* take_idle_processor_locked(scheduler& s) {
  processor* const proc = s.idle_processors;
  if (proc == nullptr) return nullptr;
  s.idle_processors = proc->idle_next;
  proc->idle_next = nullptr;
  proc->state = processor::status::running;
  // seq_cst: submitters read it in step 3
  s.idle_processors_count.fetch_sub(1, std::memory_order_seq_cst);
  // relaxed: read after the count; the monitor says that it sleeps before it looks at the count
  if (s.is_monitor_asleep.load(std::memory_order_relaxed)) wake_monitor();
  return proc;
}

processor* take_idle_processor(bool notes_need) {
  scheduler& s = the_scheduler;
  base::spin_guard guard(s.lock);
  processor* const proc = take_idle_processor_locked(s);
  // There is work that the caller can't take. Under the lock: a worker that goes to sleep after
  // this sees the note, one that went before has left its processor here.
  if (proc == nullptr && notes_need)
    s.needs_spinning.store(true, std::memory_order_seq_cst);  // seq_cst: step 5
  return proc;
}

bool is_work_anywhere() {
  scheduler& s = the_scheduler;
  base::heavy_fence();                                                  // step 5: against step 2
  if (s.global_size.load(std::memory_order_seq_cst) != 0) return true;  // seq_cst: step 5
  const int count = s.procs_allocated.load(std::memory_order_acquire);  // acquire: sees pointers
  for (int i = 0; i < count; ++i)  // relaxed: published by procs_allocated
    if (!s.procs[i].load(std::memory_order_relaxed)->queue.is_empty()) return true;
  return false;
}

void enqueue_global(g& who) {
  scheduler& s = the_scheduler;
  {
    base::spin_guard guard(s.lock);
    s.global_queue.push(&who);
    // seq_cst: step 1, read in step 5
    s.global_size.store(static_cast<std::uint32_t>(s.global_queue.size()),
                        std::memory_order_seq_cst);
  }
  wake_processor();
}

namespace {

// To the ring's tail; what it has no room for goes to the global queue.
[[gnu::noinline]] void push_to_ring(processor& proc, g& queued) {
  g* overflow[run_queue::kOverflow];
  const std::uint32_t left_over = proc.queue.push(&queued, overflow);
  if (left_over == 0) return;
  scheduler& s = the_scheduler;
  base::spin_guard guard(s.lock);
  for (std::uint32_t i = 0; i < left_over; ++i) s.global_queue.push(overflow[i]);
  s.global_size.store(static_cast<std::uint32_t>(s.global_queue.size()),
                      std::memory_order_seq_cst);  // seq_cst: step 1
}

// The rest of step 3, when nobody spins.
[[gnu::noinline]] void wake_processor_unless_busy() {
  scheduler& s = the_scheduler;
  for (;;) {
    if (s.idle_processors_count.load(std::memory_order_seq_cst) == 0) {  // seq_cst: steps 3 and 4
      // relaxed: a note that is taken after step 2 is taken by a spinner that sees our work
      if (!s.needs_spinning.load(std::memory_order_relaxed))
        s.needs_spinning.store(true, std::memory_order_seq_cst);  // seq_cst: before the second look
      if (s.idle_processors_count.load(std::memory_order_seq_cst) == 0) return;  // seq_cst: step 4
    }
    int none = 0;
    // seq_cst: one spinner at a time is started from here
    if (!s.spinning_count.compare_exchange_strong(none, 1, std::memory_order_seq_cst)) return;
    if (processor* const proc = take_idle_processor(false)) {
      start_worker(proc, true);
      return;
    }
    // There is no spinner after all; but somebody may have seen the count meanwhile and left its
    // work to one. From the top, as for that work.
    s.spinning_count.fetch_sub(1,
                               std::memory_order_seq_cst);  // seq_cst: before the look at the top
  }
}

// Steps 2 and 3. Inline down to the commonest ends: somebody spins, or all are busy and the note is
// there.
[[gnu::always_inline]] inline void wake_processor_if_due() {
  scheduler& s = the_scheduler;
  base::light_fence();  // step 2: the queue before the counts
  // relaxed: ordered by the fence
  if (s.spinning_count.load(std::memory_order_relaxed) != 0) return;
  // relaxed: as below; seq_cst: steps 3 and 4, the look after the note
  if (s.needs_spinning.load(std::memory_order_relaxed) &&
      s.idle_processors_count.load(std::memory_order_seq_cst) == 0)
    return;
  wake_processor_unless_busy();
}

[[gnu::always_inline]] inline void put_in_queue(processor& proc, g& who, bool is_next) {
  g* const queued = is_next ? proc.queue.exchange_next(&who) : &who;
  if (queued != nullptr) push_to_ring(proc, *queued);
  wake_processor_if_due();
}

}  // namespace

void enqueue_local(processor& proc, g& who, bool is_next) { put_in_queue(proc, who, is_next); }

void enqueue(g& who, bool is_next) {
  if (worker* const self = this_worker()) {
    const runtime_scope scope(*self);
    if (processor* const proc = self->proc()) {
      put_in_queue(*proc, who, is_next);
      return;
    }
  }
  refuse_forked_child();  // before the lock, whose holder may be no more
  enqueue_global(who);
}

void wake_processor() { wake_processor_if_due(); }

void start_worker(processor* proc, bool is_spinning) {
  scheduler& s = the_scheduler;
  worker* sleeper = nullptr;
  bool is_first = false;
  {
    base::spin_guard guard(s.lock);
    if (proc == nullptr) proc = take_idle_processor_locked(s);
    if (proc == nullptr) return;
    sleeper = s.idle_workers;
    if (sleeper != nullptr)
      s.idle_workers = sleeper->idle_next;
    else
      VOLE_CHECK(++s.workers_count <= kWorkersMax, "more worker threads than kWorkersMax");
    is_first = sleeper == nullptr && s.all_workers == nullptr;
  }
  refuse_forked_child();
  if (sleeper != nullptr) {
    sleeper->idle_next = nullptr;
    sleeper->is_spinning = is_spinning;
    wake(*sleeper, *proc);
    return;
  }
  worker& made = make_worker();
  made.is_spinning = is_spinning;
  made.next_proc = proc;
  VOLE_CHECK(start_own_thread(&worker_thread, &made), "can't create a worker thread");
  if (is_first) start_monitor();
}

void stop_worker(worker& self) {
  VOLE_ASSERT(self.proc() == nullptr);
  VOLE_ASSERT(!self.is_spinning);
  for (;;) {
    {
      base::spin_guard guard(the_scheduler.lock);
      self.idle_next = the_scheduler.idle_workers;
      the_scheduler.idle_workers = &self;
    }
    const poll_outcome outcome = poll_while_idle(self);
    if (outcome == poll_outcome::is_off_list) continue;
    if (outcome == poll_outcome::not_mine) sleep_until_given_processor(self);
    return;
  }
}

void rise(worker& self) {
  {
    scheduler& s = the_scheduler;
    base::spin_guard guard(s.lock);
    if (remove_idle_worker_locked(s, self)) {
      self.set_proc(take_idle_processor_locked(s));
      return;
    }
  }
  sleep_until_given_processor(self);
}

void hand_off(processor& proc) {
  scheduler& s = the_scheduler;
  // relaxed: a wrong guess is put right by the lock below or by step 5
  if (!proc.queue.is_empty() || s.global_size.load(std::memory_order_relaxed) != 0) {
    start_worker(&proc, false);
    return;
  }
  bool has_work = false;
  {
    base::spin_guard guard(s.lock);
    has_work = s.global_queue.size() != 0;
    if (!has_work) release_processor_locked(s, proc);
  }
  if (has_work)
    start_worker(&proc, false);
  else if (is_work_anywhere())
    wake_processor();
  else
    poll_see_to_it();
}

void stop_locked_worker(worker& self) {
  if (processor* const proc = self.proc()) {
    self.set_proc(nullptr);
    hand_off(*proc);
  }
  note_maybe_asleep();
  sleep_until_given_processor(self);
}

void start_locked_worker(worker& self, g& who) {
  processor& proc = *self.proc();
  self.set_proc(nullptr);
  wake(*who.locked_worker, proc);
  stop_worker(self);
}

void retire_processor(worker& self) {
  processor& proc = *self.proc();
  scheduler& s = the_scheduler;
  self.set_proc(nullptr);
  if (self.is_spinning) {
    self.is_spinning = false;
    s.spinning_count.fetch_sub(1, std::memory_order_seq_cst);  // seq_cst: as in step 4
  }
  {
    base::spin_guard guard(s.lock);
    while (g* moved = proc.queue.take_next()) s.global_queue.push(moved);
    while (g* moved = proc.queue.pop()) s.global_queue.push(moved);
    s.global_size.store(static_cast<std::uint32_t>(s.global_queue.size()),
                        std::memory_order_seq_cst);  // seq_cst: step 1
    release_processor_locked(s, proc);  // idle after all when max_procs has grown again
  }
  wake_processor();
}

}  // namespace vole::sched
