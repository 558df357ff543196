// SPDX-License-Identifier: Apache-2.0
// The one scheduler, and its start at the first use.
#include "sched/core/scheduler.h"

#include <pthread.h>

#include "sched/checked/checked.h"
#include "sched/ending/overflow.h"
#include "sched/ending/panic.h"
#include "sched/ending/quit_signal.h"
#include "sched/exit.h"
#include "sched/goroutine/census.h"
#include "sched/machine/max_procs.h"
#include "sched/thread/adopt.h"

namespace vole::sched {

constinit scheduler the_scheduler;

void ensure_started() {
  static const bool is_started = [] {
    start_checks();
    make_main_goroutine();
    init_processors();
    provide_census();
    install_terminate_handler();
    watch_for_overflow();
    watch_for_quit();
    pthread_atfork(nullptr, nullptr, [] {
      // relaxed: the child has one thread
      the_scheduler.is_forked.store(true, std::memory_order_relaxed);
    });
    return true;
  }();
  static_cast<void>(is_started);
}

}  // namespace vole::sched
