// SPDX-License-Identifier: Apache-2.0
// to_string and operator+ work on their own memory.
#include <string>

#include "../unordered.h"

int main() {
  const auto work = [] {
    std::string text;
    for (int i = 0; i < 30; ++i) text += std::to_string(i) + ",";
    use(text.size());
  };
  both(work, work);
  return 0;
}
