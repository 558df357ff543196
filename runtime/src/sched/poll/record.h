// SPDX-License-Identifier: Apache-2.0
// The record of an attached descriptor: who waits for which side, what ends the waiting.
//
// Each side has a word:
//   kNil      nothing is known: try the system call
//   kEdge     there was an edge since the last prepare or wait: try again
//   kWaiting  a goroutine is about to wait: it looks at the flags once more, then parks
//   a g*      it waits
// Edges:   kNil, kWaiting -> kEdge; a g* -> kEdge, and it is readied.
// Ends (evict, a deadline): kWaiting -> kNil; a g* -> kNil, and it is readied.
// Waiter:  kEdge -> kNil (and goes on); kNil -> kWaiting -> its g*.
//
// An end is not missed: who ends writes the flag and then looks at the word; who waits writes the
// word (kWaiting) and then looks at the flag; all of it sequentially consistent, so one of the two
// sees the other. An edge is not missed, since it stays in the word.
//
// Records are never given back to the heap, but used again for other descriptors. An event that was
// underway when its descriptor was closed may reach a record that has been attached anew: it is
// told by the generation in its tag, unless it is past that look already, and then it is one edge
// too many, which costs a try of the system call.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/spin_lock.h"
#include "sched/core/run_queue.h"
#include "sched/poll/events.h"
#include "sched/poller.h"
#include "sched/timer.h"

namespace vole::sched {

struct poll_deadline {
  timer_entry timer;
  poll_record* record = nullptr;
  poll_side side = poll_side::read;
};

struct alignas(64) poll_record {
  std::atomic<std::uintptr_t> words[2] = {};  // by poll_side
  std::atomic<std::uint32_t> flags{0};
  std::atomic<std::uint32_t> generation{0};
  int fd = -1;              // while attached
  std::uint32_t index = 0;  // fixed
  poll_record* next_free = nullptr;
  base::spin_lock deadline_lock{base::lock_rank::poll};  // not taken by a firing deadline
  poll_deadline deadlines[2];                            // by poll_side; under deadline_lock
};

inline constexpr std::size_t kPollRecordsMax = std::size_t{1} << 20;  // as many as descriptors

// Goroutines that wait for an edge, or are about to.
extern constinit std::atomic<int> poll_waiters;

// Hands `told` on. Whose wait it ends is pushed to `woken`, runnable; adopted ones are woken at
// once.
void poll_tell(const poll_events::change& told, g_list& woken);

}  // namespace vole::sched
