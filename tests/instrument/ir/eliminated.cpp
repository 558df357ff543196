// SPDX-License-Identifier: Apache-2.0
// A check that another one covers is dropped, and only then.
// O2 counter omitted_covered >= 7
// O2 counter omitted_read_before_write >= 1
#include <atomic>
#include <cstring>

extern "C" void may_sync();
extern "C" void pure_callee() __attribute__((const));
extern "C" std::size_t strlen(const char*);
extern std::atomic<int> flag;

// O2 read_then_write: __vole_write4
extern "C" void read_then_write(int* p) { *p += 1; }
// O2 write_twice: __vole_write4
extern "C" void write_twice(volatile int* p) {
  *p = 1;
  *p = 2;
}
// A read does not stand for a write, and the call may release or acquire.
// O2 read_sync_write: __vole_read4 __vole_write4
extern "C" void read_sync_write(volatile int* p) {
  int value = *p;
  may_sync();
  *p = value;
}
// O2 write_sync_write: __vole_write4 __vole_write4
extern "C" void write_sync_write(volatile int* p) {
  *p = 1;
  may_sync();
  *p = 2;
}
// O2 write_release_write: __vole_write4 __vole_atomic32_store(3) __vole_write4
extern "C" void write_release_write(volatile int* p) {
  *p = 1;
  flag.store(1, std::memory_order_release);
  *p = 2;
}
// An acquire between them does not matter to the earlier check.
// O2 write_acquire_write: __vole_write4 __vole_atomic32_load(2)
extern "C" int write_acquire_write(volatile int* p) {
  *p = 1;
  int got = flag.load(std::memory_order_acquire);
  *p = 2;
  return got;
}
// But the later check knows more than the earlier read: both stay.
// O2 read_acquire_write: __vole_read4 __vole_atomic32_load(2) __vole_write4
extern "C" int read_acquire_write(volatile int* p) {
  int value = *p;
  value += flag.load(std::memory_order_acquire);
  *p = value;
  return value;
}
// O2 write_strlen_write: __vole_write4 __vole_strlen
extern "C" std::size_t write_strlen_write(volatile int* p, const char* text) {
  *p = 1;
  std::size_t n = strlen(text);
  *p = 2;
  return n;
}
// Part of what was written; more than what was written.
// O2 narrower: __vole_write8
extern "C" void narrower(volatile long* p) {
  *p = 1;
  reinterpret_cast<volatile char*>(p)[3] = 1;
}
// O2 wider: __vole_write1 __vole_write8
extern "C" void wider(volatile long* p) {
  reinterpret_cast<volatile char*>(p)[3] = 1;
  *p = 1;
}
// On every path, and not on every path.
// O2 both_branches: __vole_write4 __vole_write4
extern "C" void both_branches(volatile int* p, volatile int* q, bool which) {
  *p = 1;
  if (which) {
    *q = 1;
    *p = 2;
  } else {
    *p = 4;
  }
  *p = 5;
}
// O2 one_branch: __vole_write4 __vole_write4
extern "C" void one_branch(volatile int* p, bool which) {
  if (which) *p = 2;
  *p = 5;
}
// O2 loop_same: __vole_write4
extern "C" void loop_same(volatile int* p, int n) {
  *p = 0;
  for (int i = 0; i < n; ++i) *p = i;
}
// The address changes from one turn to the next.
// O1 loop_other: __vole_write4
extern "C" void loop_other(volatile int* p, int n) {
  for (int i = 0; i < n; ++i) p[i] = i;
}
// O2 loop_sync: __vole_write4 __vole_write4
extern "C" void loop_sync(volatile int* p, int n) {
  *p = 0;
  for (int i = 0; i < n; ++i) {
    *p = i;
    may_sync();
  }
}
