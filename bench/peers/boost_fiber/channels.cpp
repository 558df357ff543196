// SPDX-License-Identifier: Apache-2.0
// Switches, channels and the mutex.
#include <memory>
#include <vector>

#include "themes.h"

namespace bench {
namespace {

void park_next(long n) {
  constexpr long kFibers = 16;
  std::vector<fibers::fiber> all;
  for (long f = 0; f < kFibers; ++f) {
    all.emplace_back([n] {
      for (long i = 0; i < n; i += kFibers) boost::this_fiber::yield();
    });
  }
  for (auto& one : all) one.join();
}

void round_trip(long n) {
  fibers::unbuffered_channel<long> ping, pong;
  fibers::fiber a([&] {
    long got = 0;
    for (long i = 0; i < n; ++i) {
      ping.push(i);
      pong.pop(got);
    }
  });
  fibers::fiber b([&] {
    long got = 0;
    for (long i = 0; i < n; ++i) {
      ping.pop(got);
      pong.push(i);
    }
  });
  a.join();
  b.join();
}

void ring_hop(long n) {
  constexpr std::size_t kPlaces = 1000;
  const long laps = n / static_cast<long>(kPlaces) + 1;
  std::vector<std::unique_ptr<fibers::unbuffered_channel<long>>> ring;
  for (std::size_t place = 0; place < kPlaces; ++place)
    ring.push_back(std::make_unique<fibers::unbuffered_channel<long>>());
  std::vector<fibers::fiber> all;
  for (std::size_t place = 0; place < kPlaces; ++place) {
    all.emplace_back(std::allocator_arg, stacks(), [&, place] {
      for (long lap = 0; lap < laps; ++lap) {
        long token = 0;
        ring[place]->pop(token);
        if (place + 1 < kPlaces || lap + 1 < laps) ring[(place + 1) % kPlaces]->push(token + 1);
      }
    });
  }
  ring[0]->push(0);
  for (auto& one : all) one.join();
}

void buffered_item(long n) {
  fibers::buffered_channel<long> items(128);
  fibers::fiber producer([&] {
    for (long i = 0; i < n; ++i) items.push(i);
  });
  fibers::fiber consumer([&] {
    long sum = 0;
    long got = 0;
    for (long i = 0; i < n; ++i) {
      items.pop(got);
      sum += got;
    }
    keep(sum);
  });
  producer.join();
  consumer.join();
}

void try_recv_empty(long n) {
  fibers::buffered_channel<long> empty(2);
  long got = 0;
  long ready = 0;
  for (long i = 0; i < n; ++i) ready += empty.try_pop(got) == fibers::channel_op_status::success;
  keep(ready);
}

void mutex_uncontended(long n) {
  fibers::mutex lock;
  for (long i = 0; i < n; ++i) {
    lock.lock();
    lock.unlock();
  }
}

void mutex_waited(long n) {
  constexpr long kFibers = 16;
  fibers::mutex lock;
  long count = 0;
  std::vector<fibers::fiber> all;
  for (long f = 0; f < kFibers; ++f) {
    all.emplace_back([&] {
      for (long i = 0; i < n; i += kFibers) {
        lock.lock();
        ++count;
        boost::this_fiber::yield();
        lock.unlock();
      }
    });
  }
  for (auto& one : all) one.join();
  keep(count);
}

}  // namespace

void channels(const suite& rows) {
  rows.row("park_next", park_next);
  rows.row("round_trip_same", round_trip);
  rows.row("ring_hop", ring_hop);
  rows.row("buffered_item", buffered_item);
  rows.row("try_recv_empty", try_recv_empty);
  rows.row("mutex_uncontended", mutex_uncontended);
  rows.row("mutex_waited", mutex_waited);
}

}  // namespace bench
