// SPDX-License-Identifier: Apache-2.0
// Starting goroutines and their ends.
#include <vole/chan.h>

#include <cstdlib>

#include "themes.h"

namespace bench {
namespace {

// Operation: one goroutine of a chain; each starts the next one and ends.
void chain(long left, vole::chan<vole::unit> done) {
  if (left == 0) {
    done.send({});
    return;
  }
  vole::go(chain, left - 1, done);
}

void spawn_chain(long n) {
  const auto done = vole::make_chan<vole::unit>();
  vole::go(chain, n, done);
  done.recv();
}

// Operation: one goroutine of a batch: a thousand (fewer in the last round) are started, then all
// are waited for.
void spawn_batch(long n) {
  constexpr long kBatch = 1000;
  for (long started = 0; started < n; started += kBatch) {
    vole::wait_group all;
    for (long i = std::min(kBatch, n - started); i > 0; --i) all.go([] {});
    all.wait();
  }
}

// Operation: one goroutine is started and waited for.
void spawn_wait(long n) {
  for (long i = 0; i < n; ++i) {
    vole::wait_group one;
    one.go([] {});
    one.wait();
  }
}

// A tree whose goroutines have ten children each and send the sum of their leaves' numbers up.
void skynet_node(vole::chan<long> up, long number, long leaves) {
  if (leaves == 1) {
    up.send(number);
    return;
  }
  const auto below = vole::make_chan<long>();
  for (long child = 0; child < 10; ++child)
    vole::go(skynet_node, below, number + child * (leaves / 10), leaves / 10);
  long sum = 0;
  for (int child = 0; child < 10; ++child) sum += *below.recv();
  up.send(sum);
}

// Figures: seconds for a tree of 1,000,000 leaves; the first one of a process, and the second.
void skynet(const char* name) {
  const auto grow = [] {
    const auto root = vole::make_chan<long>();
    vole::go(skynet_node, root, 0, 1'000'000);
    if (root.recv() != 499'999'500'000) std::abort();
  };
  print(name, seconds(grow));
  print("skynet_again", seconds(grow));
}

}  // namespace

void spawning(const suite& rows) {
  rows.row("spawn_chain", spawn_chain);
  rows.row("spawn_batch", spawn_batch);
  rows.row("spawn_wait", spawn_wait);
  rows.lone_row("skynet", skynet);
}

}  // namespace bench
