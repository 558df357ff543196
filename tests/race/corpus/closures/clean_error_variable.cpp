// SPDX-License-Identifier: Apache-2.0
// Each goroutine has an error variable of its own.
#include <system_error>

#include "../unordered.h"

std::error_code connect(int port) { return {port, std::generic_category()}; }
int main() {
  both(
      [] {
        const std::error_code err = connect(1);
        use(err.value());
      },
      [] {
        const std::error_code err = connect(2);
        use(err.value());
      });
  return 0;
}
