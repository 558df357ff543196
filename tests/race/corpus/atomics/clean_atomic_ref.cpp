// SPDX-License-Identifier: Apache-2.0
// atomic_ref on both sides.
#include <atomic>

#include "../unordered.h"

int value = 0;
int main() {
  const auto add = [] { std::atomic_ref(value).fetch_add(1); };
  both(add, add);
  return value - 2;
}
