// SPDX-License-Identifier: Apache-2.0
// A stop_token made of a context: request and observation.
#include <stop_token>

#include <vole/context.h>
#include <vole/go.h>
#include <vole/sync.h>

#include "../unordered.h"

int value = 0;
int main() {
  auto [ctx, cancel] = vole::with_cancel(vole::background());
  vole::wait_group all;
  all.go([ctx = ctx] {
    const std::stop_token token = ctx;
    while (!token.stop_requested()) vole::yield();
    use(value);
  });
  value = 1;
  cancel();
  all.wait();
  return 0;
}
