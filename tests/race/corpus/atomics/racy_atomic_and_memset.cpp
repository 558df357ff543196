// SPDX-License-Identifier: Apache-2.0
// memset over an atomic is a plain write.
#include <atomic>
#include <cstring>

#include "../unordered.h"

struct block {
  std::atomic<int> count{0};
  int rest[7] = {};
};
block shared;
int main() {
  both([] { shared.count.fetch_add(1); },
       [] { std::memset(static_cast<void*>(&shared), 0, sizeof shared); });
  return 0;
}
