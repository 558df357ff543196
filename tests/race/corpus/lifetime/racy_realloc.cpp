// SPDX-License-Identifier: Apache-2.0
// realloc gives the old block back.
#include <cstdlib>

#include "../unordered.h"

int main() {
  auto* block = static_cast<char*>(std::malloc(100));
  in_turn([=] { block[50] = 1; }, [&] { block = static_cast<char*>(std::realloc(block, 100000)); });
  std::free(block);
  return 0;
}
