// SPDX-License-Identifier: Apache-2.0
// Stands in for a header of the system, in which nothing is warned of.
#pragma GCC system_header
#include "vole_like.h"

inline void of_the_system() {
  int x = 0;
  v::go([&] { x = 1; });
}
