// SPDX-License-Identifier: Apache-2.0
// The same stack, taken by another while it grows: release sequences carry each pusher's past.
#include <atomic>

#include <vole/go.h>
#include <vole/sync.h>

#include "../unordered.h"

struct node {
  int value;
  node* next;
};
std::atomic<node*> top = nullptr;
node nodes[20];
std::atomic<int> taken = 0;
int main() {
  vole::wait_group all;
  for (int part = 0; part < 2; ++part)
    all.go([part] {
      for (int i = part * 10; i < part * 10 + 10; ++i) {
        nodes[i] = {i, top.load(std::memory_order_relaxed)};
        while (!top.compare_exchange_weak(nodes[i].next, &nodes[i], std::memory_order_release,
                                          std::memory_order_relaxed)) {
        }
      }
    });
  all.go([] {
    while (taken.load(std::memory_order_relaxed) < 20) {
      for (node* at = top.exchange(nullptr, std::memory_order_acquire); at != nullptr;
           at = at->next) {
        use(at->value);
        taken.fetch_add(1, std::memory_order_relaxed);
      }
      vole::yield();
    }
  });
  all.wait();
  return 0;
}
