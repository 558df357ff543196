// SPDX-License-Identifier: Apache-2.0
// Programs whose throughput should grow with the number of processors, or at least not shrink.
#include <vole/chan.h>

#include "themes.h"

namespace bench {
namespace {

// Operation: one goroutine is started, in batches of a hundred; as many starters as processors.
void scale_spawn(long n) {
  in_parallel(n, [](long share) {
    constexpr long kBatch = 100;
    for (long started = 0; started < share; started += kBatch) {
      vole::wait_group all;
      for (long i = std::min(kBatch, share - started); i > 0; --i) all.go([] {});
      all.wait();
    }
  });
}

// Operation: one value through a pipeline of three goroutines and two buffered channels; as many
// pipelines as processors.
void scale_pipeline(long n) {
  in_parallel(n, [](long share) {
    const auto first = vole::make_chan<long>(64);
    const auto second = vole::make_chan<long>(64);
    vole::go([=] {
      for (long i = 0; i < share; ++i) first.send(i);
      first.close();
    });
    vole::go([=] {
      for (const long value : first) second.send(value * 2);
      second.close();
    });
    long sum = 0;
    for (const long value : second) sum += value;
    keep(sum);
  });
}

// Operation: one value through one channel of capacity 128, which all goroutines share: a sender
// and a receiver for each processor.
void scale_channel(long n) {
  const auto shared = vole::make_chan<long>(128);
  in_parallel(n, [&](long share) {
    vole::wait_group sender;
    sender.go([&, share] {
      for (long i = 0; i < share; ++i) shared.send(i);
    });
    long sum = 0;
    for (long i = 0; i < share; ++i) sum += *shared.recv();
    keep(sum);
    sender.wait();
  });
}

// Some twenty nanoseconds of work that no compiler can shorten.
[[gnu::noinline]] unsigned long work(unsigned long x) {
  for (int i = 0; i < 8; ++i) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
  }
  return x;
}

// Operation: lock, work, unlock, and the same work without the lock; one mutex, four goroutines for
// each processor.
void scale_mutex(long n) {
  vole::mutex lock;
  in_parallel(n, [&](long share) {
    vole::wait_group four;
    for (long g = 0; g < 4; ++g) {
      four.go([&, share] {
        unsigned long x = 1;
        for (long i = 0; i < share; i += 4) {
          lock.lock();
          x = work(x);
          lock.unlock();
          x = work(x);
        }
        keep(x);
      });
    }
    four.wait();
  });
}

}  // namespace

void scaling(const suite& rows) {
  rows.row("scale_spawn", scale_spawn);
  rows.row("scale_pipeline", scale_pipeline);
  rows.row("scale_channel", scale_channel);
  rows.row("scale_mutex", scale_mutex);
}

}  // namespace bench
