// SPDX-License-Identifier: Apache-2.0
// operator[] inserts what was only to be read.
#include <unordered_map>

#include "../unordered.h"

std::unordered_map<int, int> table;
int main() {
  const auto read = [] { use(table[1]); };
  in_turn(read, read);
  return 0;
}
