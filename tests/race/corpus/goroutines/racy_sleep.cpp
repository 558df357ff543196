// SPDX-License-Identifier: Apache-2.0
// Sleeping long enough is no synchronisation.
#include <vole/go.h>
#include <vole/time.h>
#include <chrono>

int value = 0;
int main() {
  vole::go([] { value = 1; });
  vole::sleep(std::chrono::milliseconds(5));
  value = 2;
}
