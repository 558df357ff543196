// SPDX-License-Identifier: Apache-2.0
// Measures how long one operation takes and prints it as a line: name, tab, nanoseconds.
//
// A benchmark program makes a suite of its command line and registers its rows with it:
//
//   int main(int argc, char** argv) {
//     bench::suite rows(argc, argv);
//     rows.row("round_trip", [](long n) { ... });           // n operations; run unless others are
//     named rows.lone_row("skynet", [](const char* name) { ... });  // run only when named; prints
//     its figures
//   }
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string_view>

namespace bench {

// How long the measured run lasts at least. Half of it makes the figures of a busy machine jump;
// twice as much adds nothing but waiting, since run.py takes the median of several processes.
inline constexpr std::chrono::milliseconds kRun{120};

inline void print(const char* name, double value) {
  std::printf("%s\t%.6g\n", name, value);
  std::fflush(stdout);
}

// Seconds by the clock, or, where BENCH_CLOCK=cpu asks for it, of all the process's threads.
inline double now() {
  static const bool is_cpu = std::getenv("BENCH_CLOCK") != nullptr;
  timespec time{};
  clock_gettime(is_cpu ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// run() in seconds.
template <class Run>
double seconds(Run run) {
  const double start = now();
  run();
  return now() - start;
}

// run(n) does n operations and returns when they are done. It is called with growing n until it
// takes a sixth of kRun (which warms caches, pools and pages up), then once more for about kRun.
template <class Run>
void measure(const char* name, Run run) {
  const double enough = std::chrono::duration<double>(kRun).count();
  run(1);  // the first one pays for fresh pages, which would pass for a long run of few operations
  long n = 1;
  double took = seconds([&] { run(n); });
  while (took < enough / 6) {
    n *= 2;
    took = seconds([&] { run(n); });
  }
  const long final_n = 1 + static_cast<long>(static_cast<double>(n) * enough / took);
  print(name, seconds([&] { run(final_n); }) * 1e9 / static_cast<double>(final_n));
}

// Makes the compiler believe that `value` is read, so that it can't leave out what computes it.
template <class T>
void keep(const T& value) {
  asm volatile("" : : "m"(value) : "memory");
}

// The rows of one program, of which the command line names those to run; none: all but lone ones.
class suite {
 public:
  suite(int argc, char** argv) : names_(argv + 1), count_(argc - 1) {}

  // A row measured in nanoseconds per operation.
  template <class Run>
  void row(const char* name, Run run) const {
    if (count_ == 0 || is_named(name)) measure(name, run);
  }
  // A row that wants a process of its own: run(name) prints one figure or more.
  template <class Run>
  void lone_row(const char* name, Run run) const {
    if (is_named(name)) run(name);
  }

 private:
  bool is_named(std::string_view name) const {
    return std::any_of(names_, names_ + count_, [&](const char* one) { return name == one; });
  }

  char** names_;
  int count_;
};

}  // namespace bench
