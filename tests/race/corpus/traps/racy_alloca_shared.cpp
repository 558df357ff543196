// SPDX-License-Identifier: Apache-2.0
// A pointer into alloca memory given away.
#include "../unordered.h"

int main() {
  auto* const shared = static_cast<int*>(__builtin_alloca(64 * sizeof(int)));
  both([=] { shared[10] = 1; }, [=] { shared[10] = 2; });
  return 0;
}
