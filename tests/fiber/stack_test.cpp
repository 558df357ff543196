// SPDX-License-Identifier: Apache-2.0
// The laws of stack.h. The suite runs once for each kind of guard (VOLE_STACK_GUARD).
#include "fiber/stack.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bit>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>
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
    EXPECT_EQ(s.high % 4096, 0u);
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

char& byte_at(std::uintptr_t address) { return *reinterpret_cast<char*>(address); }

TEST(stack, has_a_guard_below_or_tells_when_it_was_overrun) {
  const stack s = acquire_stack(0);
  EXPECT_TRUE(is_writable(s.low));
  EXPECT_TRUE(is_in_guard(s, s.low - 1));
  EXPECT_TRUE(is_in_guard(s, s.low - kGuardBytes));
  EXPECT_FALSE(is_in_guard(s, s.low));
  if (s.is_guarded) {
    EXPECT_FALSE(is_writable(s.low - 1));
    EXPECT_FALSE(is_writable(s.low - kGuardBytes));
  } else {
    EXPECT_FALSE(is_overrun(s, s.low));
    EXPECT_TRUE(is_overrun(s, s.low - 8));
    const char kept = byte_at(s.low - 1);
    byte_at(s.low - 1) = static_cast<char>(kept + 1);
    EXPECT_TRUE(is_overrun(s, s.high - 64));
    byte_at(s.low - 1) = kept;
  }
  release_stack(s);
}

TEST(stack, guard_is_of_the_kind_that_was_asked_for) {
  const char* const wanted = std::getenv("VOLE_STACK_GUARD");
  const stack s = acquire_stack(0);
  EXPECT_EQ(s.is_guarded, wanted == nullptr || std::string(wanted) != "canary");
  const stack_statistics counts = stack_counts();
  std::size_t guarded = 0;
  for (const std::size_t of_kind : counts.slots_guarded) guarded += of_kind;
  EXPECT_EQ(guarded, counts.slots_mapped);
  if (wanted != nullptr) {
    EXPECT_EQ(counts.slots_guarded[0], 0u) << "markers were left out";
  }
  release_stack(s);
}

TEST(stack, guard_survives_reuse_and_giving_back) {
  std::vector<stack> held;
  for (int i = 0; i < 1200; ++i) held.push_back(acquire_stack(0));
  for (const stack& s : held) byte_at(s.low) = 1;
  for (const stack& s : held) release_stack(s);
  held.clear();
  for (int i = 0; i < 1200; ++i) held.push_back(acquire_stack(0));
  for (const stack& s : held) {
    if (s.is_guarded)
      EXPECT_FALSE(is_writable(s.low - 1));
    else
      EXPECT_FALSE(is_overrun(s, s.high));
    EXPECT_TRUE(is_writable(s.low));
  }
  for (const stack& s : held) release_stack(s);
}

// The sizes are this process's own: ctest runs the suite with and without VOLE_STACK_KB.
TEST(stack, default_slot_has_the_size_that_VOLE_STACK_KB_says) {
  const char* const kib = std::getenv("VOLE_STACK_KB");
  const stack s = acquire_stack(0);
  if (kib != nullptr)
    EXPECT_EQ(s.slot_bytes, std::bit_ceil(std::size_t{1024} * std::strtoul(kib, nullptr, 10)));
  else
    EXPECT_TRUE(s.slot_bytes == kSlotBytesDefault || s.slot_bytes == 2 * kSlotBytesDefault);
  EXPECT_EQ(s.high, s.low - kGuardBytes + s.slot_bytes);
  release_stack(s);
}

TEST(stack, trimming_leaves_the_hot_end_and_gives_the_rest_back) {
  std::vector<stack> held;
  for (int i = 0; i < 200; ++i) held.push_back(acquire_stack(0));
  for (const stack& s : held) {
    byte_at(s.low) = byte_at(s.high - 40'000) = byte_at(s.high - kHotBytes - 1) = 1;
    byte_at(s.high - kHotBytes) = byte_at(s.high - 1) = 1;
    EXPECT_EQ(bytes_used_at_most(s), s.high - s.low);
  }
  trim_stacks(held);
  for (const stack& s : held) {
    EXPECT_LE(bytes_used_at_most(s), kHotBytes);
    EXPECT_EQ(byte_at(s.high - 1), 1);
    EXPECT_EQ(byte_at(s.high - kHotBytes), 1);
    EXPECT_EQ(byte_at(s.high - kHotBytes - 1), 0);
    EXPECT_EQ(byte_at(s.low), 0);
  }
  for (const stack& s : held) release_stack(s);
}

TEST(stack, how_deep_a_stack_was_used_is_seen_to_the_page) {
  const stack s = acquire_stack(std::size_t{4} << 20);
  byte_at(s.high - 1) = 1;
  trim_stacks({&s, 1});
  EXPECT_LE(bytes_used_at_most(s), kHotBytes);
  byte_at(s.high - 3'000'000) = 1;
  EXPECT_GE(bytes_used_at_most(s), 3'000'000u);
  EXPECT_LT(bytes_used_at_most(s), 3'000'000u + 4096);
  release_stack(s);
}

TEST(stack, many_idle_stacks_hold_little_memory) {
  constexpr std::size_t kMany = 8000;
  std::vector<stack> held;
  for (std::size_t i = 0; i < kMany; ++i) {
    held.push_back(acquire_stack(0));
    byte_at(held.back().high - 20'000) = 1;
  }
  for (const stack& s : held) release_stack(s);
  const stack_statistics counts = stack_counts();
  EXPECT_GE(counts.hot + counts.trimmed + counts.cold, kMany);
  EXPECT_LE(counts.hot, 1000u);
  EXPECT_LE(counts.trimmed, 5000u);
  std::size_t deep = 0, resident = 0;
  for (const stack& s : held) {
    deep += bytes_used_at_most(s) > kHotBytes ? 1 : 0;
    resident += bytes_used_at_most(s) != 0 ? 1 : 0;
  }
  EXPECT_LE(deep, counts.hot);
  EXPECT_LE(resident, counts.hot + counts.trimmed);
}

// Not under AddressSanitizer, which needs the address space itself.
TEST(stack, in_a_tight_address_space_slabs_are_smaller_and_the_end_is_an_empty_stack) {
  const pid_t child = fork();
  if (child == 0) {
    rlimit limit = {};
    getrlimit(RLIMIT_AS, &limit);
    long pages = 0;
    std::FILE* const statm = std::fopen("/proc/self/statm", "r");
    if (statm == nullptr || std::fscanf(statm, "%ld", &pages) != 1) _exit(3);
    constexpr std::size_t kRoom = std::size_t{40} << 20;  // less than one slab
    limit.rlim_cur = static_cast<rlim_t>(pages) * 4096 + kRoom;
    if (setrlimit(RLIMIT_AS, &limit) != 0) _exit(4);
    // A size that nobody has used yet: 32 of them fit, with the rest of what is mapped.
    std::size_t count = 0;
    while (acquire_stack(std::size_t{900} << 10)) ++count;
    _exit(count >= 20 && count <= 40 ? 0 : 5);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(stack, a_forked_child_gives_back_its_own_memory_only) {
  std::vector<stack> held;
  for (int i = 0; i < 100; ++i) {
    held.push_back(acquire_stack(0));
    byte_at(held.back().low + 100) = 1;
  }
  const pid_t child = fork();
  if (child == 0) {
    trim_stacks(held);
    for (const stack& s : held)
      if (byte_at(s.low + 100) != 0) _exit(1);
    for (int i = 0; i < 100; ++i)
      if (!acquire_stack(0)) _exit(2);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  for (const stack& s : held) EXPECT_EQ(byte_at(s.low + 100), 1);
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
  EXPECT_EQ(initial_stack_pointer(a, 512), initial_stack_pointer(a) - 512);
  release_stack(a);
  release_stack(b);
}

}  // namespace
