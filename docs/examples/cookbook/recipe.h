// SPDX-License-Identifier: Apache-2.0
// Runs the recipes of a file one by one and insists that none leaves a goroutine behind.
#pragma once

#include <vole/leak.h>

#include <chrono>
#include <cstdio>
#include <initializer_list>

namespace cookbook {

struct recipe {
  const char* name;
  void (*run)();
};

// What main returns: 1, with the report on stderr, at the first recipe that leaks.
inline int run_all(std::initializer_list<recipe> recipes) {
  for (const recipe& one : recipes) {
    std::printf("%s\n", one.name);
    one.run();
    if (const auto left = vole::leak::find(vole::leak::max_wait(std::chrono::seconds(20)))) {
      std::fflush(stdout);
      std::fprintf(stderr, "%s: %s", one.name, left->text().c_str());
      return 1;
    }
  }
  return 0;
}

}  // namespace cookbook
