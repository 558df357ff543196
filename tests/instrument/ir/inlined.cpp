// SPDX-License-Identifier: Apache-2.0
// Checks look for themselves and call out of line; what can't be looked up word by word calls.
// flags: --target=x86_64-linux-gnu -fPIE
#include <cstdint>

// O0,O2 store1: __vole_write1_cold
extern "C" void store1(char* p) { *p = 1; }
// O0,O2 store4: __vole_write4_cold
extern "C" void store4(int* p) { *p = 1; }
// O0,O2 load8: __vole_read8_cold
extern "C" void* load8(void** p) { return *p; }
// O0,O2 load16: __vole_read16_cold
extern "C" __int128 load16(const __int128* p) { return *p; }

struct three {
  std::int64_t a, b, c;
};
// O2 copy24: __vole_read_range_cold __vole_write_range_cold
extern "C" void copy24(three* to, const three* from) { *to = *from; }

// Less than four bytes of alignment, and more bytes than are worth it: calls.
struct [[gnu::packed]] packed {
  char c;
  int i;
};
// O0,O2 unaligned: __vole_write_range
extern "C" void unaligned(packed* p) { p->i = 1; }
struct big {
  int words[16];
};
// O0,O2 copy_big: __vole_read_range __vole_write_range
extern "C" void copy_big(big* to, const big* from) { *to = *from; }

// The runtime is ready before any code of the module: the first constructor sees to it.
// O0,O2 vole.module_start: __vole_start

// O2 counter inlined == 6
