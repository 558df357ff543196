// SPDX-License-Identifier: Apache-2.0
// Goal: a hundred thousand goroutines at once are nothing special: no limit is met, each costs a
// page and a half, all of them wake, and idle stacks give their memory back. Time is not measured.
// Not for ASan or valgrind, where each stack costs shadow memory and a linear search.
#include <vole/chan.h>
#include <vole/sync.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "fiber/stack.h"
#include "support.h"

namespace {

using sched_test::until;

constexpr int kMany = 100'000;

std::size_t resident_bytes() {
  long size = 0, resident = 0;
  std::FILE* const statm = std::fopen("/proc/self/statm", "r");
  if (statm == nullptr || std::fscanf(statm, "%ld %ld", &size, &resident) != 2) return 0;
  std::fclose(statm);
  return static_cast<std::size_t>(resident) * 4096;
}

int mappings() {
  std::ifstream maps("/proc/self/maps");
  int count = 0;
  for (std::string line; std::getline(maps, line);) ++count;
  return count;
}

class many : public sched_test::alone {};

TEST_F(many, a_hundred_thousand_wait_at_once_within_six_kib_each_and_few_mappings) {
  const auto gate = vole::make_chan<vole::unit>();
  std::atomic<int> arrived{0}, woken{0};
  const std::size_t before = resident_bytes();
  const int mappings_before = mappings();
  vole::wait_group all;
  for (int i = 0; i < kMany; ++i) {
    all.go([&, gate] {
      ++arrived;
      gate.recv();
      ++woken;
    });
  }
  until([&] { return arrived == kMany; });
  EXPECT_EQ(vole::num_goroutine(), kMany + 1u);
  const std::size_t each = (resident_bytes() - before) / kMany;
  if (!sched_test::is_sanitized()) EXPECT_LT(each, 6u << 10);
  // Guard markers split no mapping; protected pages do, two for each stack.
  if (vole::fiber::stack_counts().slots_guarded[1] == 0) {
    EXPECT_LT(mappings() - mappings_before, 1000);
  }
  gate.close();
  all.wait();
  EXPECT_EQ(woken, kMany);
}

// That many goroutines that have used so much of their stacks, and no longer are; what was resident
// while they were.
std::size_t run_deep(int count, std::size_t bytes) {
  const auto gate = vole::make_chan<vole::unit>();
  std::atomic<int> arrived{0};
  vole::wait_group all;
  for (int i = 0; i < count; ++i) {
    all.go([&, gate] {
      auto* const room = static_cast<volatile char*>(__builtin_alloca(bytes));
      for (std::size_t at = 0; at < bytes; at += 1024) room[at] = 1;
      ++arrived;
      gate.recv();
    });
  }
  until([&] { return arrived == count; });
  const std::size_t resident = resident_bytes();
  gate.close();
  all.wait();
  until([] { return vole::num_goroutine() == 1; });
  return resident;
}

TEST_F(many, idle_stacks_beyond_some_thousands_give_their_memory_back) {
  const std::size_t before = resident_bytes();
  run_deep(20'000, 20'000);
  EXPECT_LT(resident_bytes(), before + std::size_t{20'000} * 20'000 / 3);
}

// Less than what is kept for the next burst; the monitor does it, in its own time.
TEST_F(many, idle_stacks_that_are_kept_give_their_deep_pages_back) {
  const std::size_t before = resident_bytes();
  EXPECT_GT(run_deep(3000, 70'000), before + std::size_t{3000} * 40'000);
  until([&] { return resident_bytes() < before + std::size_t{3000} * 20'000; });
}

}  // namespace
