// SPDX-License-Identifier: Apache-2.0
// The change to another stack for the length of one call.
#include "base/roomy_stack.h"

#include <sys/mman.h>

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif

extern "C" [[gnu::weak]] void __sanitizer_start_switch_fiber(void**, const void*, std::size_t);

namespace vole::base {
namespace {

// A call in between frames of two stacks: the callee keeps the register that remembers ours.
[[gnu::noinline]] void call_on(char* high, void (*function)(void*), void* argument) noexcept {
#if defined(__x86_64__)
  asm volatile(
      "movq %%rsp, %%rbx\n\t"
      "movq %[high], %%rsp\n\t"
      "callq *%[function]\n\t"
      "movq %%rbx, %%rsp"
      : "+D"(argument), [function] "+r"(function), [high] "+r"(high)
      :
      : "rax", "rbx", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "xmm0", "xmm1", "xmm2", "xmm3",
        "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14",
        "xmm15", "st", "memory", "cc");
#elif defined(__aarch64__)
  register void* first asm("x0") = argument;
  asm volatile(
      "mov x19, sp\n\t"
      "mov sp, %[high]\n\t"
      "blr %[function]\n\t"
      "mov sp, x19"
      : "+r"(first), [function] "+r"(function), [high] "+r"(high)
      :
      : "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14",
        "x15", "x16", "x17", "x18", "x19", "x30", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7",
        "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20",
        "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31", "memory",
        "cc");
#else
#error "vole runs on x86-64 and aarch64"
#endif
}

}  // namespace

void roomy_stack::call(void (*function)(void*), void* argument) noexcept {
  if (low_ == nullptr && &__sanitizer_start_switch_fiber == nullptr) {
    void* const memory = mmap(nullptr, kGuardBytes + kBytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (memory != MAP_FAILED) {
      mprotect(memory, kGuardBytes, PROT_NONE);
      low_ = static_cast<char*>(memory) + kGuardBytes;
#ifdef VALGRIND_STACK_REGISTER
      static_cast<void>(VALGRIND_STACK_REGISTER(low_, low_ + kBytes));
#endif
    }
  }
  if (low_ == nullptr)
    function(argument);
  else
    call_on(low_ + kBytes, function, argument);
}

}  // namespace vole::base
