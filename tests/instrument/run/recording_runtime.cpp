// SPDX-License-Identifier: Apache-2.0
// A runtime for instrumented test programs that performs atomics and records what it was told.
#include "recording_runtime.h"

#include <cstdio>
#include <cstring>
#include <map>
#include <stdexcept>

// Their addresses are all that is needed here.
namespace libc {
#define VOLE_ABI_LIBC(NAME) extern "C" void NAME##_of_libc() __asm__(#NAME);
#include <vole/instrument_abi.def>
}  // namespace libc

namespace {

constexpr int kNever = -1;

struct byte_history {
  int acquires_at_access = kNever;
  int acquires_at_write = kNever;
};

const unsigned char* base;
std::size_t size;
bool read_bytes[4096], written_bytes[4096];
int segment, acquires;
std::uint64_t call_count;
std::map<std::pair<int, std::size_t>, byte_history> history;

void note(const void* address, std::size_t length, bool is_write) {
  ++call_count;
  auto* first = static_cast<const unsigned char*>(address);
  for (std::size_t i = 0; i < length; ++i) {
    if (first + i < base || first + i >= base + size) continue;
    std::size_t offset = first + i - base;
    (is_write ? written_bytes : read_bytes)[offset] = true;
    byte_history& entry = history[{segment, offset}];
    if (entry.acquires_at_access == kNever) entry.acquires_at_access = acquires;
    if (is_write && entry.acquires_at_write == kNever) entry.acquires_at_write = acquires;
  }
}

void sync() {
  ++call_count;
  ++segment;
  ++acquires;
}

template <int Bits>
struct carrier;
template <>
struct carrier<8> {
  using type = std::uint8_t;
};
template <>
struct carrier<16> {
  using type = std::uint16_t;
};
template <>
struct carrier<32> {
  using type = std::uint32_t;
};
template <>
struct carrier<64> {
  using type = std::uint64_t;
};
template <>
struct carrier<128> {
  using type = unsigned __int128;
};

template <class T>
T exchange(T, T operand) {
  return operand;
}
template <class T>
T fetch_add(T old, T operand) {
  return old + operand;
}
template <class T>
T fetch_sub(T old, T operand) {
  return old - operand;
}
template <class T>
T fetch_and(T old, T operand) {
  return old & operand;
}
template <class T>
T fetch_or(T old, T operand) {
  return old | operand;
}
template <class T>
T fetch_xor(T old, T operand) {
  return old ^ operand;
}
template <class T>
T fetch_nand(T old, T operand) {
  return ~(old & operand);
}

}  // namespace

// The tests are single-threaded: what makes the real runtime's operations atomic has no place here.
#define U(BITS) carrier<BITS>::type
#define VOLE_ABI_ACCESS(NAME, SIZE, IS_WRITE) \
  extern "C" void NAME(void* address) { note(address, SIZE, IS_WRITE); }
#define VOLE_ABI_RANGE(NAME, IS_WRITE) \
  extern "C" void NAME(void* address, std::size_t length) { note(address, length, IS_WRITE); }
#define VOLE_ABI_VPTR(NAME)                                 \
  extern "C" void NAME(void* address, void* value) {        \
    void* there;                                            \
    std::memcpy(&there, address, sizeof there);             \
    if (there != value) note(address, sizeof(void*), true); \
  }
#define VOLE_ABI_ATOMIC_LOAD(NAME, BITS)        \
  extern "C" U(BITS) NAME(void* address, int) { \
    ++call_count;                               \
    ++acquires;                                 \
    return *static_cast<U(BITS)*>(address);     \
  }
#define VOLE_ABI_ATOMIC_STORE(NAME, BITS)                   \
  extern "C" void NAME(void* address, U(BITS) value, int) { \
    sync();                                                 \
    *static_cast<U(BITS)*>(address) = value;                \
  }
#define VOLE_ABI_ATOMIC_RMW(NAME, BITS, OP)                      \
  extern "C" U(BITS) NAME(void* address, U(BITS) operand, int) { \
    sync();                                                      \
    U(BITS) old = *static_cast<U(BITS)*>(address);               \
    *static_cast<U(BITS)*>(address) = OP<U(BITS)>(old, operand); \
    return old;                                                  \
  }
#define VOLE_ABI_ATOMIC_COMPARE_EXCHANGE(NAME, BITS)                                    \
  extern "C" U(BITS) NAME(void* address, U(BITS) expected, U(BITS) desired, int, int) { \
    sync();                                                                             \
    U(BITS) old = *static_cast<U(BITS)*>(address);                                      \
    if (old == expected) *static_cast<U(BITS)*>(address) = desired;                     \
    return old;                                                                         \
  }
#define VOLE_ABI_ATOMIC_FENCE(NAME) \
  extern "C" void NAME(int) { sync(); }
// libc's functions as they are, whatever their types: all take at most four words.
#define VOLE_ABI_LIBC(NAME)                                                                   \
  extern "C" void* __vole_##NAME(void* one, void* two, std::size_t three, std::size_t four) { \
    using any = void* (*)(void*, void*, std::size_t, std::size_t);                            \
    return reinterpret_cast<any>(&libc::NAME##_of_libc)(one, two, three, four);               \
  }
#include <vole/instrument_abi.def>

extern "C" void external_sync() { sync(); }
extern "C" int external_acquire() {
  ++acquires;
  return acquires;
}
extern "C" void external_throw(bool really) {
  sync();
  if (really) throw std::runtime_error("told to");
}

namespace recording {

void watch(const void* new_base, std::size_t new_size) {
  base = static_cast<const unsigned char*>(new_base);
  size = new_size <= sizeof read_bytes ? new_size : sizeof read_bytes;
  std::memset(read_bytes, 0, sizeof read_bytes);
  std::memset(written_bytes, 0, sizeof written_bytes);
  history.clear();
  segment = acquires = 0;
}

bool was_read(const void* byte) {
  return read_bytes[static_cast<const unsigned char*>(byte) - base];
}
bool was_written(const void* byte) {
  return written_bytes[static_cast<const unsigned char*>(byte) - base];
}
std::uint64_t calls() { return call_count; }

void print_segments() {
  for (auto& [key, entry] : history) {
    std::printf("%d +%zu %d %d\n", key.first, key.second, entry.acquires_at_access,
                entry.acquires_at_write);
  }
}

}  // namespace recording
