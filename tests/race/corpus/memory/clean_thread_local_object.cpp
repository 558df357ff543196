// SPDX-License-Identifier: Apache-2.0
// A thread_local object is the thread's: goroutines that use it one after the other on one worker
// share it by design. Inside its functions nothing but the address says so.
#include <vole/go.h>
#include <vole/wait_group.h>

class scratch {
 public:
  [[gnu::noinline]] void note(int value) {
    last_ = value;
    ++count_;
  }

 private:
  int last_ = 0;
  int count_ = 0;
};
thread_local scratch of_thread;

int main() {
  vole::wait_group all;
  for (int i = 0; i < 64; ++i) all.go([i] { of_thread.note(i); });
  all.wait();
  return 0;
}
