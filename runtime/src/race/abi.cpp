// SPDX-License-Identifier: Apache-2.0
// The entry points for plain accesses of instrument_abi.def. Those for atomics are in atomics.cpp.
//
// This file is compiled for speed: the fast path of check_access() is inlined into each of them.
#include <cstddef>
#include <cstdint>

#include "race/access_check.h"
#include "race/first_access.h"

using vole::race::access_kind;
using vole::race::check_access;
using vole::race::check_range;

#define VOLE_ABI_ACCESS(NAME, SIZE_BYTES, IS_WRITE)                                    \
  extern "C" [[gnu::visibility("default")]] void NAME(void* address) {                 \
    check_access<SIZE_BYTES>(reinterpret_cast<std::uintptr_t>(address),                \
                             (IS_WRITE) != 0 ? access_kind::write : access_kind::read, \
                             VOLE_CALL_SITE());                                        \
  }
#define VOLE_ABI_RANGE(NAME, IS_WRITE)                                                         \
  extern "C" [[gnu::visibility("default")]] void NAME(void* address, std::size_t size_bytes) { \
    check_range(reinterpret_cast<std::uintptr_t>(address), size_bytes,                         \
                (IS_WRITE) != 0 ? access_kind::write : access_kind::read, VOLE_CALL_SITE());   \
  }
#define VOLE_ABI_VPTR(NAME)                                                         \
  extern "C" [[gnu::visibility("default")]] void NAME(void* address, void* value) { \
    if (*static_cast<void**>(address) == value) return;                             \
    check_access<8>(reinterpret_cast<std::uintptr_t>(address), access_kind::write,  \
                    VOLE_CALL_SITE());                                              \
  }
#define VOLE_ABI_START(NAME) \
  extern "C" [[gnu::visibility("default")]] void NAME() { vole::race::prepare_planes(); }
#include <vole/instrument_abi.def>

// What the entry points of cold_calls_x86_64.S lead to; `frame` is theirs.
namespace {

vole::race::call_site site_of(const std::uintptr_t* frame) {
  return {frame[1], reinterpret_cast<std::uintptr_t>(frame)};
}

template <std::size_t Size>
void look_up(std::uintptr_t address, access_kind kind, const std::uintptr_t* frame) {
  if constexpr (Size % vole::race::kGranuleBytes == 0) {
    if (vole::race::put_first_access<Size>(address, is_write(kind), site_of(frame))) return;
  }
  check_range(address, Size, kind, site_of(frame));
}

}  // namespace

#define VOLE_ABI_COLD(NAME, SIZE_BYTES, IS_WRITE)                                                  \
  extern "C" [[gnu::visibility("hidden")]] void vole_race##NAME(std::uintptr_t address,            \
                                                                const std::uintptr_t* frame) {     \
    look_up<SIZE_BYTES>(address, (IS_WRITE) != 0 ? access_kind::write : access_kind::read, frame); \
  }
#define VOLE_ABI_COLD_RANGE(NAME, IS_WRITE)                                                    \
  extern "C" [[gnu::visibility("hidden")]] void vole_race##NAME(                               \
      std::uintptr_t address, const std::uintptr_t* frame, std::size_t size_bytes) {           \
    check_range(address, size_bytes, (IS_WRITE) != 0 ? access_kind::write : access_kind::read, \
                site_of(frame));                                                               \
  }
#include <vole/instrument_abi.def>
