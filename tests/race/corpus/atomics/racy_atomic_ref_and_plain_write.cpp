// SPDX-License-Identifier: Apache-2.0
// atomic_ref on one side.
#include <atomic>

#include "../unordered.h"

int value = 0;
int main() {
  both([] { std::atomic_ref(value).store(1); }, [] { value = 2; });
  return 0;
}
