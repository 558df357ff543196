// SPDX-License-Identifier: Apache-2.0
// Declarations with the annotations of vole's, so that the checks are tested without the runtime.
#pragma once
#include <vole/detail/annotations.h>

namespace v {
void start(const void* callable);
template <class F, class... A>
VOLE_SPAWNS void go(F&& f, A&&...) {
  start(&f);
}
struct group {
  template <class F>
  VOLE_SPAWNS void go(F&& f) {
    start(&f);
  }
  VOLE_WAITS void wait();
  VOLE_ANNOUNCES void add(int n = 1);
  void done();
};
struct joining_group {  // waits when it ends
  template <class F>
  VOLE_SPAWNS void go(F&& f) {
    start(&f);
  }
  VOLE_WAITS ~joining_group();
};
template <class T>
struct channel {
  VOLE_PARKS void send(T value) const;
  VOLE_WAITS T recv() const;
};
[[noreturn]] void goexit();
VOLE_PARKS void sleep(int ms);
}  // namespace v
