// SPDX-License-Identifier: Apache-2.0
// Races whose reports check_report.py looks at, one for each name that is given as an argument.
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/race.h>

#include <cstdio>
#include <string>

namespace pool {
int counter = 0;

[[gnu::noinline]] void store(int* where) { *where += 1; }
[[gnu::noinline]] void racer(int* where, vole::chan<vole::unit> ended) {
  store(where);
  ended.send({});
}
[[gnu::noinline]] void start(int* where, vole::chan<vole::unit> ended) {
  vole::go(racer, where, ended);
}
[[gnu::noinline]] int* make_block() { return new int[4]{}; }
}  // namespace pool

namespace {

void race_on(int* where) {
  const auto ended = vole::make_chan<vole::unit>(1);
  pool::start(where, ended);
  pool::store(where);
  ended.recv();
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
    if (what == "count") std::printf("%zu races\n", vole::race::error_count());
    if (what == "fail") return 3;
  }
}
