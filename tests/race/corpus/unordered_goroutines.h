// SPDX-License-Identifier: Apache-2.0
// An order in time that is no happens-before edge: for programs that must race in every run
// although one part waits for the other. For goroutines.
#pragma once

#include <atomic>

#include <vole/go.h>

class turns {
 public:
  void done(int turn) { last_.store(turn, std::memory_order_relaxed); }
  void wait(int turn) const {
    while (last_.load(std::memory_order_relaxed) < turn) vole::yield();
  }

 private:
  std::atomic<int> last_ = 0;
};
