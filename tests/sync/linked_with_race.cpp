// SPDX-License-Identifier: Apache-2.0
// Goal: code that was compiled without VOLE_RACE and without the plugin, but linked with
// vole::race, announces every lock and every count. Method: the accesses are told to the detector
// by hand; it must stay silent where something of vole's orders them, and speak up where nothing
// does.
#include <vole/go.h>
#include <vole/race.h>
#include <vole/sync.h>

#include <cstdio>
#include <mutex>
#include <shared_mutex>

#ifdef VOLE_RACE
#error "this program is compiled as if it knew nothing of race mode"
#endif

namespace {

int failures = 0;

// Two goroutines write `memory` inside of guarded(). How many races are reported of it?
template <class Guarded>
void expect(const char* name, std::size_t races, Guarded guarded) {
  static char memory[64][16];
  static int used = 0;
  char* const mine = memory[used++];
  const std::size_t before = vole::race::error_count();
  vole::wait_group all;
  for (int g = 0; g < 2; ++g)
    all.go([&] {
      for (int i = 0; i < 20; ++i) {
        guarded([&] { vole::race::write(mine, 1); });
        vole::yield();
      }
    });
  all.wait();
  vole::race::write(mine, 1);  // after wait(): ordered
  const std::size_t found = vole::race::error_count() - before;
  if ((found != 0) == (races != 0)) return;
  ++failures;
  std::printf("%s: expected %zu races, found %zu\n", name, races, found);
}

}  // namespace

int main() {
  vole::mutex m;
  vole::shared_mutex s;
  expect("mutex", 0, [&](auto write) {
    const std::lock_guard hold(m);
    write();
  });
  expect("shared_mutex", 0, [&](auto write) {
    const std::unique_lock hold(s);
    write();
  });
  expect("readers", 1, [&](auto write) {
    const std::shared_lock hold(s);
    write();
  });
  expect("nothing", 1, [](auto write) { write(); });

  vole::once once;
  static char made[16];
  const std::size_t before = vole::race::error_count();
  vole::wait_group all;
  for (int g = 0; g < 4; ++g)
    all.go([&] {
      once.call([] { vole::race::write(made, 1); });
      vole::race::read(made, 1);
    });
  all.wait();
  if (vole::race::error_count() != before) {
    ++failures;
    std::puts("once: expected no race");
  }
  std::puts(failures == 0 ? "in order" : "failed");
  return failures == 0 ? 0 : 1;
}
