// SPDX-License-Identifier: Apache-2.0
// The entry points for atomics of 16 bytes: those of instrument_abi.def, and the functions of
// libatomic that compilers call where a target has no instruction for the size.
//
// Instrumented code meets in the line's lock, so plain copies under it are one step for all of it.
// Code without instrumentation that shares such an atomic is not served: libatomic's own lock or
// instruction would have to be taken, too.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "race/atomics/atomic_step.h"

namespace vole::race {
namespace {

__extension__ using u128 = unsigned __int128;

u128 load_wide(void* address, int order, call_site site) {
  atomic_step step(address, sizeof(u128), site);
  u128 value;
  std::memcpy(&value, address, sizeof value);
  step.draw_edges(effect::load, order);
  return value;
}

void store_wide(void* address, u128 value, int order, call_site site) {
  atomic_step step(address, sizeof(u128), site);
  step.announce(order);
  step.draw_edges(effect::store, order);
  std::memcpy(address, &value, sizeof value);
}

template <class Operation>
u128 modify_wide(void* address, int order, call_site site, Operation operation) {
  atomic_step step(address, sizeof(u128), site);
  step.announce(order);
  u128 before;
  std::memcpy(&before, address, sizeof before);
  const u128 after = operation(before);
  std::memcpy(address, &after, sizeof after);
  step.draw_edges(effect::modify, order);
  return before;
}

u128 compare_exchange_wide(void* address, u128 expected, u128 desired, int success, int failure,
                           call_site site) {
  atomic_step step(address, sizeof(u128), site);
  step.announce(success);
  u128 before;
  std::memcpy(&before, address, sizeof before);
  if (before == expected) {
    std::memcpy(address, &desired, sizeof desired);
    step.draw_edges(effect::modify, success);
  } else {
    step.draw_edges(effect::load, failure);
  }
  return before;
}

// libatomic's functions for any size. The line is the one of the first byte: objects of different
// sizes at one address meet there, which is all that programs do.
void load_any(std::size_t size, void* from, void* to, int order, call_site site) {
  atomic_step step(from, size, site);
  std::memcpy(to, from, size);
  step.draw_edges(effect::load, order);
}

void store_any(std::size_t size, void* to, void* from, int order, call_site site) {
  atomic_step step(to, size, site);
  step.announce(order);
  step.draw_edges(effect::store, order);
  std::memcpy(to, from, size);
}

void exchange_any(std::size_t size, void* at, void* desired, void* before, int order,
                  call_site site) {
  atomic_step step(at, size, site);
  step.announce(order);
  std::memcpy(before, at, size);
  std::memcpy(at, desired, size);
  step.draw_edges(effect::modify, order);
}

bool compare_exchange_any(std::size_t size, void* at, void* expected, void* desired, int success,
                          int failure, call_site site) {
  atomic_step step(at, size, site);
  step.announce(success);
  const bool is_equal = std::memcmp(at, expected, size) == 0;
  if (is_equal) {
    std::memcpy(at, desired, size);
    step.draw_edges(effect::modify, success);
  } else {
    std::memcpy(expected, at, size);
    step.draw_edges(effect::load, failure);
  }
  return is_equal;
}

}  // namespace
}  // namespace vole::race

using vole::race::u128;
// The functions of libatomic have names that the compiler keeps for itself.
#define VOLE_ENTRY(result, name, symbol, parameters)                                \
  extern "C" [[gnu::visibility("default")]] result name parameters __asm__(symbol); \
  result name parameters

#define VOLE_WIDE_RMW(op, expression)                                                         \
  VOLE_ENTRY(u128, vole_wide_##op, "__vole_atomic128_" #op,                                   \
             (void* address, u128 operand, int order)) {                                      \
    return vole::race::modify_wide(address, order, VOLE_CALL_SITE(),                          \
                                   [&]([[maybe_unused]] u128 before) { return expression; }); \
  }                                                                                           \
  VOLE_ENTRY(u128, vole_libatomic_##op##_16, "__atomic_" #op "_16",                           \
             (void* address, u128 operand, int order)) {                                      \
    return vole::race::modify_wide(address, order, VOLE_CALL_SITE(),                          \
                                   [&]([[maybe_unused]] u128 before) { return expression; }); \
  }
VOLE_WIDE_RMW(exchange, operand)
VOLE_WIDE_RMW(fetch_add, before + operand)
VOLE_WIDE_RMW(fetch_sub, before - operand)
VOLE_WIDE_RMW(fetch_and, before& operand)
VOLE_WIDE_RMW(fetch_or, before | operand)
VOLE_WIDE_RMW(fetch_xor, before ^ operand)
VOLE_WIDE_RMW(fetch_nand, ~(before& operand))

VOLE_ENTRY(u128, vole_wide_load, "__vole_atomic128_load", (void* address, int order)) {
  return vole::race::load_wide(address, order, VOLE_CALL_SITE());
}
VOLE_ENTRY(void, vole_wide_store, "__vole_atomic128_store",
           (void* address, u128 value, int order)) {
  vole::race::store_wide(address, value, order, VOLE_CALL_SITE());
}
VOLE_ENTRY(u128, vole_wide_compare_exchange, "__vole_atomic128_compare_exchange",
           (void* address, u128 expected, u128 desired, int success, int failure)) {
  return vole::race::compare_exchange_wide(address, expected, desired, success, failure,
                                           VOLE_CALL_SITE());
}
VOLE_ENTRY(u128, vole_libatomic_load_16, "__atomic_load_16", (void* address, int order)) {
  return vole::race::load_wide(address, order, VOLE_CALL_SITE());
}
VOLE_ENTRY(void, vole_libatomic_store_16, "__atomic_store_16",
           (void* address, u128 value, int order)) {
  vole::race::store_wide(address, value, order, VOLE_CALL_SITE());
}
VOLE_ENTRY(bool, vole_libatomic_compare_exchange_16, "__atomic_compare_exchange_16",
           (void* address, void* expected, u128 desired, int success, int failure)) {
  return vole::race::compare_exchange_any(sizeof desired, address, expected, &desired, success,
                                          failure, VOLE_CALL_SITE());
}
VOLE_ENTRY(void, vole_libatomic_load, "__atomic_load",
           (std::size_t size, void* from, void* to, int order)) {
  vole::race::load_any(size, from, to, order, VOLE_CALL_SITE());
}
VOLE_ENTRY(void, vole_libatomic_store, "__atomic_store",
           (std::size_t size, void* to, void* from, int order)) {
  vole::race::store_any(size, to, from, order, VOLE_CALL_SITE());
}
VOLE_ENTRY(void, vole_libatomic_exchange, "__atomic_exchange",
           (std::size_t size, void* at, void* desired, void* before, int order)) {
  vole::race::exchange_any(size, at, desired, before, order, VOLE_CALL_SITE());
}
VOLE_ENTRY(bool, vole_libatomic_compare_exchange, "__atomic_compare_exchange",
           (std::size_t size, void* at, void* expected, void* desired, int success, int failure)) {
  return vole::race::compare_exchange_any(size, at, expected, desired, success, failure,
                                          VOLE_CALL_SITE());
}
