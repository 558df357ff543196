// SPDX-License-Identifier: Apache-2.0
// The only place that reads the machine's clocks. Everything else asks here or the scheduler's
// driver, or a replay breaks.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <ctime>

namespace vole::base {

// CLOCK_MONOTONIC in nanoseconds. Async-signal-safe.
inline std::int64_t monotonic_ns() noexcept {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

// CLOCK_MONOTONIC as of the last tick of the kernel (up to 10 ms old), at a fifth of the price: for
// stamps that are shown in seconds or minutes. Async-signal-safe.
inline std::int64_t monotonic_coarse_ns() noexcept {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

// The CPU time that a thread of this process has used, in nanoseconds; 0 when there is no such
// thread.
inline std::int64_t thread_cpu_ns(pid_t thread) noexcept {
  constexpr unsigned kPerThreadScheduled = 6;  // CPUCLOCK_PERTHREAD_MASK | CPUCLOCK_SCHED
  timespec used;
  const auto clock =
      static_cast<clockid_t>(~static_cast<unsigned>(thread) << 3 | kPerThreadScheduled);
  if (clock_gettime(clock, &used) != 0) return 0;
  return static_cast<std::int64_t>(used.tv_sec) * 1'000'000'000 + used.tv_nsec;
}

// CLOCK_REALTIME in nanoseconds since 1970. Async-signal-safe.
inline std::int64_t wall_ns() noexcept {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

}  // namespace vole::base
