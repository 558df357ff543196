// SPDX-License-Identifier: Apache-2.0
// Plugs the listeners into the event room before any constructor of the user's program runs.
#include <vole/leak.h>
#include <vole/time.h>

#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include "boot/fault_traceback.h"
#include "event/fault_traceback.h"
#include "event/listener.h"
#include "event/traceback.h"
#include "leak/hooks.h"
#include "profile/goroutine_traceback.h"
#include "profile/pprof/unreachable.h"
#include "profile/stack_capture.h"
#include "sched/sim/simulation.h"
#if defined(VOLE_RACE)
#include "race/listener.h"
#include "race/report/race_report.h"
#include "sched/exit.h"
#endif

extern "C" {
extern int vole_boot_anchor;
// Named by the libraries' link options (see cmake/VoleRoom.cmake).
int vole_boot_anchor = 1;
}

namespace vole::boot {
namespace {

// 101 is the first priority that programs may use; user constructors run later.
[[gnu::constructor(101)]] void attach_listeners() {
  sched::prepare_program();
  event::set_traceback_writer(&profile::write_traceback);
  event::set_fault_traceback_writer(&write_fault_traceback);
  event::set_place_writer(&profile::write_place);
  leak::set_pause([](std::int64_t ns) { vole::sleep(std::chrono::nanoseconds(ns)); });
  leak::set_capture([](pid_t thread, std::uint64_t goroutine, std::vector<std::uintptr_t>& pcs) {
    profile::captured_stack captured;
    if (!profile::capture_stack(thread, goroutine, captured)) return false;
    pcs = std::move(captured.pcs);
    return true;
  });
  profile::set_unreachable_finder([] {
    std::vector<std::uint64_t> ids;
    if (const auto found = leak::find_unreachable())
      for (const leak::goroutine& goroutine : found->goroutines) ids.push_back(goroutine.id);
    return ids;
  });
#if defined(VOLE_RACE)
  race::start();
  event::attach(race::listener);
  sched::set_exit_hook(&race::last_words);
  sched::set_race_counter(&race::sighting_count);
#endif
}

}  // namespace
}  // namespace vole::boot
