// SPDX-License-Identifier: Apache-2.0
// Each throw has an object of its own.
#include <stdexcept>

#include "../unordered.h"

int main() {
  const auto work = [] {
    for (int i = 0; i < 10; ++i) try {
        throw std::runtime_error("own");
      } catch (const std::runtime_error& caught) {
        use(caught.what()[0]);
      }
  };
  both(work, work);
  return 0;
}
