// SPDX-License-Identifier: Apache-2.0
// Names of a structured binding by reference.
#include "../unordered.h"

struct pair {
  int first, second;
};
pair shared{};
int main() {
  auto& [first, second] = shared;
  int* const last = &second;
  both([last] { *last = 1; }, [] { shared.second = 2; });
  return first;
}
