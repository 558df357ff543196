// SPDX-License-Identifier: Apache-2.0
// Memory that was unmapped comes back as somebody else's.
#include <sys/mman.h>
#include <cstddef>
#include <thread>

constexpr std::size_t kBytes = 1 << 16;
void churn() {
  for (int i = 0; i < 50; ++i) {
    void* map = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    auto* bytes = static_cast<char*>(map);
    for (std::size_t k = 0; k < kBytes; k += 512) bytes[k] = 1;
    munmap(map, kBytes);
  }
}
int main() {
  std::thread a(churn), b(churn);
  a.join();
  b.join();
  return 0;
}
