// SPDX-License-Identifier: Apache-2.0
// What a processor keeps to itself so that starting and ending goroutines meets nobody: ended ones
// with their stacks, ids to give out, and its share of the count of goroutines.
#pragma once

#include <atomic>
#include <cstdint>

namespace vole::sched {

struct g;

// The holder of the processor reads and writes it; anybody may read the counts.
struct g_cache {
  g* idle = nullptr;  // dead, with stacks of the default size, linked by g::next
  std::uint32_t idle_count = 0;
  std::uint64_t next_id = 0, end_id = 0;  // ids taken and not yet given out
  // User goroutines, since the start. Their difference, over all processors, is how many there are.
  std::atomic<std::uint64_t> created{0};
  std::atomic<std::uint64_t> finished{0};
};

}  // namespace vole::sched
