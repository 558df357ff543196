// SPDX-License-Identifier: Apache-2.0
// The programs with two threads: what locks, atomics and shared memory cost on top.
#include <array>
#include <atomic>
#include <barrier>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "kernels.h"

namespace bench {
namespace {

template <class Work>
void on_two_threads(Work work) {
  std::thread other(work, 1);
  work(0);
  other.join();
}

}  // namespace

void histogram(long n) {
  std::mutex lock;
  std::array<std::uint32_t, 256> counts{};
  on_two_threads([&](int which) {
    std::uint32_t state = 17u + static_cast<std::uint32_t>(which);
    for (long round = which; round < n; round += 2) {
      std::array<std::uint8_t, 200> chunk;
      for (auto& value : chunk) {
        state = state * 1664525u + 1013904223u;
        value = static_cast<std::uint8_t>(state >> 24);
      }
      const std::lock_guard hold(lock);
      for (const auto value : chunk) ++counts[value];
    }
  });
}

void mutex_per_item(long n) {
  std::mutex lock;
  std::array<std::uint32_t, 64> counts{};
  on_two_threads([&](int which) {
    std::uint32_t state = 5u + static_cast<std::uint32_t>(which);
    for (long i = which; i < n; i += 2) {
      state = state * 1664525u + 1013904223u;
      const std::lock_guard hold(lock);
      ++counts[state >> 26];
    }
  });
}

void bounded_queue(long n) {
  constexpr std::size_t kCapacity = 64;
  std::mutex lock;
  std::condition_variable changed;
  std::deque<long> queue;
  on_two_threads([&](int which) {
    for (long i = 0; i < n; ++i) {
      std::unique_lock hold(lock);
      if (which == 0) {
        changed.wait(hold, [&] { return queue.size() < kCapacity; });
        queue.push_back(i);
        if (queue.size() == 1) changed.notify_one();
      } else {
        changed.wait(hold, [&] { return !queue.empty(); });
        queue.pop_front();
        if (queue.size() == kCapacity - 1) changed.notify_one();
      }
    }
  });
}

void shared_matrix(long n) {
  constexpr std::size_t kSide = 48;
  std::vector<double> a(kSide * kSide, 1.5), b(kSide * kSide, 0.5), c(kSide * kSide);
  on_two_threads([&](int which) {
    for (long round = 0; round < n; ++round) {
      for (std::size_t i = static_cast<std::size_t>(which); i < kSide; i += 2) {
        for (std::size_t j = 0; j < kSide; ++j) {
          double sum = 0;
          for (std::size_t k = 0; k < kSide; ++k) sum += a[i * kSide + k] * b[k * kSide + j];
          c[i * kSide + j] = sum;
        }
      }
    }
  });
}

void atomic_counters(long n) {
  std::array<std::atomic<std::uint64_t>, 8> counters{};
  on_two_threads([&](int which) {
    for (long i = which; i < n; i += 2) {
      counters[static_cast<std::size_t>(i) % 8].fetch_add(1, std::memory_order_relaxed);
    }
  });
}

void parallel_sweep(long n) {
  std::vector<std::uint32_t> array(1 << 14, 1);
  std::barrier round_ended(2);
  const std::size_t half = array.size() / 2;
  on_two_threads([&](int which) {
    for (long round = 0; round < n; ++round) {
      // The halves change hands in each round, so the memory is really shared.
      const std::size_t start = (round + which) % 2 == 0 ? 0 : half;
      for (std::size_t i = start; i < start + half; ++i) array[i] = array[i] * 3 + 1;
      round_ended.arrive_and_wait();
    }
  });
}

}  // namespace bench
