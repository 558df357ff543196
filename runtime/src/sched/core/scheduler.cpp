// SPDX-License-Identifier: Apache-2.0
// The one scheduler, and its start at the first use.
#include "sched/core/scheduler.h"

#include <pthread.h>

#include "base/clock.h"
#include "sched/checked/checked.h"
#include "sched/ending/overflow.h"
#include "sched/ending/panic.h"
#include "sched/ending/quit_signal.h"
#include "sched/exit.h"
#include "sched/goroutine/census.h"
#include "sched/machine/max_procs.h"
#include "sched/machine/stack_depth.h"
#include "sched/thread/adopt.h"

namespace vole::sched {

constinit scheduler the_scheduler;

void set_coarse_clock() noexcept {
  // relaxed: a clock; a value that another thread overwrites with an older one is as good
  the_scheduler.coarse_ns.store(base::monotonic_coarse_ns(), std::memory_order_relaxed);
}

namespace {

// In the child of a fork(), on its one thread. A goroutine's every way into the scheduler (waiting,
// yielding, ending, spawning, readying) looks at `taking` as it is; so refusing costs it nothing.
void begin_forked_child() {
  // relaxed: the child has one thread
  the_scheduler.is_forked.store(true, std::memory_order_relaxed);
  worker* const self = this_worker();
  if (self == nullptr) return;
  self->taking.store(retake::forked, std::memory_order_relaxed);  // relaxed: as above
}

}  // namespace

void ensure_started() {
  static const bool is_started = [] {
    base::init_asymmetric_fence();
    set_coarse_clock();
    start_checks();
    start_measuring_stacks();
    make_main_goroutine();
    init_processors();
    provide_census();
    install_terminate_handler();
    watch_for_overflow();
    watch_for_quit();
    watch_calls_of_exit();
    pthread_atfork(nullptr, nullptr, &begin_forked_child);
    return true;
  }();
  static_cast<void>(is_started);
}

}  // namespace vole::sched
