// SPDX-License-Identifier: Apache-2.0
// What a machine must give for the poller: a set of descriptors whose changes are told edge by
// edge. epoll.cpp gives it on Linux.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vole::sched::poll_events {

struct change {
  std::uint64_t tag = 0;
  bool is_readable = false;
  bool is_writable = false;
  bool is_ending = false;  // the other end sends no more, or an error, or urgent data is there
};

inline constexpr std::size_t kChangesMax = 128;  // of one wait; more come with the next

// Once, before all others. Fatal when the system refuses.
void start();
// Tells of `fd`, also of what it is ready for already, under `tag`. Returns an errno's value, or 0.
int add(int fd, std::uint64_t tag) noexcept;
void remove(int fd) noexcept;

// The changes since they were told last: waits for the first one when `may_block`. Returns their
// number; 0 also after interrupt(). Any number of threads, but one at a time that blocks.
std::size_t wait(bool may_block, change (&changes)[kChangesMax]) noexcept;
// Makes the wait that blocks return, or the next one that would block. Any thread.
void interrupt() noexcept;

}  // namespace vole::sched::poll_events
