// SPDX-License-Identifier: Apache-2.0
// A push that releases nothing.
#include <atomic>

#include "../unordered.h"

struct node {
  int value;
  node* next;
};
std::atomic<node*> top = nullptr;
node only;
int main() {
  in_turn(
      [] {
        only.value = 7;
        top.store(&only, std::memory_order_relaxed);
      },
      [] { use(top.load(std::memory_order_acquire)->value); });
  return 0;
}
