// SPDX-License-Identifier: Apache-2.0
// Measures how long one operation takes and prints it as a line: name, tab, nanoseconds.
#pragma once

#include <chrono>
#include <cstdio>

namespace bench {

// How long the measured run lasts at least. Half of it makes the figures of a busy machine jump;
// twice as much adds nothing but waiting, since run.py takes the median of several processes.
inline constexpr std::chrono::milliseconds kRun{120};

// run(n) does n operations and returns when they are done. It is called with growing n until it
// takes a sixth of kRun (which warms caches, pools and pages up), then once more for about kRun.
template <class Run>
void measure(const char* name, Run run) {
  using clock = std::chrono::steady_clock;
  const auto time = [&](long n) {
    const auto start = clock::now();
    run(n);
    return std::chrono::duration<double, std::nano>(clock::now() - start).count();
  };
  const double enough = std::chrono::duration<double, std::nano>(kRun).count();
  long n = 1;
  double took = time(n);
  while (took < enough / 6) {
    n *= 2;
    took = time(n);
  }
  const long final_n = 1 + static_cast<long>(static_cast<double>(n) * enough / took);
  std::printf("%s\t%.2f\n", name, time(final_n) / static_cast<double>(final_n));
  std::fflush(stdout);
}

}  // namespace bench
