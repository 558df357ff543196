// SPDX-License-Identifier: Apache-2.0
// A variadic function reads what it was given a pointer to.
#include <cstdarg>

#include "../unordered.h"

__attribute__((noinline)) int sum(int count, ...) {
  va_list list;
  va_start(list, count);
  int all = 0;
  for (int i = 0; i < count; ++i) all += *va_arg(list, int*);
  va_end(list);
  return all;
}
int one = 1, two = 2;
int main() {
  both([] { use(sum(2, &one, &two)); }, [] { two = 3; });
  return 0;
}
