// SPDX-License-Identifier: Apache-2.0
// A stack of nodes pushed with release, taken whole with acquire.
#include <atomic>

#include "../unordered.h"

struct node {
  int value;
  node* next;
};
std::atomic<node*> top = nullptr;
node nodes[20];
void push(int first) {
  for (int i = first; i < first + 10; ++i) {
    nodes[i] = {i, top.load(std::memory_order_relaxed)};
    while (!top.compare_exchange_weak(nodes[i].next, &nodes[i], std::memory_order_release,
                                      std::memory_order_relaxed)) {
    }
  }
}
int main() {
  both([] { push(0); }, [] { push(10); });
  int sum = 0;
  for (node* at = top.exchange(nullptr, std::memory_order_acquire); at != nullptr; at = at->next)
    sum += at->value;
  return sum - 190;
}
