// SPDX-License-Identifier: Apache-2.0
// How long a goroutine waits for its turn beside others that never wait.
#include <vole/time.h>

#include <vector>

#include "themes.h"

namespace bench {
namespace {

using namespace std::chrono_literals;

// Computes for `length` and never waits.
void hog(vole::duration length) {
  const auto end = vole::steady_clock::now() + length;
  double x = 1;
  while (vole::steady_clock::now() < end) {
    for (int i = 0; i < 100'000; ++i) x = x * 1.000001 + 0.5;
    keep(x);
  }
}

// Figure: the 99th percentile, in milliseconds, of how late a goroutine sees the ticks of a 1 ms
// ticker while as many goroutines as processors compute. A tick that was dropped is as late as the
// next one that came, so that a long wait counts for each tick that it swallowed.
void ticker_hogs(const char* name) {
  constexpr auto kPeriod = 1ms;
  constexpr auto kLength = 1500ms;
  for (int i = 0; i < vole::max_procs(); ++i) vole::go(hog, kLength);
  std::vector<double> late_ms;
  auto due = vole::steady_clock::now() + kPeriod;
  const auto end = due + kLength - 50ms;
  vole::ticker ticks(kPeriod);
  while (due < end) {
    ticks.c().recv();
    const auto now = vole::steady_clock::now();
    for (; due <= now; due += kPeriod)
      late_ms.push_back(std::chrono::duration<double, std::milli>(now - due).count());
  }
  std::sort(late_ms.begin(), late_ms.end());
  print(name, late_ms[late_ms.size() * 99 / 100]);
}

}  // namespace

void fairness(const suite& rows) { rows.lone_row("ticker_hogs", ticker_hogs); }

}  // namespace bench
