// SPDX-License-Identifier: Apache-2.0
// The laws of stack.h.
#include "fiber/stack.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <set>
#include <thread>
#include <vector>

namespace {

using namespace vole::fiber;

TEST(stack, is_at_least_as_large_as_asked_for_and_writable_to_its_low_end) {
  for (const std::size_t bytes :
       {std::size_t{0}, std::size_t{1}, std::size_t{65536}, std::size_t{100'000},
        std::size_t{1} << 20, std::size_t{20} << 20}) {
    const stack s = acquire_stack(bytes);
    ASSERT_TRUE(s);
    EXPECT_GE(s.high - s.low, bytes);
    EXPECT_EQ(s.high % 16, 0u);
    *reinterpret_cast<volatile char*>(s.low) = 1;
    *reinterpret_cast<volatile char*>(s.high - 1) = 1;
    release_stack(s);
  }
}

// Whether the kernel lets anybody write there, asked without being killed by the answer.
bool is_writable(std::uintptr_t address) {
  int fds[2];
  if (pipe(fds) != 0) return true;
  const bool has_written = write(fds[1], "x", 1) == 1;
  const bool is_ok = read(fds[0], reinterpret_cast<void*>(address), 1) == 1;
  close(fds[0]);
  close(fds[1]);
  return has_written && is_ok;
}

TEST(stack, has_a_guard_below) {
  const stack s = acquire_stack(0);
  EXPECT_TRUE(is_writable(s.low));
  EXPECT_FALSE(is_writable(s.low - 1));
  EXPECT_FALSE(is_writable(s.low - kGuardBytes));
  EXPECT_TRUE(is_in_guard(s, s.low - 1));
  EXPECT_FALSE(is_in_guard(s, s.low));
  release_stack(s);
}

TEST(stack, guard_survives_reuse_and_giving_back) {
  std::vector<stack> held;
  for (int i = 0; i < 1200; ++i) held.push_back(acquire_stack(0));
  for (const stack& s : held) *reinterpret_cast<volatile char*>(s.low) = 1;
  for (const stack& s : held) release_stack(s);
  held.clear();
  for (int i = 0; i < 1200; ++i) held.push_back(acquire_stack(0));
  for (const stack& s : held) {
    EXPECT_FALSE(is_writable(s.low - 1));
    EXPECT_TRUE(is_writable(s.low));
  }
  for (const stack& s : held) release_stack(s);
}

TEST(stack, more_than_the_limit_is_refused) {
  EXPECT_FALSE(acquire_stack(kStackBytesMax + 1));
  EXPECT_FALSE(acquire_stack(SIZE_MAX));
}

TEST(stack, living_stacks_never_overlap) {
  std::vector<stack> held;
  std::set<std::uintptr_t> lows;
  for (int i = 0; i < 2000; ++i) {
    held.push_back(acquire_stack(i % 3 == 0 ? 70'000 : 0));
    EXPECT_TRUE(lows.insert(held.back().low).second);
  }
  std::set<std::pair<std::uintptr_t, std::uintptr_t>> ranges;
  for (const stack& s : held) ranges.insert({s.low - kGuardBytes, s.high});
  std::uintptr_t end = 0;
  for (const auto& [low, high] : ranges) {
    EXPECT_GE(low, end);
    end = high;
  }
  for (const stack& s : held) release_stack(s);
}

TEST(stack, used_slots_are_those_acquired_and_not_released) {
  const stack_statistics before = stack_counts();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (int i = 0; i < 500; ++i) {
        const stack a = acquire_stack(0);
        const stack b = acquire_stack(0);
        *reinterpret_cast<volatile char*>(a.high - 1) = 1;
        release_stack(a);
        release_stack(b);
      }
    });
  }
  for (std::thread& t : threads) t.join();
  const stack_statistics after = stack_counts();
  EXPECT_EQ(after.slots_used, before.slots_used);
  EXPECT_LE(after.slots_used, after.slots_mapped);
}

TEST(stack, first_frames_of_neighbours_start_on_different_cache_sets) {
  const stack a = acquire_stack(0);
  const stack b = acquire_stack(0);
  EXPECT_NE(initial_stack_pointer(a) % 4096, initial_stack_pointer(b) % 4096);
  EXPECT_EQ(initial_stack_pointer(a) % 64, 0u);
  EXPECT_LE(initial_stack_pointer(a), a.high);
  EXPECT_GT(initial_stack_pointer(a), a.high - 4096);
  release_stack(a);
  release_stack(b);
}

}  // namespace
