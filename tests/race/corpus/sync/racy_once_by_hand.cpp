// SPDX-License-Identifier: Apache-2.0
// A flag is no once.
#include "../unordered.h"

int value = 0;
bool is_done = false;
int main() {
  const auto call = [] {
    if (!is_done) {
      value = 42;
      is_done = true;
    }
    use(value);
  };
  in_turn(call, call);
  return 0;
}
