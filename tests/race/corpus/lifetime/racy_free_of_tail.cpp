// SPDX-License-Identifier: Apache-2.0
// free() of a large block against a write far behind its first kilobyte.
#include <cstdlib>

#include "../unordered.h"

int main() {
  auto* const block = static_cast<char*>(std::malloc(100000));
  in_turn([=] { block[90000] = 1; }, [=] { std::free(block); });
  return 0;
}
