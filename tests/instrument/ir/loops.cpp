// SPDX-License-Identifier: Apache-2.0
// A loop that only computes is checked as a range before it starts, if its accesses leave no gap.

// O2 counter loop_ranges >= 8
#include <cstddef>
#include <vector>

extern "C" void may_sync();

// O1 fill: __vole_write_range
extern "C" void fill(char* p, int n) {
  for (int i = 0; i < n; ++i) p[i] = static_cast<char>(i);
}
// O1 sum: __vole_read_range
extern "C" long sum(const int* p, std::size_t n) {
  long total = 0;
  for (std::size_t i = 0; i < n; ++i) total += p[i];
  return total;
}
// O1 of_vector: __vole_read8 __vole_read8 __vole_read_range
extern "C" long of_vector(const std::vector<int>& all) {
  long total = 0;
  for (int one : all) total += one;
  return total;
}
// O1 backwards: __vole_write_range
extern "C" void backwards(int* p, int n) {
  for (int i = n; i-- > 0;) p[i] = i;
}
// The inner loop is a range each time.
// O1 multiply: __vole_read_range __vole_read_range __vole_write_range
extern "C" void multiply(double* c, const double* a, const double* b, int n) {
  for (int i = 0; i < n; ++i) {
    for (int k = 0; k < n; ++k) {
      for (int j = 0; j < n; ++j) c[i * n + j] += a[i * n + k] * b[k * n + j];
    }
  }
}
// Two fields of three: the gap is not accessed, so it is not checked.
// O1 with_gaps: __vole_write4 __vole_write4
struct triple {
  int a, b, c;
};
extern "C" void with_gaps(triple* p, int n) {
  for (int i = 0; i < n; ++i) {
    p[i].a = 1;
    p[i].c = 2;
  }
}
// O1 whole_elements: __vole_write_range
extern "C" void whole_elements(triple* p, int n) {
  for (int i = 0; i < n; ++i) {
    p[i].a = 1;
    p[i].b = i;
    p[i].c = 2;
  }
}
// Where it stops depends on what it reads.
// O1 find: __vole_read1
extern "C" int find(const char* p, char wanted, int n) {
  for (int i = 0; i < n; ++i) {
    if (p[i] == wanted) return i;
  }
  return -1;
}
// Not in every turn.
// O1 some: __vole_read_range __vole_write4
extern "C" void some(int* p, const bool* wanted, int n) {
  for (int i = 0; i < n; ++i) {
    if (wanted[i]) p[i] = i;
  }
}
// What happens between the accesses orders them differently.
// O1 with_sync: __vole_write4
extern "C" void with_sync(int* p, int n) {
  for (int i = 0; i < n; ++i) {
    p[i] = i;
    may_sync();
  }
}
// A volatile access may end the program: it does not happen before its turn.
// O1 volatile_loop: __vole_write4
extern "C" void volatile_loop(volatile int* p, int n) {
  for (int i = 0; i < n; ++i) p[i] = i;
}
// May not end.
// O1 list: __vole_read8
struct node {
  node* next;
};
extern "C" int list(const node* n) {
  int length = 0;
  for (; n != nullptr; n = n->next) ++length;
  return length;
}
