// SPDX-License-Identifier: Apache-2.0
// Small objects of many goroutines, made and deleted.
#include <vole/sync.h>

#include "../unordered.h"

struct node {
  node* next = nullptr;
  int value = 0;
};
int main() {
  vole::wait_group all;
  for (int i = 0; i < 8; ++i)
    all.go([i] {
      for (int turn = 0; turn < 50; ++turn) {
        auto* const one = new node;
        one->value = i;
        use(one->value);
        delete one;
      }
    });
  all.wait();
  return 0;
}
