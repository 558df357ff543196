// SPDX-License-Identifier: Apache-2.0
// The one scheduler, and its start at the first use.
#include "sched/scheduler.h"

#include "sched/adopt.h"
#include "sched/census.h"
#include "sched/exit.h"
#include "sched/max_procs.h"
#include "sched/panic.h"

namespace vole::sched {

constinit scheduler the_scheduler;

void ensure_started() {
  static const bool is_started = [] {
    make_main_goroutine();
    init_processors();
    provide_census();
    install_terminate_handler();
    return true;
  }();
  static_cast<void>(is_started);
}

}  // namespace vole::sched
