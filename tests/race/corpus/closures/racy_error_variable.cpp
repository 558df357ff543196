// SPDX-License-Identifier: Apache-2.0
// Two goroutines share the error variable of their parent.
#include <system_error>

#include "../unordered.h"

std::error_code connect(int port) { return {port, std::generic_category()}; }
int main() {
  std::error_code err;
  both([&] { err = connect(1); }, [&] { err = connect(2); });
  return 0;
}
