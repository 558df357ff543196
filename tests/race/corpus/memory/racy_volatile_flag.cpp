// SPDX-License-Identifier: Apache-2.0
// volatile synchronises nothing.
#include <vole/go.h>

#include "../unordered.h"

volatile bool is_done = false;
int main() {
  in_turn([] { is_done = true; },
          [] {
            while (!is_done) vole::yield();
          });
  return 0;
}
