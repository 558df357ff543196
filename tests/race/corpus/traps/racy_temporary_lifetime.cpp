// SPDX-License-Identifier: Apache-2.0
// A view of a temporary that lives in another's frame.
#include <vole/sync.h>

#include "../unordered.h"

struct frame {
  const int* seen = nullptr;
};
int main() {
  frame shared;
  turns order;
  vole::wait_group all;
  all.go([&] {
    int local = 1;
    shared.seen = &local;
    order.done(1);
    local = 2;
    order.wait(2);
  });
  all.go([&] {
    order.wait(1);
    use(*shared.seen);
    order.done(2);
  });
  all.wait();
  return 0;
}
