// SPDX-License-Identifier: Apache-2.0
// strcmp reads what it compares.
#include <cstring>

#include "../unordered.h"

char one[] = "vole", two[] = "volt";
int main() {
  both([] { two[1] = 'a'; }, [] { use(std::strcmp(one, two)); });
  return 0;
}
