// SPDX-License-Identifier: Apache-2.0
// The frame layout of a suspended stack, as the two context_*.S files push it.
#include "fiber/context.h"

#include <cstring>

#include "base/check.h"

extern "C" void vole_fiber_entry();

namespace vole::fiber {
namespace {

#if defined(__x86_64__)
struct frame {
  std::uint32_t mxcsr;
  std::uint16_t x87_control, unused;
  std::uintptr_t r15, r14, r13, r12, rbx, rbp, resume;
};
static_assert(sizeof(frame) == 64);

void fill(frame& f, entry_function* entry, void* argument) {
  f.mxcsr = 0x1f80;       // all exceptions masked, round to nearest: the ABI's start-up value
  f.x87_control = 0x37f;  // likewise
  f.r12 = reinterpret_cast<std::uintptr_t>(entry);
  f.r13 = reinterpret_cast<std::uintptr_t>(argument);
  f.resume = reinterpret_cast<std::uintptr_t>(&vole_fiber_entry);
}
registers read(const frame& f) {
  registers r;
  r.pc = f.resume;
  r.fp = f.rbp;
  const std::uintptr_t kept[] = {f.rbx, f.r12, f.r13, f.r14, f.r15};
  std::memcpy(r.callee_saved, kept, sizeof kept);
  return r;
}
#elif defined(__aarch64__)
struct frame {
  std::uintptr_t x19_to_x28[10], x29, x30;
  double d8_to_d15[8];
  std::uintptr_t fpcr, unused;
};
static_assert(sizeof(frame) == 176);

void fill(frame& f, entry_function* entry, void* argument) {
  f.x19_to_x28[0] = reinterpret_cast<std::uintptr_t>(entry);
  f.x19_to_x28[1] = reinterpret_cast<std::uintptr_t>(argument);
  f.x30 = reinterpret_cast<std::uintptr_t>(&vole_fiber_entry);
}
registers read(const frame& f) {
  registers r;
  r.pc = f.x30;
  r.fp = f.x29;
  std::memcpy(r.callee_saved, f.x19_to_x28, sizeof r.callee_saved);
  return r;
}
#else
#error "vole runs on x86-64 and aarch64"
#endif

}  // namespace

std::uintptr_t prepare(std::uintptr_t stack_high, entry_function* entry, void* argument) noexcept {
  VOLE_ASSERT(stack_high % 16 == 0);
  const std::uintptr_t sp = stack_high - sizeof(frame);
  frame first = {};
  fill(first, entry, argument);
  std::memcpy(reinterpret_cast<void*>(sp), &first, sizeof first);
  return sp;
}

registers read_suspended(std::uintptr_t sp) noexcept {
  frame suspended;
  std::memcpy(&suspended, reinterpret_cast<const void*>(sp), sizeof suspended);
  registers r = read(suspended);
  r.sp = sp + sizeof(frame);
  return r;
}

}  // namespace vole::fiber
