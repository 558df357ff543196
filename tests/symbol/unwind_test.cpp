// SPDX-License-Identifier: Apache-2.0
// Goal: the whole stack is found through code without frame pointers, through libc, out of a
// signal handler and after a call through a null pointer. Method: stacks whose functions are known,
// as names. The file is compiled with -O2 -fomit-frame-pointer.
#include "symbol/unwind.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <semaphore.h>

#include <csetjmp>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "frames.h"
#include "symbol/cfi/stack_memory.h"

namespace unwind_case {

using symbol_test::names_of;
using symbol_test::position;
using vole::symbol::unwind_here;

constexpr std::size_t kDepthMax = 512;
std::uintptr_t pcs[kDepthMax];
std::size_t depth;

[[gnu::noinline]] void take() { depth = unwind_here(pcs, kDepthMax); }

// Uses callee-saved registers and a frame of its own size at each level.
[[gnu::noinline]] long descend(int levels, long a, long b) {
  volatile char room[40];
  room[levels % 40] = static_cast<char>(a);
  if (levels == 0) {
    take();
    return b;
  }
  return descend(levels - 1, b + room[levels % 40], a) + b;
}

TEST(unwind, deep_stacks_without_frame_pointers_are_walked_to_main) {
  descend(200, 1, 2);
  const auto names = names_of(pcs, depth);
  EXPECT_EQ(std::count(names.begin(), names.end(), "unwind_case::descend"), 201);
  EXPECT_EQ(position(names, "unwind_case::take"), 0);
  EXPECT_GT(position(names, "main"), position(names, "unwind_case::descend"));
  EXPECT_NE(position(names, "_start"), -1);
}

int compare(const void* a, const void* b) {
  take();
  return *static_cast<const int*>(a) - *static_cast<const int*>(b);
}

[[gnu::noinline]] void sort_through_libc() {
  int values[] = {3, 1, 2};
  std::qsort(values, 3, sizeof values[0], &compare);
  asm volatile("" ::"r"(values) : "memory");
}

TEST(unwind, libc_frames_between_are_no_obstacle) {
  sort_through_libc();
  const auto names = names_of(pcs, depth);
  EXPECT_NE(position(names, "unwind_case::compare"), -1);
  EXPECT_GT(position(names, "unwind_case::sort_through_libc"),
            position(names, "unwind_case::compare"));
  EXPECT_NE(position(names, "main"), -1);
}

TEST(unwind, capacity_and_skip_are_kept) {
  std::uintptr_t all[64], some[64];
  const std::size_t total = unwind_here(all, 64);
  ASSERT_GT(total, 4u);
  EXPECT_EQ(unwind_here(some, 3), 3u);
  const std::size_t rest = unwind_here(some, 64, 2);
  EXPECT_EQ(rest, total - 2);
  EXPECT_EQ(some[0], all[2]);
}

TEST(unwind, known_bounds_give_the_same_stack_as_unknown_ones) {
  std::uintptr_t free[64], bounded[64];
  std::size_t free_depth = 0, bounded_depth = 0;
  std::thread([&] {
    const auto bounds = vole::symbol::thread_stack_bounds();
    EXPECT_NE(bounds.high, 0u);
    for (int i = 0; i < 2; ++i) {
      if (i == 0) free_depth = unwind_here(free, 64, 1);
      if (i == 1) bounded_depth = unwind_here(bounded, 64, 1, bounds);
    }
  }).join();
  ASSERT_EQ(free_depth, bounded_depth);
  for (std::size_t i = 0; i < free_depth; ++i) EXPECT_EQ(free[i], bounded[i]);
}

void on_signal(int /*signal*/, siginfo_t* /*info*/, void* context) {
  depth = vole::symbol::unwind(vole::symbol::registers_of_ucontext(context), {}, pcs, kDepthMax);
}

struct handler {
  struct sigaction old{};
  handler(int signal, void (*f)(int, siginfo_t*, void*), int flags) : signal_(signal) {
    struct sigaction action{};
    action.sa_sigaction = f;
    action.sa_flags = SA_SIGINFO | flags;
    sigaction(signal, &action, &old);
  }
  ~handler() { sigaction(signal_, &old, nullptr); }
  int signal_;
};

[[gnu::noinline]] void raise_here() {
  raise(SIGUSR1);
  asm volatile("" ::: "memory");
}

TEST(unwind, a_signal_context_gives_the_interrupted_stack) {
  vole::symbol::prepare_unwind();
  const handler installed(SIGUSR1, &on_signal, 0);
  raise_here();
  const auto names = names_of(pcs, depth);
  EXPECT_EQ(position(names, "unwind_case::on_signal"), -1);
  EXPECT_NE(position(names, "unwind_case::raise_here"), -1);
  EXPECT_NE(position(names, "main"), -1);
}

void unwind_in_handler(int /*signal*/, siginfo_t* /*info*/, void* /*context*/) { take(); }

TEST(unwind, the_frame_of_a_signal_handler_is_stepped_over) {
  const handler installed(SIGUSR1, &unwind_in_handler, 0);
  raise_here();
  const auto names = names_of(pcs, depth);
  EXPECT_EQ(position(names, "unwind_case::take"), 0);
  EXPECT_GT(position(names, "unwind_case::raise_here"),
            position(names, "unwind_case::unwind_in_handler"));
  EXPECT_NE(position(names, "main"), -1);
}

sigjmp_buf after_fault;
void on_fault(int signal, siginfo_t* info, void* context) {
  on_signal(signal, info, context);
  siglongjmp(after_fault, 1);
}

[[gnu::noinline]] void call_null() {
  void (*volatile nowhere)() = nullptr;
  nowhere();
  asm volatile("" ::: "memory");
}

TEST(unwind, a_call_through_a_null_pointer_shows_its_caller) {
  vole::symbol::prepare_unwind();
  const handler installed(SIGSEGV, &on_fault, 0);
  if (sigsetjmp(after_fault, 1) == 0) call_null();
  const auto names = names_of(pcs, depth);
  EXPECT_EQ(position(names, "unwind_case::call_null"), 0);
  EXPECT_NE(position(names, "main"), -1);
}

#if defined(__x86_64__)
// Every instruction of a call tree, prologues and epilogues included, by single steps.
std::uintptr_t root[2];
std::size_t steps, complete;
void on_step(int /*signal*/, siginfo_t* /*info*/, void* context) {
  std::uintptr_t here[64];
  const auto registers = vole::symbol::registers_of_ucontext(context);
  const std::size_t found = vole::symbol::unwind(registers, {}, here, 64);
  ++steps;
  if (found > 4 && here[found - 1] == root[0] && here[found - 2] == root[1]) ++complete;
}

// Each is a function without a frame pointer, so that what it pushes moves the CFA's offset.
[[gnu::noinline]] void start_stepping() {
  asm volatile(
      "pushfq; .cfi_adjust_cfa_offset 8; orl $0x100, (%%rsp); popfq; .cfi_adjust_cfa_offset -8" ::
          : "cc", "memory");
}
[[gnu::noinline]] void stop_stepping() {
  asm volatile(
      "pushfq; .cfi_adjust_cfa_offset 8; andl $~0x100, (%%rsp); popfq; .cfi_adjust_cfa_offset -8" ::
          : "cc", "memory");
}

TEST(unwind, every_single_instruction_of_a_stack_is_unwound_to_its_root) {
  take();
  root[0] = pcs[depth - 1];
  root[1] = pcs[depth - 2];
  const handler installed(SIGTRAP, &on_step, 0);
  steps = complete = 0;
  start_stepping();
  sort_through_libc();
  stop_stepping();
  EXPECT_GT(steps, 1000u);
  EXPECT_EQ(complete, steps);
}
#endif

TEST(unwind, garbage_registers_end_the_walk_without_a_fault) {
  vole::symbol::prepare_unwind();
  std::uintptr_t out[64];
  vole::symbol::registers wild;
  for (const std::uintptr_t value :
       {std::uintptr_t{0}, std::uintptr_t{8}, std::uintptr_t{0x1234567}, UINTPTR_MAX - 7,
        reinterpret_cast<std::uintptr_t>(&take), std::uintptr_t{1} << 63}) {
    for (const bool is_interrupted : {false, true}) {
      wild.pc = reinterpret_cast<std::uintptr_t>(&descend) + 30;
      wild.is_interrupted = is_interrupted;
      wild.sp = wild.fp = value & ~std::uintptr_t{7};
      EXPECT_LE(vole::symbol::unwind(wild, {}, out, 64), 64u);
      wild.pc = value;
      EXPECT_LE(vole::symbol::unwind(wild, {}, out, 64), 64u);
    }
  }
}

TEST(unwind, stack_memory_refuses_what_is_not_mapped) {
  vole::symbol::stack_memory memory({});
  std::uintptr_t value = 0;
  const std::uintptr_t here = 42;
  EXPECT_TRUE(memory.read(reinterpret_cast<std::uintptr_t>(&here), value));
  EXPECT_EQ(value, 42u);
  EXPECT_FALSE(memory.read(0, value));
  EXPECT_FALSE(memory.read(reinterpret_cast<std::uintptr_t>(&here) + 1, value));
  EXPECT_FALSE(memory.read(std::uintptr_t{1} << 62, value));
}

}  // namespace unwind_case
