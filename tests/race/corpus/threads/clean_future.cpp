// SPDX-License-Identifier: Apache-2.0
// A promise before its future; an exception travels the same way.
#include <exception>
#include <future>

struct failure : std::exception {
  explicit failure(int n) : code(n) {}
  int code;
};
int main() {
  int value = 0;
  auto first = std::async(std::launch::async, [&] { value = 1; });
  first.get();
  value = 2;
  auto second = std::async(std::launch::async, [&]() -> int { throw failure(value); });
  try {
    return second.get();
  } catch (const failure& caught) {
    return caught.code - 2;
  }
  return 0;
}
