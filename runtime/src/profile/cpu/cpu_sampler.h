// SPDX-License-Identifier: Apache-2.0
// Collects stacks of all threads at a rate of their CPU time.
//
// Timer ticks (thread_timers) interrupt each thread; the handler unwinds into a slot of the ring; a
// reader thread empties the ring every 25 ms, merges equal stacks, and looks for new threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "profile/labels.h"

namespace vole::profile {

struct labelled_stack {
  std::vector<std::uintptr_t> pcs;  // return addresses, innermost first
  label_entries labels;
  std::int64_t object_bytes = 0;  // heap profiles: the size of each object; 0 elsewhere
  auto operator<=>(const labelled_stack&) const = default;
};

struct cpu_profile_data {
  std::map<labelled_stack, std::int64_t> counts;  // in periods
  std::int64_t lost = 0;                          // periods whose stacks found no room
  std::int64_t period_ns = 0;
  std::int64_t started_at_ns = 0;  // wall clock
  std::int64_t duration_ns = 0;
};

// Starts sampling, `hz` times for a second of CPU time, 1 to 10,000. False: it is on already.
// Throws std::system_error when timers can't be made; nothing is on then. Blocks the thread until
// every thread that exists has its timer.
bool start_cpu_sampling(int hz);

// Ends it and gives what was collected. Must be on, and only one thread may call it.
cpu_profile_data stop_cpu_sampling();

}  // namespace vole::profile
