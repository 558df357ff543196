// SPDX-License-Identifier: Apache-2.0
// The only place that reads the machine's clocks. Everything else asks here or the scheduler's
// driver, or a replay breaks.
#pragma once

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

// CLOCK_REALTIME in nanoseconds since 1970. Async-signal-safe.
inline std::int64_t wall_ns() noexcept {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

}  // namespace vole::base
