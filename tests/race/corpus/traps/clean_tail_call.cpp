// SPDX-License-Identifier: Apache-2.0
// Two functions that call each other in tail position.
#include "../unordered.h"

int even(int n, int* steps);
__attribute__((noinline)) int odd(int n, int* steps) {
  ++*steps;
  return n == 0 ? 0 : even(n - 1, steps);
}
__attribute__((noinline)) int even(int n, int* steps) {
  ++*steps;
  return n == 0 ? 1 : odd(n - 1, steps);
}
int main() {
  const auto work = [] {
    int steps = 0;
    use(even(100, &steps));
  };
  both(work, work);
  return 0;
}
