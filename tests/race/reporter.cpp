// SPDX-License-Identifier: Apache-2.0
// Races whose reports check_report.py looks at, one for each name that is given as an argument.
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/race.h>
#include <vole/sync.h>

#include <cstdio>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>

namespace pool {
int counter = 0;
vole::mutex guard;
vole::mutex other;
std::mutex plain;
vole::shared_mutex readers;

struct statistics {
  long begun = 0;
  struct {
    int hits[4] = {};
  } cache;
} stats;

[[gnu::noinline]] void store(int* where) { *where += 1; }
[[gnu::noinline]] void racer(int* where, vole::chan<vole::unit> ended) {
  store(where);
  ended.send({});
}
[[gnu::noinline]] void start(int* where, vole::chan<vole::unit> ended) {
  vole::go(racer, where, ended);
}
[[gnu::noinline]] int* make_block() { return new int[4]{}; }

[[gnu::noinline]] void store_guarded(int* where) {
  const std::lock_guard lock(guard);
  store(where);
}
[[gnu::noinline]] void store_under_others(int* where) {
  const std::lock_guard first(other);
  const std::lock_guard second(plain);
  store(where);
}
[[gnu::noinline]] void store_as_reader(int* where) {
  const std::shared_lock lock(readers);
  store(where);
}
}  // namespace pool

namespace {

void race_on(int* where) {
  const auto ended = vole::make_chan<vole::unit>(1);
  pool::start(where, ended);
  pool::store(where);
  ended.recv();
}

// `first` on a goroutine of its own and then `second` here, once that goroutine has ended: a count
// of goroutines is no edge.
template <class First, class Second>
void one_after_the_other(const char* name, First first, Second second) {
  vole::go({.name = name}, first);
  while (vole::num_goroutine() > 1) vole::yield();
  second();
}

void race_with_locks() {
  // Main takes the lock first; the goroutine gives it up only after its write.
  pool::store_guarded(&pool::stats.cache.hits[1]);
  one_after_the_other(
      "writer", [] { pool::store_guarded(&pool::stats.cache.hits[2]); },
      [] { pool::store_under_others(&pool::stats.cache.hits[2]); });
}

void race_as_readers() {
  one_after_the_other(
      "reader", [] { pool::store_as_reader(&pool::counter); },
      [] { pool::store_as_reader(&pool::counter); });
}

void race_on_stack() {
  int local = 0;
  int* const where = &local;
  one_after_the_other("", [where] { pool::store(where); }, [where] { pool::store(where); });
}

void race_of_threads() {
  static int is_done = 0;  // no edge: its accesses are relaxed
  std::thread other([] {
    pool::store_under_others(&pool::counter);
    __atomic_store_n(&is_done, 1, __ATOMIC_RELAXED);
  });
  while (__atomic_load_n(&is_done, __ATOMIC_RELAXED) == 0) std::this_thread::yield();
  pool::store(&pool::counter);
  other.join();
}

}  // namespace

int main(int count, char** arguments) {
  vole::race::set_report_callback([](std::string_view text) {
    std::printf("called back with %s\n", text.find("DATA RACE") != text.npos ? "a report" : "?");
  });
  for (int i = 1; i < count; ++i) {
    const std::string what = arguments[i];
    if (what == "global") race_on(&pool::counter);
    if (what == "heap") race_on(pool::make_block() + 2);
    if (what == "twice") race_on(&pool::counter), race_on(&pool::counter);
    if (what == "locks") race_with_locks();
    if (what == "readers") race_as_readers();
    if (what == "stack") race_on_stack();
    if (what == "threads") race_of_threads();
    if (what == "count") std::printf("%zu races\n", vole::race::error_count());
    if (what == "fail") return 3;
  }
}
