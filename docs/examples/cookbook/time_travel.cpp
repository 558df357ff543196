// SPDX-License-Identifier: Apache-2.0
// Recipes for testing what takes time, in no time.
#include <vole/chan.h>
#include <vole/context.h>
#include <vole/go.h>
#include <vole/panic.h>
#include <vole/select.h>
#include <vole/synctest.h>
#include <vole/time.h>

#include <chrono>
#include <string>

#include "recipe.h"

namespace {

using namespace std::chrono_literals;

// [quote time-travel]
// What is tested: a session that ends a minute after the last touch().
class session {
 public:
  session() {
    vole::go([touched = touched_, ended = ended_] {
      vole::timer silence(1min);
      while (vole::select(vole::on_recv(touched), vole::on_recv(silence.c())) == 0)
        silence.reset(1min);
      ended.close();
    });
  }
  void touch() { vole::select(vole::on_send(touched_, vole::unit()), vole::on_recv(ended_)); }
  bool is_open() const {
    vole::unit ignored;
    return ended_.try_recv(ignored) == vole::chan_status::would_block;
  }

 private:
  vole::chan<vole::unit> touched_ = vole::make_chan<vole::unit>();
  vole::chan<vole::unit> ended_ = vole::make_chan<vole::unit>();
};
// [/quote]

void time_travel() {
  // [quote time-travel-use]
  vole::synctest::test([] {
    session s;
    vole::sleep(59s);  // takes no time
    s.touch();
    vole::synctest::sleep(59s);  // and everybody has done what there was to do
    std::printf("  %s\n", s.is_open() ? "open" : "ended");
    vole::synctest::sleep(1s);
    std::printf("  %s\n", s.is_open() ? "open" : "ended");
  });
  // [/quote]
}

void stuck_bubble() {
  // [quote stuck-bubble]
  try {
    vole::synctest::test([] { vole::make_chan<int>().recv(); });
  } catch (const vole::deadlock& stuck) {  // with the tracebacks; a test framework reports it
    const std::string text = stuck.what();
    std::printf("  %s\n", text.substr(0, text.find('\n')).c_str());
  }
  // [/quote]
}

}  // namespace

int main() {
  return cookbook::run_all({{"time travel", time_travel}, {"stuck bubble", stuck_bubble}});
}
