// SPDX-License-Identifier: Apache-2.0
// Plugs the listeners into the event room before any constructor of the user's program runs.
#include "event/listener.h"
#include "event/traceback.h"
#include "profile/goroutine_traceback.h"
#if defined(VOLE_RACE)
#include "race/listener.h"
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
  event::set_traceback_writer(&profile::write_traceback);
#if defined(VOLE_RACE)
  race::start();
  event::attach(race::listener);
#endif
}

}  // namespace
}  // namespace vole::boot
