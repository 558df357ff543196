// SPDX-License-Identifier: Apache-2.0
// A setting is stored while a server that was just started reads it (after etcd 4876).
#include <vole/sync.h>
#include <vole/time.h>

#include "../unordered.h"

long interval_ms = 1;
int main() {
  both([] { interval_ms = 2; },
       [] {
         vole::wait_group server;
         server.go([] { use(interval_ms); });
         server.wait();
       });
  return 0;
}
