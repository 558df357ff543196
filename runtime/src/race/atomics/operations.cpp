// SPDX-License-Identifier: Apache-2.0
// The entry points for atomics of instrument_abi.def: the operation and its happens-before edges
// are one step, under the lock of the memory's line.
#include <cstddef>
#include <cstdint>

#include "race/atomics/atomic_step.h"

namespace vole::race {
namespace {

// The line's lock makes the operation one step with its edges among instrumented code; the
// operation is seq_cst all the same, for code that does not come through here.
template <class T>
T atomic_load(void* address, int order, call_site site) {
  if (needs_no_step<T>(address, access_kind::atomic_read)) {
    const T value = __atomic_load_n(static_cast<T*>(address), __ATOMIC_SEQ_CST);
    if (needs_no_step<T>(address, access_kind::atomic_read)) return value;
  }
  atomic_step step(address, sizeof(T), site);
  const T value = __atomic_load_n(static_cast<T*>(address), __ATOMIC_SEQ_CST);
  step.draw_edges(effect::load, order);
  return value;
}

// Always a step: it may have to empty the object.
template <class T>
void atomic_store(void* address, T value, int order, call_site site) {
  atomic_step step(address, sizeof(T), site);
  step.announce(order);
  step.draw_edges(effect::store, order);
  __atomic_store_n(static_cast<T*>(address), value, __ATOMIC_SEQ_CST);
}

template <class T, class Operation>
T atomic_modify(void* address, int order, call_site site, Operation operation) {
  if (!releases(order) && needs_no_step<T>(address, access_kind::atomic_write)) {
    const T before = operation(static_cast<T*>(address));
    if (needs_no_step<T>(address, access_kind::atomic_write)) return before;
    // Somebody releases just now. What is acquired may be a moment more than what was read.
    atomic_step(address, sizeof(T), site).draw_edges(effect::modify, order);
    return before;
  }
  atomic_step step(address, sizeof(T), site);
  step.announce(order);
  const T before = operation(static_cast<T*>(address));
  step.draw_edges(effect::modify, order);
  return before;
}

template <class T>
T atomic_compare_exchange(void* address, T expected, T desired, int success, int failure,
                          call_site site) {
  T* const object = static_cast<T*>(address);
  if (!releases(success) && needs_no_step<T>(address, access_kind::atomic_write)) {
    const bool is_stored = __atomic_compare_exchange_n(object, &expected, desired, false,
                                                       __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    if (needs_no_step<T>(address, access_kind::atomic_write)) return expected;
    atomic_step(address, sizeof(T), site)
        .draw_edges(is_stored ? effect::modify : effect::load, is_stored ? success : failure);
    return expected;
  }
  atomic_step step(address, sizeof(T), site);
  step.announce(success);
  const bool is_stored = __atomic_compare_exchange_n(object, &expected, desired, false,
                                                     __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  if (is_stored) {
    step.draw_edges(effect::modify, success);
  } else {
    step.draw_edges(effect::load, failure);
  }
  return expected;
}

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

}  // namespace
}  // namespace vole::race

// clang-format off
#define VOLE_ENTRY extern "C" [[gnu::visibility("default")]]
#define VOLE_ABI_ATOMIC_LOAD(NAME, BITS) VOLE_IF_##BITS(VOLE_LOAD, NAME, BITS)
#define VOLE_ABI_ATOMIC_STORE(NAME, BITS) VOLE_IF_##BITS(VOLE_STORE, NAME, BITS)
#define VOLE_ABI_ATOMIC_RMW(NAME, BITS, OP) VOLE_IF_##BITS(VOLE_RMW, NAME, BITS, OP)
#define VOLE_ABI_ATOMIC_COMPARE_EXCHANGE(NAME, BITS) VOLE_IF_##BITS(VOLE_CAS, NAME, BITS)
#define VOLE_ABI_ATOMIC_FENCE(NAME) \
  VOLE_ENTRY void NAME(int order) { vole::race::atomic_fence(order); }
#define VOLE_IF_8(MAKE, ...) MAKE(__VA_ARGS__)
#define VOLE_IF_16(MAKE, ...) MAKE(__VA_ARGS__)
#define VOLE_IF_32(MAKE, ...) MAKE(__VA_ARGS__)
#define VOLE_IF_64(MAKE, ...) MAKE(__VA_ARGS__)
#define VOLE_IF_128(MAKE, ...)  // see atomics/wide.cpp

#define VOLE_LOAD(NAME, BITS)                                                                   \
  VOLE_ENTRY vole::race::u##BITS NAME(void* address, int order) {                               \
    return vole::race::atomic_load<vole::race::u##BITS>(address, order, VOLE_CALL_SITE());      \
  }
#define VOLE_STORE(NAME, BITS)                                                                  \
  VOLE_ENTRY void NAME(void* address, vole::race::u##BITS value, int order) {                   \
    vole::race::atomic_store<vole::race::u##BITS>(address, value, order, VOLE_CALL_SITE());     \
  }
#define VOLE_RMW(NAME, BITS, OP)                                                                \
  VOLE_ENTRY vole::race::u##BITS NAME(void* address, vole::race::u##BITS operand, int order) {  \
    return vole::race::atomic_modify<vole::race::u##BITS>(                                      \
        address, order, VOLE_CALL_SITE(),                                                       \
        [operand](auto* at) { return VOLE_OP_##OP(at, operand); });                             \
  }
#define VOLE_CAS(NAME, BITS)                                                                    \
  VOLE_ENTRY vole::race::u##BITS NAME(void* address, vole::race::u##BITS expected,              \
                                      vole::race::u##BITS desired, int success, int failure) {  \
    return vole::race::atomic_compare_exchange<vole::race::u##BITS>(                            \
        address, expected, desired, success, failure, VOLE_CALL_SITE());                        \
  }
#define VOLE_OP_exchange(at, operand) __atomic_exchange_n(at, operand, __ATOMIC_SEQ_CST)
#define VOLE_OP_fetch_add(at, operand) __atomic_fetch_add(at, operand, __ATOMIC_SEQ_CST)
#define VOLE_OP_fetch_sub(at, operand) __atomic_fetch_sub(at, operand, __ATOMIC_SEQ_CST)
#define VOLE_OP_fetch_and(at, operand) __atomic_fetch_and(at, operand, __ATOMIC_SEQ_CST)
#define VOLE_OP_fetch_or(at, operand) __atomic_fetch_or(at, operand, __ATOMIC_SEQ_CST)
#define VOLE_OP_fetch_xor(at, operand) __atomic_fetch_xor(at, operand, __ATOMIC_SEQ_CST)
#define VOLE_OP_fetch_nand(at, operand) __atomic_fetch_nand(at, operand, __ATOMIC_SEQ_CST)
// clang-format on
#include <vole/instrument_abi.def>
