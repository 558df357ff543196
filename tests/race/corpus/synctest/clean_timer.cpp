// SPDX-License-Identifier: Apache-2.0
// Who arms a timer of a bubble's comes before what it calls, and its value before who receives it.
#include <vole/synctest.h>
#include <vole/time.h>

int main() {
  using namespace std::chrono_literals;
  int value = 0;
  vole::synctest::test([&] {
    value = 1;
    vole::after_func(1h, [&] { ++value; });
    vole::synctest::sleep(2h);
    ++value;
    vole::after(1h).recv();
    ++value;
  });
  return value - 4;
}
