// SPDX-License-Identifier: Apache-2.0
// Goal: the switch code alone, without a test framework, so that it can be cross-compiled and run
// under an emulator. Method: two fibers that hand numbers to each other, keep values in all
// callee-saved registers, throw and catch on their own stacks. Prints "ok"; anything else is a
// failure.
#include <cfenv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "fiber/context.h"

namespace {

using vole::fiber::prepare;
using vole::fiber::read_suspended;
using vole::fiber::registers;
using vole::fiber::vole_fiber_capture;
using vole::fiber::vole_fiber_switch;

[[noreturn]] void fail(const char* what) {
  std::printf("FAILED: %s\n", what);
  std::exit(1);
}
void expect(bool holds, const char* what) {
  if (!holds) fail(what);
}

struct pair {
  std::uintptr_t main_sp = 0, fiber_sp = 0;
  long value = 0;
  bool is_done = false;
};

void to_main(pair& p) { vole_fiber_switch(&p.fiber_sp, p.main_sp); }
void to_fiber(pair& p) { vole_fiber_switch(&p.main_sp, p.fiber_sp); }

// Many values that live across switches: some of them in callee-saved registers, floats included.
long sum_across_switches(pair& p, long a, long b, long c, long d, long e, double x, double y) {
  for (int i = 0; i < 1000; ++i) {
    to_main(p);
    a += p.value, b ^= a, c += b & 7, d -= c, e += d & 3, x += 0.5, y -= x;
  }
  return a + b + c + d + e + static_cast<long>(x) + static_cast<long>(y);
}

int depth_of_throw(int depth) {
  if (depth == 0) throw std::runtime_error("thrown on a fiber");
  return depth_of_throw(depth - 1) + 1;
}

void fiber_body(void* argument) {
  pair& p = *static_cast<pair*>(argument);
  expect(std::fegetround() == FE_TONEAREST, "a fresh fiber rounds to nearest");
  p.value = 1;
  to_main(p);
  try {
    depth_of_throw(20);
    fail("nothing was thrown");
  } catch (const std::runtime_error& e) {
    expect(std::strcmp(e.what(), "thrown on a fiber") == 0, "the exception of this fiber");
  }
  std::fesetround(FE_UPWARD);
  to_main(p);
  expect(std::fegetround() == FE_UPWARD, "rounding is kept across a switch");
  const long here = sum_across_switches(p, 1, 2, 3, 4, 5, 1.25, 2.5);
  p.value = here;
  p.is_done = true;
  to_main(p);
  fail("a finished fiber was resumed");
}

long expected_sum() {
  long a = 1, b = 2, c = 3, d = 4, e = 5;
  double x = 1.25, y = 2.5;
  for (int i = 0; i < 1000; ++i) a += i, b ^= a, c += b & 7, d -= c, e += d & 3, x += 0.5, y -= x;
  return a + b + c + d + e + static_cast<long>(x) + static_cast<long>(y);
}

}  // namespace

int main() {
  constexpr std::size_t kBytes = 256 * 1024;
  auto* const memory = static_cast<char*>(std::aligned_alloc(4096, kBytes));
  pair p;
  const auto high = reinterpret_cast<std::uintptr_t>(memory) + kBytes;
  p.fiber_sp = prepare(high, &fiber_body, &p);
  const registers fresh = read_suspended(p.fiber_sp);
  expect(fresh.sp == high, "a fresh fiber starts at the top of its stack");

  to_fiber(p);
  expect(p.value == 1, "the fiber ran");
  const registers seen = read_suspended(p.fiber_sp);
  expect(seen.sp < high && seen.sp > high - kBytes, "a suspended stack pointer lies in the stack");
  expect(seen.pc != fresh.pc, "a suspended pc is the caller's");
  to_fiber(p);
  expect(std::fegetround() == FE_TONEAREST, "rounding is each fiber's own");
  for (long i = 0; !p.is_done; ++i) {
    to_fiber(p);
    if (!p.is_done) p.value = i;
  }
  expect(p.value == expected_sum(), "no value was lost in a thousand switches");

  registers here;
  vole_fiber_capture(&here);
  const auto frame = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  expect(here.sp <= frame && frame - here.sp < 64 * 1024, "capture saw this frame");
  std::free(memory);
  std::puts("ok");
  return 0;
}
