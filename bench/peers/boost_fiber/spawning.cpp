// SPDX-License-Identifier: Apache-2.0
// Starting fibers and their ends.
#include <unistd.h>

#include <cstdlib>

#include "../../resident.h"
#include "themes.h"

namespace bench {
namespace {

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

void spawn_wait(long n) {
  for (long i = 0; i < n; ++i) fibers::fiber(std::allocator_arg, stacks(), [] {}).join();
}

void skynet_node(fibers::unbuffered_channel<long>& up, long number, long leaves) {
  if (leaves == 1) {
    up.push(number);
    return;
  }
  fibers::unbuffered_channel<long> below;
  for (long child = 0; child < 10; ++child) {
    fibers::fiber(std::allocator_arg, stacks(), skynet_node, std::ref(below),
                  number + child * (leaves / 10), leaves / 10)
        .detach();
  }
  long sum = 0;
  for (int child = 0; child < 10; ++child) sum += below.value_pop();
  up.push(sum);
}

void skynet(const char* name) {
  const auto grow = [] {
    fibers::unbuffered_channel<long> root;
    fibers::fiber(std::allocator_arg, stacks(), skynet_node, std::ref(root), 0, 1'000'000).detach();
    if (root.value_pop() != 499'999'500'000) std::abort();
  };
  print(name, seconds(grow));
  print("skynet_again", seconds(grow));
}

void parked_million(const char* name) {
  constexpr int kFibers = 1'000'000;
  const double before = resident_bytes();
  fibers::unbuffered_channel<int> never;
  int started = 0;
  const double creating = seconds([&] {
    for (int i = 0; i < kFibers; ++i) {
      fibers::fiber([&] {
        ++started;
        never.value_pop();
      }).detach();
    }
    while (started < kFibers) boost::this_fiber::yield();
  });
  print(name, resident_bytes() - before);
  print("parked_million_create", creating);
  _exit(0);
}

}  // namespace

void spawning(const suite& rows) {
  rows.row("spawn_chain", spawn_chain);
  rows.row("spawn_batch", spawn_batch);
  rows.row("spawn_wait", spawn_wait);
  rows.lone_row("skynet", skynet);
  rows.lone_row("parked_million", parked_million);
}

}  // namespace bench
