// SPDX-License-Identifier: Apache-2.0
// call_once: the one call before every return.
#include <cstdlib>
#include <mutex>
#include <thread>

std::once_flag once;
int value = 0;
void use() {
  std::call_once(once, [] { value = 5; });
  if (value != 5) std::abort();
}
int main() {
  std::thread a(use), b(use), c(use);
  a.join();
  b.join();
  c.join();
  return 0;
}
