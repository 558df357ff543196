// SPDX-License-Identifier: Apache-2.0
// Three races whose ids check_ids.py compares between builds and orders. INLINED is put before each
// function; the argument "swapped" lets main's access come first.
#include <vole/go.h>

#include <algorithm>
#include <cstring>
#include <vector>

#ifndef INLINED
#define INLINED
#endif

namespace {

int turn = 0;  // relaxed: fixes which access comes first, and is no edge
bool is_swapped = false;
volatile long seen = 0;  // a read whose value nobody wants would be left out

void wait_for(int number) {
  while (__atomic_load_n(&turn, __ATOMIC_RELAXED) < number) vole::yield();
}
void next_turn(int number) { __atomic_store_n(&turn, number, __ATOMIC_RELAXED); }

template <class Here, class There>
void unordered(int number, There there, Here here) {
  vole::go([=] {
    if (is_swapped) wait_for(2 * number + 1);
    there();
    next_turn(2 * number + (is_swapped ? 2 : 1));
  });
  if (!is_swapped) wait_for(2 * number + 1);
  here();
  next_turn(2 * number + (is_swapped ? 1 : 2));
  wait_for(2 * number + 2);
}

}  // namespace

namespace stock {

int total = 0;

INLINED inline void bump(int by) { total += by; }
INLINED inline void bump_twice(int by) {
  bump(by);
  bump(by);
}
INLINED inline void clear() { total = 0; }

template <class T>
struct shelf {
  T first{}, second{};
  INLINED void put(const T& item) { second = item; }
  INLINED T peek() const { return second; }
};

INLINED inline void double_all(std::vector<int>& all) {
  std::for_each(all.begin(), all.end(), [](int& one) { one *= 2; });
}
INLINED inline void fill(std::vector<int>& all) {
  for (int& one : all) one = 7;
}

}  // namespace stock

int main(int count, char** arguments) {
  is_swapped = count > 1 && std::strcmp(arguments[1], "swapped") == 0;
  unordered(0, [] { stock::bump_twice(3); }, [] { stock::clear(); });
  auto* shelf = new stock::shelf<long>;
  unordered(1, [=] { shelf->put(4); }, [=] { seen = shelf->peek(); });
  auto* numbers = new std::vector<int>(1);
  unordered(2, [=] { stock::double_all(*numbers); }, [=] { stock::fill(*numbers); });
}
