// SPDX-License-Identifier: Apache-2.0
// Timers and deadlines.
#include <vole/context.h>
#include <vole/time.h>

#include "themes.h"

namespace bench {
namespace {

using namespace std::chrono_literals;

// Operation: a timer of an hour is made and stopped.
void timer_start_stop(long n) {
  for (long i = 0; i < n; ++i) {
    vole::timer one(1h);
    one.stop();
  }
}

// Operation: a timer that is due at once runs its function; a thousand of them at a time (Go's
// BenchmarkAfterFunc1000).
void timer_fire(long n) {
  constexpr long kBatch = 1000;
  for (long started = 0; started < n; started += kBatch) {
    const long batch = std::min(kBatch, n - started);
    vole::wait_group all;
    all.add(static_cast<int>(batch));
    for (long i = 0; i < batch; ++i) vole::after_func(0ns, [&all] { all.done(); });
    all.wait();
  }
}

// Operation: a context with a timeout of an hour is made and cancelled.
void context_timeout_cancel(long n) {
  const vole::context root = vole::background();
  for (long i = 0; i < n; ++i) {
    auto [ctx, cancel] = vole::with_timeout(root, 1h);
    cancel();
  }
}

}  // namespace

void time(const suite& rows) {
  rows.row("timer_start_stop", timer_start_stop);
  rows.row("timer_fire", timer_fire);
  rows.row("context_timeout_cancel", context_timeout_cancel);
}

}  // namespace bench
