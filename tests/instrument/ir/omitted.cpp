// SPDX-License-Identifier: Apache-2.0
// What cannot race is left out, each for its reason; what only looks so is not.
// O0 counter omitted_local >= 1
// O0,O2 counter omitted_constant >= 1
// O0,O2 counter omitted_thread_local >= 1
// O2 counter omitted_vtable >= 1
// O0,O2 counter omitted_function == 4
// O2 counter omitted_fresh >= 1
#include <cstdlib>
#include <new>

extern "C" void show(void*);
extern "C" void may_sync();

// O0,O2 local: none
extern "C" int local(int a) {
  volatile int x = a;
  return x + 1;
}
// Its address is given away: another goroutine may have it.
// O0 shown_local: __vole_write4 __vole_read4
// O2 shown_local: __vole_write4 __vole_read4
extern "C" int shown_local() {
  int x = 1;
  show(&x);
  return x;
}

struct big {
  long words[20];
};
// The callee's copy of a by-value argument is its own.
// O2 by_value: none
extern "C" long by_value(big b) { return b.words[3]; }

static const int table[] = {1, 2, 3, 4};
// O0,O2 constant: none
extern "C" int constant(unsigned i) { return table[i & 3]; }

thread_local int of_thread = 1;
static thread_local long own_array[4];
// O0,O2 thread_local_variable: none
extern "C" int thread_local_variable(int i) {
  own_array[i] = of_thread;
  return ++of_thread;
}

// O2 fresh: none
extern "C" int fresh(int n) {
  volatile int* p = static_cast<int*>(std::malloc(4));
  *p = n;
  return *p;
}
// Handing the object on without synchronisation is the race: its initialisation is checked.
// O2 published: __vole_write4 __vole_write8
extern "C" void published(int** where, int n) {
  int* p = static_cast<int*>(std::malloc(4));
  *p = n;
  *where = p;
}

struct shape {
  virtual int area();
  virtual ~shape();
  int side;
};
// The object's vtable pointer is read; the table is constant.
// O2 virtual_call: __vole_read8
extern "C" int virtual_call(shape* s) { return s->area(); }

// The table's address goes through a call of its own.
struct square : shape {
  int area() override;
};
// O2 construct: __vole_write_vptr
// O0 _ZN6squareC2Ev: __vole_write_vptr
extern "C" void construct(void* where) { new (where) square; }

// O0,O2 left_alone: none
extern "C" __attribute__((disable_sanitizer_instrumentation)) int left_alone(int* p) { return *p; }
// O0,O2 annotated: none
extern "C" [[clang::annotate("vole.norace")]] int annotated(int* p) { return *p; }
// O0,O2 always_inlined: none
extern "C" inline __attribute__((always_inline, disable_sanitizer_instrumentation)) int
always_inlined(int* p) {
  return *p;
}
// O0,O2 naked_function: none
extern "C" __attribute__((naked)) void naked_function() { asm("ret"); }
// An exempt function stays exempt: it is not inlined here, so there is nothing to check.
// O0,O2 caller: none
extern "C" int caller(int* p) { return left_alone(p) + annotated(p) + always_inlined(p); }
