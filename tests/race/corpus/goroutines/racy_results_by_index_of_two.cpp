// SPDX-License-Identifier: Apache-2.0
// results[i] with an index that two share (after kubernetes 70892).
#include "../unordered.h"

int results[4];
int main() {
  const auto job = [](int) {
    for (int& one : results)
      if (one == 0) one = 1;
  };
  in_turn([job] { job(0); }, [job] { job(1); });
  return 0;
}
