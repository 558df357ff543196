// SPDX-License-Identifier: Apache-2.0
// An exception is carried to another thread.
#include <exception>
#include <stdexcept>
#include <thread>

std::exception_ptr failure;
int main() {
  std::thread other([] {
    try {
      throw std::runtime_error("a text that lives on the heap because it is long");
    } catch (...) {
      failure = std::current_exception();
    }
  });
  other.join();
  try {
    std::rethrow_exception(failure);
  } catch (const std::runtime_error& caught) {
    return caught.what()[0] == 'a' ? 0 : 1;
  }
  return 0;
}
