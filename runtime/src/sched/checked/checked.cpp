// SPDX-License-Identifier: Apache-2.0
// The switch of the checked mode, and changing threads on purpose.
#include "sched/checked/checked.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "base/raw_log.h"
#include "sched/core/scheduler.h"

namespace vole::sched {
namespace {

// A thread that is woken for the goroutine needs some 50 us, on a loaded machine some time slices.
// Half: fewer moves there; twice: programs whose other processors compute for long crawl.
constexpr int kRefusalsMax = 200;
constexpr useconds_t kRefusalNapUs = 50;

}  // namespace

constinit bool is_checked = false;

void start_checks() {
  const char* const text = std::getenv("VOLE_CHECKED");
  const std::string_view wanted = text != nullptr ? text : "";
  if (wanted.empty() || wanted == "0") return;
  if (wanted != "1") {
    base::raw_writer() << "vole: VOLE_CHECKED=" << wanted << " is neither 0 nor 1: not checked\n";
    return;
  }
  is_checked = true;
#if defined(VOLE_RACE)
  // The detector's interceptors stand in calls that no import table shows; and what the tables do
  // show must go on to reach them, or the edges of those locks are lost.
  base::raw_writer() << "vole: VOLE_CHECKED=1: goroutines change threads, but in race mode waits "
                        "with a lock held are not noticed\n";
#else
  watch_locks();
#endif
}

bool must_move(const worker& self, g& found) {
  // relaxed: a number of processors that changes meanwhile only costs a move
  if (found.thread_id != self.thread_id || found.locked_worker != nullptr ||
      the_scheduler.procs_limit.load(std::memory_order_relaxed) < 2 ||
      ++found.refusals > kRefusalsMax) {
    found.refusals = 0;
    return false;
  }
  usleep(kRefusalNapUs);
  return true;
}

}  // namespace vole::sched
