// SPDX-License-Identifier: Apache-2.0
// Adoption: a foreign thread gets a goroutine at its first use of the runtime and keeps it until
// the thread ends.
//
// The end comes through a pthread key's destructor, which runs after the thread's C++ thread_local
// destructors (these may still use channels) and before pthread_join returns. A thread that uses
// the runtime in a later key's destructor is adopted again, and ended in the next round.
#include "sched/thread/adopt.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/check.h"
#include "event/emit.h"
#include "sched/core/scheduler.h"
#include "sched/ending/deadlock.h"
#include "sched/exit.h"
#include "sched/goroutine/g_state.h"
#include "sched/goroutine/registry.h"
#include "sched/sim/simulation.h"
#include "sched/thread/threads.h"

namespace vole::sched {
namespace {

constinit g* main_record = nullptr;  // set before any second thread can ask

pthread_key_t adoption_key() {
  static const pthread_key_t key = [] {
    pthread_key_t made;
    VOLE_CHECK(
        pthread_key_create(&made, [](void* self) { end_adoption(*static_cast<g*>(self)); }) == 0,
        "no pthread key left for the adoption of threads");
    return made;
  }();
  return key;
}

bool is_main_thread() { return getpid() == static_cast<pid_t>(syscall(SYS_gettid)); }

}  // namespace

g& main_goroutine() { return *main_record; }

void make_main_goroutine() {
  scheduler& s = the_scheduler;
  main_record = &new_adopted_g(true);
  main_record->thread_id = getpid();
  s.adopted_running.fetch_add(1, std::memory_order_seq_cst);  // seq_cst: see deadlock.cpp
  change_state(*main_record, g_state::dead, g_state::running);
}

g& adopt_this_thread() {
  ensure_started();
  scheduler& s = the_scheduler;
  const bool is_main = is_main_thread();
  g& self = is_main && main_record->id == 1 && state_of(*main_record) != g_state::dead
                ? *main_record
                : new_adopted_g();
  if (&self != main_record) {
    self.thread_id = static_cast<pid_t>(syscall(SYS_gettid));
    s.adopted_running.fetch_add(1, std::memory_order_seq_cst);  // seq_cst: see deadlock.cpp
  }
  read_thread_stack(self.stack_low, self.stack_high);
  if (&self != main_record) change_state(self, g_state::dead, g_state::running);
  pthread_setspecific(adoption_key(), &self);
  watch_for_exit();
  event::set_current(&self);
  event::emit::goroutine_adopted(&self);
  event::emit::goroutine_resumed(&self);
  if (&self == main_record) simulate_program(self);
  return self;
}

void end_adoption(g& self) {
  bubble* const left = self.in_bubble;
  event::emit::goroutine_paused(&self);
  event::emit::goroutine_finished(&self);
  event::set_current(nullptr);
  pthread_setspecific(adoption_key(), nullptr);
  retire_g(nullptr, self);
  if (left != nullptr) leave_bubble_for_good(*left);
  // seq_cst: the last of it; see deadlock.cpp
  if (the_scheduler.adopted_running.fetch_sub(1, std::memory_order_seq_cst) == 1)
    note_maybe_asleep();
}

}  // namespace vole::sched
