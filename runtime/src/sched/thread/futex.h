// SPDX-License-Identifier: Apache-2.0
// Blocking a thread on a word: the kernel's futex under three names.
#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <cstdint>
#include <ctime>

namespace vole::sched {

// Returns when woken, when `word` differs from `expected`, or for no reason: callers loop.
inline void futex_wait(std::atomic<std::uint32_t>& word, std::uint32_t expected) noexcept {
  syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, expected, nullptr, nullptr, 0);
}

// As above, until CLOCK_MONOTONIC reaches `deadline_ns` at the latest.
inline void futex_wait_until(std::atomic<std::uint32_t>& word, std::uint32_t expected,
                             std::int64_t deadline_ns) noexcept {
  timespec deadline;
  deadline.tv_sec = deadline_ns / 1'000'000'000;
  deadline.tv_nsec = deadline_ns % 1'000'000'000;
  syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, expected, &deadline, nullptr,
          FUTEX_BITSET_MATCH_ANY);
}

inline void futex_wake(std::atomic<std::uint32_t>& word, int threads = INT_MAX) noexcept {
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, threads, nullptr, nullptr, 0);
}

// For threads that the process's end has frozen.
[[noreturn]] inline void block_thread_for_ever() noexcept {
  static std::atomic<std::uint32_t> never{0};
  for (;;) futex_wait(never, 0);
}

}  // namespace vole::sched
