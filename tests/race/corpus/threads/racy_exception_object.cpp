// SPDX-License-Identifier: Apache-2.0
// Two threads are in handlers of one exception object at once.
#include <exception>

#include "../unordered.h"

struct failure {
  int value = 0;
};
int main() {
  std::exception_ptr shared;
  try {
    throw failure();
  } catch (...) {
    shared = std::current_exception();
  }
  thread_turns order;
  const auto handle = [&](int turn) {
    try {
      std::rethrow_exception(shared);
    } catch (failure& caught) {
      order.wait(turn);
      order.done(turn + 1);
      order.wait(2);
      ++caught.value;
      order.done(3);
      order.wait(3);
    }
  };
  both_threads([&] { handle(0); }, [&] { handle(1); });
  return 0;
}
