// SPDX-License-Identifier: Apache-2.0
// Two threads, one integer.
#include "../unordered.h"

int value = 0;
int main() {
  both_threads([] { value = 1; }, [] { value = 2; });
  return 0;
}
