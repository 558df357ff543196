// SPDX-License-Identifier: Apache-2.0
// Two threads handle one exception object.
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
  const auto handle = [&] {
    try {
      std::rethrow_exception(shared);
    } catch (failure& caught) {
      ++caught.value;
    }
  };
  threads_in_turn(handle, handle);
  return 0;
}
