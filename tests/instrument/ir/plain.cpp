// SPDX-License-Identifier: Apache-2.0
// Plain loads and stores get a check of their size, before them, at every level.
#include <cstdint>
#include <cstring>

// O0,O2 store1: __vole_write1
extern "C" void store1(char* p) { *p = 1; }
// O0,O2 store2: __vole_write2
extern "C" void store2(short* p) { *p = 1; }
// O0,O2 store4: __vole_write4
extern "C" void store4(int* p) { *p = 1; }
// O0,O2 store8: __vole_write8
extern "C" void store8(long* p) { *p = 1; }
// O0,O2 store16: __vole_write16
extern "C" void store16(__int128* p) { *p = 1; }
// O0,O2 load1: __vole_read1
extern "C" bool load1(const bool* p) { return *p; }
// O0,O2 load2: __vole_read2
extern "C" short load2(const short* p) { return *p; }
// O0,O2 load4: __vole_read4
extern "C" float load4(const float* p) { return *p; }
// O0,O2 load8: __vole_read8
extern "C" void* load8(void** p) { return *p; }
// O0,O2 load16: __vole_read16
extern "C" __int128 load16(const __int128* p) { return *p; }

// A volatile access is a plain one, and none of two is dropped but by the rule for plain ones.
// O0,O2 volatile_store: __vole_write4
extern "C" void volatile_store(volatile int* p) { *p = 1; }

// O0,O2 unaligned: __vole_write_range
struct [[gnu::packed]] packed {
  char c;
  int i;
};
extern "C" void unaligned(packed* p) { p->i = 1; }

// O0,O2 long_double: __vole_write_range
extern "C" void long_double(long double* p) { *p = 1; }

using wide = int __attribute__((vector_size(32)));
// O0,O2 vector32: __vole_write_range
extern "C" void vector32(wide* p) { *p = wide{}; }

struct big {
  char bytes[100];
};
// O0,O2 copy_big: __vole_read_range __vole_write_range
extern "C" void copy_big(big* to, const big* from) { *to = *from; }

// O0,O2 copy_any: __vole_read_range __vole_write_range
extern "C" void copy_any(char* to, const char* from, std::size_t n) {
  __builtin_memcpy(to, from, n);
}
// O0,O2 move_any: __vole_read_range __vole_write_range
extern "C" void move_any(char* to, const char* from, std::size_t n) {
  __builtin_memmove(to, from, n);
}
// O0,O2 set_any: __vole_write_range
extern "C" void set_any(char* to, std::size_t n) { __builtin_memset(to, 0, n); }
// O0,O2 copy_inline: __vole_read_range __vole_write_range
extern "C" void copy_inline(char* to, const char* from) { __builtin_memcpy_inline(to, from, 24); }

extern "C" void takes_big(big value);
// The copy that a by-value argument makes is a read of the original.
// O2 pass_big: __vole_read_range
extern "C" void pass_big(const big* value) { takes_big(*value); }

struct bits {
  unsigned a : 3, b : 5;
};
// A bit field shares its byte with its neighbours: read and written as one.
// O2 bit_field: __vole_write1
extern "C" void bit_field(bits* p) { p->b = 7; }

// The optimizer must not read *p when the source does not.
// O2 guarded: __vole_read1 __vole_read4
extern "C" int guarded(const bool* wanted, const int* p) { return *wanted ? *p : 0; }
