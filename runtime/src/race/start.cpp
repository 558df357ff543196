// SPDX-License-Identifier: Apache-2.0
// The detector's start, before main.
#include <sys/single_threaded.h>

#include <cstdlib>

#include "race/interceptors/interceptors.h"
#include "race/listener.h"
#include "race/report/options.h"
#include "race/report/race_report.h"
#include "race/tsan_abi/call_stack.h"

namespace vole::race {

void start() {
  read_options(std::getenv("VOLE_RACE"));
  install_interceptors();
  install_tsan_abi();
  install_exit_handler();
  // libstdc++ counts references without atomics while the process has one thread; goroutines that
  // share it would look like races, and on a second worker be some.
  __libc_single_threaded = 0;
  // Main's context comes first, so that its actor is the first.
  current_context();
}

}  // namespace vole::race
