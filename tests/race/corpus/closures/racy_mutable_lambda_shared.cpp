// SPDX-License-Identifier: Apache-2.0
// One mutable lambda, called by two through a reference.
#include "../unordered.h"

int main() {
  int calls = 0;
  auto count = [calls]() mutable { use(++calls); };
  both([&count] { count(); }, [&count] { count(); });
  return 0;
}
