// SPDX-License-Identifier: Apache-2.0
// What the behaviour tests share: a number of processors for a while, running in a goroutine, and
// waiting for a condition without a clock.
#pragma once

#include <gtest/gtest.h>
#include <vole/go.h>
#include <vole/wait_group.h>

#include <utility>

namespace behaviour {

// So many processors until the end of the scope.
class processors {
 public:
  explicit processors(int n) : before_(vole::max_procs(n)) {}
  ~processors() { vole::max_procs(before_); }
  processors(const processors&) = delete;
  processors& operator=(const processors&) = delete;

 private:
  int before_;
};

// Runs f in a goroutine and waits for its end: a test's own thread is an adopted one.
template <class F>
void in_goroutine(F&& f) {
  vole::wait_group one;
  one.go(std::forward<F>(f));
  one.wait();
}

// Returns as soon as done() holds, letting others run meanwhile. Never gives up: a law that does
// not hold shows as the test's time limit.
template <class Done>
void until(Done done) {
  while (!done()) vole::yield();
}

// Each test begins and ends with main as the only goroutine.
class alone : public ::testing::Test {
 protected:
  void TearDown() override {
    until([] { return vole::num_goroutine() == 1; });
  }
};

}  // namespace behaviour
