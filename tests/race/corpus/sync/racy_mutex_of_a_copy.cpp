// SPDX-License-Identifier: Apache-2.0
// Each side locks a mutex of its own copy.
#include <memory>
#include <mutex>

#include <vole/sync.h>

#include "../unordered.h"

struct guarded {
  std::shared_ptr<int> value = std::make_shared<int>(0);
  std::unique_ptr<vole::mutex> lock = std::make_unique<vole::mutex>();
  guarded() = default;
  guarded(const guarded& other) : value(other.value), lock(std::make_unique<vole::mutex>()) {}
  void add() const {
    const std::lock_guard hold(*lock);
    ++*value;
  }
};
int main() {
  const guarded one;
  in_turn([one] { one.add(); }, [one] { one.add(); });
  return 0;
}
