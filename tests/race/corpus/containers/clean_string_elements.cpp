// SPDX-License-Identifier: Apache-2.0
// Two characters of one string.
#include <string>

#include "../unordered.h"

std::string text = "a string that is long enough for the heap";
int main() {
  char* const bytes = text.data();
  both([bytes] { bytes[3] = 'x'; }, [bytes] { bytes[4] = 'y'; });
  return 0;
}
