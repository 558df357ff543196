// SPDX-License-Identifier: Apache-2.0
// An enumeration is an integer.
#include "../unordered.h"

enum class state : unsigned char { idle, running };
state now = state::idle;
int main() {
  both([] { now = state::running; }, [] { use(now == state::idle); });
  return 0;
}
