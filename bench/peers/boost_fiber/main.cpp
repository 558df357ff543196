// SPDX-License-Identifier: Apache-2.0
// The runtime's basic operations in Boost.Fiber, one thread, its default scheduler: it has no
// select.
#include <algorithm>
#include <boost/fiber/all.hpp>

#include "../../measure.h"

namespace {

namespace fibers = boost::fibers;

// The pool keeps stacks for the next fiber: without it each fiber pays for fresh pages.
fibers::pooled_fixedsize_stack& stacks() {
  static fibers::pooled_fixedsize_stack pool;
  return pool;
}

void round_trip(long n) {
  fibers::unbuffered_channel<long> ping, pong;
  long value = 0;
  fibers::fiber a([&] {
    long got = 0;
    for (long i = 0; i < n; ++i) {
      ping.push(i);
      pong.pop(got);
    }
  });
  fibers::fiber b([&] {
    for (long i = 0; i < n; ++i) {
      ping.pop(value);
      pong.push(i);
    }
  });
  a.join();
  b.join();
}

void chain(long left, fibers::promise<void>& done) {
  if (left == 0) {
    done.set_value();
    return;
  }
  fibers::fiber(std::allocator_arg, stacks(), chain, left - 1, std::ref(done)).detach();
}

void spawn_chain(long n) {
  fibers::promise<void> done;
  fibers::fiber(std::allocator_arg, stacks(), chain, n, std::ref(done)).detach();
  done.get_future().wait();
}

void spawn_batch(long n) {
  constexpr long kBatch = 1000;
  for (long started = 0; started < n; started += kBatch) {
    const long batch = std::min(kBatch, n - started);
    long left = batch;
    fibers::promise<void> done;
    for (long i = 0; i < batch; ++i) {
      fibers::fiber(std::allocator_arg, stacks(), [&] {
        if (--left == 0) done.set_value();
      }).detach();
    }
    done.get_future().wait();
  }
}

}  // namespace

int main() {
  bench::measure("round_trip", round_trip);
  bench::measure("spawn_chain", spawn_chain);
  bench::measure("spawn_batch", spawn_batch);
}
