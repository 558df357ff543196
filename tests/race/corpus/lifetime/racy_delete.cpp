// SPDX-License-Identifier: Apache-2.0
// One deletes what another still writes.
#include "../unordered.h"

int main() {
  auto* const value = new int(0);
  in_turn([=] { *value = 1; }, [=] { delete value; });
  return 0;
}
