// SPDX-License-Identifier: Apache-2.0
// A sequence lock over plain data is a race, however often it is read.
#include <atomic>

#include "../unordered.h"

std::atomic<unsigned> version = 0;
int data = 0;
int main() {
  in_turn(
      [] {
        version.fetch_add(1);
        data = 1;
        version.fetch_add(1);
      },
      [] {
        for (;;) {
          const unsigned before = version.load();
          use(data);
          if (before == version.load()) break;
        }
      },
      [] { data = 2; });
  return 0;
}
