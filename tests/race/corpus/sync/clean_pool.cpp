// SPDX-License-Identifier: Apache-2.0
// put(x) before the get() that returns x.
#include <vole/go.h>
#include <vole/sync.h>
#include <memory>

struct buffer {
  int used = 0;
};
int main() {
  vole::pool<std::unique_ptr<buffer>> buffers([] { return std::make_unique<buffer>(); });
  vole::wait_group all;
  for (int i = 0; i < 4; ++i) {
    all.go([&] {
      for (int k = 0; k < 50; ++k) {
        auto mine = buffers.get();
        ++mine->used;
        buffers.put(std::move(mine));
        vole::yield();
      }
    });
  }
  all.wait();
  return 0;
}
