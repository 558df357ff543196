// SPDX-License-Identifier: Apache-2.0
// A coroutine that is resumed by one after the other, in order.
#include <coroutine>

#include <vole/sync.h>

#include "../unordered.h"

struct task {
  struct promise_type {
    task get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
  std::coroutine_handle<promise_type> handle;
};
task work() {
  int local = 1;
  for (int i = 0; i < 3; ++i) {
    co_await std::suspend_always();
    ++local;
  }
  use(local);
}
int main() {
  const task one = work();
  for (int i = 0; i < 2; ++i) {
    vole::wait_group all;
    all.go([one] { one.handle.resume(); });
    all.wait();
  }
  one.handle.resume();
  one.handle.destroy();
  return 0;
}
