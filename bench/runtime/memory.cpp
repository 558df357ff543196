// SPDX-License-Identifier: Apache-2.0
// What waiting goroutines cost in memory.
#include <unistd.h>
#include <vole/chan.h>
#include <vole/time.h>

#include <cstdlib>

#include "../resident.h"
#include "themes.h"

namespace bench {
namespace {

// Figures: bytes of memory that 1,000,000 goroutines hold, a second after the last of them began
// to wait on a channel; the seconds it took to start them all.
void parked_million(const char* name) {
  constexpr int kGoroutines = 1'000'000;
  const double before = resident_bytes();
  const auto never = vole::make_chan<vole::unit>();
  const double creating = seconds([&] {
    vole::wait_group started;
    started.add(kGoroutines);
    for (int i = 0; i < kGoroutines; ++i) {
      vole::go([never, &started] {
        started.done();
        never.recv();
      });
    }
    started.wait();
  });
  vole::sleep(std::chrono::seconds(1));
  print(name, resident_bytes() - before);
  print("parked_million_create", creating);
  std::fflush(stdout);
  _exit(0);  // the end of a million goroutines is not what is asked
}

}  // namespace

void memory(const suite& rows) { rows.lone_row("parked_million", parked_million); }

}  // namespace bench
