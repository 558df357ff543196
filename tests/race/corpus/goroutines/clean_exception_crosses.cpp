// SPDX-License-Identifier: Apache-2.0
// A goroutine's exception is looked at and destroyed elsewhere.
#include <vole/chan.h>
#include <vole/go.h>
#include <stdexcept>

struct failure : std::runtime_error {
  using runtime_error::runtime_error;
  int code = 3;
};
int main() {
  int sum = 0;
  for (int round = 0; round < 20; ++round) {
    const auto failed = vole::make_chan<std::exception_ptr>(1);
    vole::go([failed] {
      try {
        throw failure("no");
      } catch (failure& caught) {
        caught.code = 4;
        failed.send(std::current_exception());
      }
    });
    try {
      std::rethrow_exception(*failed.recv());
    } catch (const failure& caught) {
      sum += caught.code;
    }
  }
  return sum - 80;
}
