// SPDX-License-Identifier: Apache-2.0
// A timer that was stopped in time never runs its function.
#include <chrono>

int value = 0;
int main() {
  auto timer = vole::after_func(std::chrono::hours(1), [] { value = 1; });
  if (timer.stop()) value = 2;
  return value - 2;
}
