// SPDX-License-Identifier: Apache-2.0
// The entry points for plain accesses of instrument_abi.def. Those for atomics are in atomics.cpp.
//
// This file is compiled for speed: the fast path of check_access() is inlined into each of them.
#include <cstddef>
#include <cstdint>

#include "race/access_check.h"

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
#include <vole/instrument_abi.def>
