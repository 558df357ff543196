// SPDX-License-Identifier: Apache-2.0
// A variadic function's values are its own.
#include <cstdarg>

#include "../unordered.h"

__attribute__((noinline)) int sum(int count, ...) {
  va_list list;
  va_start(list, count);
  int all = 0;
  for (int i = 0; i < count; ++i) all += va_arg(list, int);
  va_end(list);
  return all;
}
int main() {
  const auto work = [] { use(sum(3, 1, 2, 3)); };
  both(work, work);
  return 0;
}
