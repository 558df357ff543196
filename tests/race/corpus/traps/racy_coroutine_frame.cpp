// SPDX-License-Identifier: Apache-2.0
// A local of a coroutine lives in its frame, which another resumes.
#include <coroutine>

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
int* inside = nullptr;
task work() {
  int local = 1;
  inside = &local;
  co_await std::suspend_always();
  local = 2;
  use(local);
}
int main() {
  const task one = work();
  int* const at = inside;
  in_turn([one] { one.handle.resume(); }, [at] { *at = 3; });
  one.handle.destroy();
  return 0;
}
