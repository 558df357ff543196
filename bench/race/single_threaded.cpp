// SPDX-License-Identifier: Apache-2.0
// The programs with one thread: the price of checking accesses that are never contended.
#include <algorithm>
#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <vector>

#include "kernels.h"

namespace bench {
namespace {

// Results go here, so that no compiler leaves the work out.
volatile std::uint64_t sink;

std::uint32_t next(std::uint32_t& state) { return state = state * 1664525u + 1013904223u; }

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

}  // namespace bench
