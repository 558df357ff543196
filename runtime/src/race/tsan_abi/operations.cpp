// SPDX-License-Identifier: Apache-2.0
// The entry points of ThreadSanitizer's ABI that are not one of instrument_abi.def.
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "base/raw_log.h"
#include "race/atomics/atomic_step.h"
#include "race/interceptors/interceptors.h"
#include "race/tsan_abi/call_stack.h"

extern "C" void __tsan_read1(void*);
extern "C" void __vole_start();
// Only libtsan has it.
extern "C" [[gnu::weak]] void __tsan_testonly_barrier_init(std::uint64_t*, unsigned);

namespace vole::race {
namespace {

__extension__ using u128 = unsigned __int128;
using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

// `expected` gets what was there, if that was something else.
template <class T>
bool compare_exchange(void* address, void* expected, T desired, int success, int failure,
                      call_site site) {
  T wanted;
  std::memcpy(&wanted, expected, sizeof wanted);
  bool is_stored = false;
  {
    atomic_step step(address, sizeof(T), site);
    step.announce(success);
    if constexpr (sizeof(T) <= sizeof(u64)) {
      is_stored = __atomic_compare_exchange_n(static_cast<T*>(address), &wanted, desired, false,
                                              __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    } else {  // under the line's lock, as all of this size are (atomics/wide.cpp)
      T before;
      std::memcpy(&before, address, sizeof before);
      is_stored = before == wanted;
      if (is_stored) std::memcpy(address, &desired, sizeof desired);
      wanted = before;
    }
    if (is_stored) {
      step.draw_edges(effect::modify, success);
    } else {
      step.draw_edges(effect::load, failure);
    }
  }
  if (!is_stored) std::memcpy(expected, &wanted, sizeof wanted);
  return is_stored;
}

}  // namespace

void install_tsan_abi() {
  // Keeps entry_points.o in the link.
  const auto entry = &__tsan_read1;
  asm volatile("" : : "r"(entry));
  refuse_libtsan();
}

void refuse_libtsan() noexcept {
  if (&__tsan_testonly_barrier_init == nullptr) return;
  base::raw_writer() << "vole: ThreadSanitizer's runtime (libtsan) is linked beside vole::race, "
                        "which stands in for it: give -fsanitize=thread when compiling only, "
                        "not when linking\n";
  syscall(SYS_exit_group, 1);  // _exit() is one of its interceptors
}

}  // namespace vole::race

VOLE_INTERCEPTOR void __tsan_init() { __vole_start(); }
// A fence between a thread and its own signal handlers orders nothing between threads.
VOLE_INTERCEPTOR void __tsan_atomic_signal_fence(int) {}

#define VOLE_TSAN_COMPARE_EXCHANGE(BITS, STRENGTH)                                                \
  VOLE_INTERCEPTOR int __tsan_atomic##BITS##_compare_exchange_##STRENGTH(                         \
      void* address, void* expected, vole::race::u##BITS desired, int success, int failure) {     \
    return vole::race::compare_exchange<vole::race::u##BITS>(address, expected, desired, success, \
                                                             failure, VOLE_CALL_SITE())           \
               ? 1                                                                                \
               : 0;                                                                               \
  }
#define VOLE_TSAN_BOTH(BITS)               \
  VOLE_TSAN_COMPARE_EXCHANGE(BITS, strong) \
  VOLE_TSAN_COMPARE_EXCHANGE(BITS, weak)
VOLE_TSAN_BOTH(8)
VOLE_TSAN_BOTH(16)
VOLE_TSAN_BOTH(32)
VOLE_TSAN_BOTH(64)
VOLE_TSAN_BOTH(128)
