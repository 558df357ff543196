// SPDX-License-Identifier: Apache-2.0
// release is before the acquire that it lets through.
#include <semaphore>

#include "../unordered.h"

int value = 0;
int main() {
  std::binary_semaphore ready(0);
  both_threads(
      [&] {
        value = 1;
        ready.release();
      },
      [&] {
        ready.acquire();
        use(value);
      });
  return 0;
}
