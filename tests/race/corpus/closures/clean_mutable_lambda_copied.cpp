// SPDX-License-Identifier: Apache-2.0
// Each goroutine has the lambda's state for itself.
#include "../unordered.h"

int main() {
  int calls = 0;
  auto count = [calls]() mutable { use(++calls); };
  both(count, count);
  return 0;
}
