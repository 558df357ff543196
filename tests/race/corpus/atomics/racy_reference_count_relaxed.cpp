// SPDX-License-Identifier: Apache-2.0
// A reference count that only counts.
#include <atomic>

#include "../unordered.h"

struct object {
  std::atomic<int> owners = 2;
  int value = 0;
};
void drop(object* one) {
  if (one->owners.fetch_sub(1, std::memory_order_relaxed) == 1) use(one->value);
}
object one;
int main() {
  in_turn(
      [] {
        one.value = 1;
        drop(&one);
      },
      [] { drop(&one); });
  return 0;
}
