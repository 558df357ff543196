// SPDX-License-Identifier: Apache-2.0
// The programs with one thread: the price of checking accesses that are never contended.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "kernels.h"

namespace bench {
namespace {

// Results go here, so that no compiler leaves the work out.
volatile std::uint64_t sink;

std::uint32_t next(std::uint32_t& state) { return state = state * 1664525u + 1013904223u; }

struct body {
  double position[3], velocity[3], mass;
};

struct tree {
  std::unique_ptr<tree> left, right;
};

std::unique_ptr<tree> grow(int depth) {
  auto made = std::make_unique<tree>();
  if (depth > 0) {
    made->left = grow(depth - 1);
    made->right = grow(depth - 1);
  }
  return made;
}

std::uint64_t count(const tree& from) {
  return 1 + (from.left ? count(*from.left) + count(*from.right) : 0);
}

void sort_between(std::uint32_t* low, std::uint32_t* high) {
  if (high - low < 2) return;
  const std::uint32_t pivot = low[(high - low) / 2];
  std::uint32_t *i = low, *j = high - 1;
  while (i <= j) {
    while (*i < pivot) ++i;
    while (*j > pivot) --j;
    if (i <= j) std::swap(*i++, *j--);
  }
  sort_between(low, j + 1);
  sort_between(i, high);
}

}  // namespace

void array_sweep(long n) {
  std::vector<std::uint32_t> array(1 << 14, 1);
  std::uint64_t sum = 0;
  for (long round = 0; round < n; ++round) {
    for (std::size_t i = 1; i < array.size(); ++i) array[i] += array[i - 1];
    sum += array.back();
  }
  sink = sum;
}

void matrix(long n) {
  constexpr std::size_t kSide = 48;
  std::vector<double> a(kSide * kSide, 1.5), b(kSide * kSide, 0.5), c(kSide * kSide);
  for (long round = 0; round < n; ++round) {
    for (std::size_t i = 0; i < kSide; ++i) {
      for (std::size_t j = 0; j < kSide; ++j) {
        double sum = 0;
        for (std::size_t k = 0; k < kSide; ++k) sum += a[i * kSide + k] * b[k * kSide + j];
        c[i * kSide + j] = sum;
      }
    }
  }
  sink = static_cast<std::uint64_t>(c[7]);
}

void string_sort(long n) {
  std::uint32_t state = 1;
  for (long round = 0; round < n; ++round) {
    std::vector<std::string> words;
    for (int i = 0; i < 500; ++i) words.push_back("parcel " + std::to_string(next(state)));
    std::sort(words.begin(), words.end());
    sink = words.front().size();
  }
}

void linked_list(long n) {
  std::uint64_t sum = 0;
  for (long round = 0; round < n; ++round) {
    std::list<std::uint64_t> list;
    for (std::uint64_t i = 0; i < 1000; ++i) list.push_front(i);
    for (int walk = 0; walk < 5; ++walk) {
      for (const std::uint64_t v : list) sum += v;
    }
  }
  sink = sum;
}

void ordered_map(long n) {
  std::uint32_t state = 7;
  std::uint64_t found = 0;
  for (long round = 0; round < n; ++round) {
    std::map<std::uint32_t, std::uint32_t> map;
    for (int i = 0; i < 500; ++i) map[next(state) % 1000] += 1;
    for (int i = 0; i < 2000; ++i) found += map.count(next(state) % 1000);
  }
  sink = found;
}

void sieve(long n) {
  constexpr std::size_t kLimit = 20000;
  std::uint64_t primes = 0;
  for (long round = 0; round < n; ++round) {
    std::vector<std::uint8_t> is_composite(kLimit);
    for (std::size_t i = 2; i < kLimit; ++i) {
      if (is_composite[i] != 0) continue;
      ++primes;
      for (std::size_t j = i * 2; j < kLimit; j += i) is_composite[j] = 1;
    }
  }
  sink = primes;
}

void quick_sort(long n) {
  std::uint32_t state = 3;
  for (long round = 0; round < n; ++round) {
    std::vector<std::uint32_t> numbers(4096);
    for (auto& number : numbers) number = next(state);
    sort_between(numbers.data(), numbers.data() + numbers.size());
    sink = numbers[7];
  }
}

void n_body(long n) {
  std::vector<body> bodies(5);
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    const auto x = static_cast<double>(i);
    bodies[i] = {{x, x * 2, 1 - x}, {0.1 * x, 0, 0.2}, 1 + x};
  }
  for (long step = 0; step < n; ++step) {
    for (body& a : bodies) {
      for (body& b : bodies) {
        if (&a == &b) continue;
        double distance = 0.01;
        for (int k = 0; k < 3; ++k) {
          const double d = a.position[k] - b.position[k];
          distance += d * d;
        }
        const double pull = 0.001 * b.mass / (distance * std::sqrt(distance));
        for (int k = 0; k < 3; ++k) a.velocity[k] -= (a.position[k] - b.position[k]) * pull;
      }
    }
    for (body& each : bodies) {
      for (int k = 0; k < 3; ++k) each.position[k] += 0.001 * each.velocity[k];
    }
  }
  sink = static_cast<std::uint64_t>(bodies[2].position[0] * 1000);
}

void hash_table(long n) {
  std::uint32_t state = 11;
  std::uint64_t found = 0;
  for (long round = 0; round < n; ++round) {
    std::unordered_map<std::uint32_t, std::uint32_t> map;
    for (int i = 0; i < 500; ++i) map[next(state) % 1000] += 1;
    for (int i = 0; i < 2000; ++i) found += map.count(next(state) % 1000);
  }
  sink = found;
}

void binary_trees(long n) {
  std::uint64_t nodes = 0;
  for (long round = 0; round < n; ++round) {
    const std::unique_ptr<tree> root = grow(8);
    for (int walk = 0; walk < 4; ++walk) nodes += count(*root);
  }
  sink = nodes;
}

void grid_search(long n) {
  constexpr std::uint32_t kSide = 64;
  std::uint32_t state = 13;
  std::vector<std::uint32_t> is_wall(kSide * kSide);
  for (auto& each : is_wall) each = next(state) % 4 == 0 ? 1 : 0;
  is_wall[kSide + 1] = 0;
  for (long round = 0; round < n; ++round) {
    std::vector<std::uint32_t> distance(kSide * kSide), queue;
    queue.push_back(kSide + 1);
    distance[kSide + 1] = 1;
    for (std::size_t head = 0; head < queue.size(); ++head) {
      const std::uint32_t at = queue[head];
      for (const std::uint32_t to : {at - 1, at + 1, at - kSide, at + kSide}) {
        if (to % kSide == 0 || to % kSide == kSide - 1 || to / kSide == 0 ||
            to / kSide >= kSide - 1)
          continue;
        if (is_wall[to] != 0 || distance[to] != 0) continue;
        distance[to] = distance[at] + 1;
        queue.push_back(to);
      }
    }
    sink = queue.size();
  }
}

}  // namespace bench
