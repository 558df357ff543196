// SPDX-License-Identifier: Apache-2.0
// A member reached through a pointer to member.
#include "../unordered.h"

struct pair {
  int first, second;
};
pair both_of;
int pair::* which = &pair::second;
int main() {
  both([] { both_of.*which = 1; }, [] { both_of.second = 2; });
  return 0;
}
