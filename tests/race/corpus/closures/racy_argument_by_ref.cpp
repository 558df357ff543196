// SPDX-License-Identifier: Apache-2.0
// std::ref passes the object itself.
#include <functional>

#include <vole/sync.h>

int main() {
  int value = 0;
  vole::wait_group all;
  all.go([](int& of) { of = 1; }, std::ref(value));
  value = 2;
  all.wait();
  return 0;
}
