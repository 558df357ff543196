// SPDX-License-Identifier: Apache-2.0
// Virtual calls of two are reads of one vptr.
#include <memory>

#include "../unordered.h"

struct animal {
  virtual ~animal() = default;
  virtual int legs() const { return 4; }
};
int main() {
  const std::unique_ptr<animal> one = std::make_unique<animal>();
  const auto call = [&] { use(one->legs()); };
  both(call, call);
  return 0;
}
