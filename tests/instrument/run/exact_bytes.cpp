// SPDX-License-Identifier: Apache-2.0
// Exactly the bytes that the source accesses are announced, whatever the optimizer makes of the
// loops: vectors, masks, unrolling, merged stores.
#include <cstdio>
#include <cstring>

#include "recording_runtime.h"

#define UNSEEN __attribute__((disable_sanitizer_instrumentation))

namespace {

alignas(64) unsigned char arena[4096];
int failures;
volatile long sink;  // keeps calls whose result nobody wants

[[gnu::noinline]] void store_where(int* to, const int* wanted, int n) {
  for (int i = 0; i < n; ++i) {
    if (wanted[i]) to[i] = i;
  }
}
[[gnu::noinline]] long sum_where(const int* from, const int* wanted, int n) {
  long sum = 0;
  for (int i = 0; i < n; ++i) {
    if (wanted[i]) sum += from[i];
  }
  return sum;
}
[[gnu::noinline]] void store_each(short* to, int n) {
  for (int i = 0; i < n; ++i) to[i] = static_cast<short>(i);
}
[[gnu::noinline]] void store_every_third(int* to, int n) {
  for (int i = 0; i < n; i += 3) to[i] = i;
}
[[gnu::noinline]] void gather(int* to, const int* from, const int* index, int n) {
  for (int i = 0; i < n; ++i) to[i] = from[index[i]];
}
struct fields {
  int a;
  char b, c;
  short d;
};
[[gnu::noinline]] void set_some(fields* f) {
  f->a = 1;
  f->b = 2;
  f->d = 3;
}
[[gnu::noinline]] int first_of_two(const int* p, bool second) { return second ? p[1] : p[0]; }

// Compares what was announced with what the source says: wants_read(byte), wants_write(byte).
template <class Read, class Write>
UNSEEN void expect(const char* what, Read wants_read, Write wants_write) {
  for (int i = 0; i < static_cast<int>(sizeof arena); ++i) {
    bool read = recording::was_read(arena + i), written = recording::was_written(arena + i);
    // A read may be announced by the write that follows it; a write never by a read.
    bool read_is_right = read == wants_read(i) || (wants_read(i) && written);
    if (read_is_right && written == wants_write(i)) continue;
    std::printf("%s: byte %d: read %d written %d\n", what, i, read, written);
    ++failures;
    return;
  }
}

UNSEEN bool never(int) { return false; }
// Whether byte i lies in an int of the n ints from byte base on whose index satisfies wanted.
template <class F>
UNSEEN auto ints(int base, int n, F wanted) {
  return [=](int i) { return i >= base && i < base + 4 * n && wanted((i - base) / 4); };
}

}  // namespace

UNSEEN int main() {
  int wanted[61], index[61];
  for (int i = 0; i < 61; ++i) {
    wanted[i] = i % 5 == 1 || i % 7 == 2;
    index[i] = i * 2;
  }
  auto is_wanted = [&](int i) { return wanted[i] != 0; };
  auto all = [](int) { return true; };
  int* ints_of_arena = reinterpret_cast<int*>(arena);

  recording::watch(arena, sizeof arena);
  store_where(ints_of_arena + 3, wanted, 61);
  expect("store_where", never, ints(12, 61, is_wanted));

  recording::watch(arena, sizeof arena);
  sink = sum_where(ints_of_arena + 3, wanted, 61);
  expect("sum_where", ints(12, 61, is_wanted), never);

  recording::watch(arena, sizeof arena);
  store_each(reinterpret_cast<short*>(arena + 6), 75);
  expect("store_each", never, [](int i) { return i >= 6 && i < 6 + 150; });

  recording::watch(arena, sizeof arena);
  store_every_third(ints_of_arena, 100);
  expect("store_every_third", never, ints(0, 100, [](int i) { return i % 3 == 0; }));

  recording::watch(arena, sizeof arena);
  gather(ints_of_arena + 500, ints_of_arena, index, 61);
  expect("gather", ints(0, 122, [](int i) { return i % 2 == 0; }), ints(2000, 61, all));

  recording::watch(arena, sizeof arena);
  set_some(reinterpret_cast<fields*>(arena));
  expect("set_some", never, [](int i) { return i < 8 && i != 5; });

  recording::watch(arena, sizeof arena);
  sink = first_of_two(ints_of_arena, true);
  expect("first_of_two", ints(4, 1, all), never);

  if (recording::calls() == 0) {
    std::printf("nothing was instrumented\n");
    ++failures;
  }
  return failures == 0 ? 0 : 1;
}
