// SPDX-License-Identifier: Apache-2.0
// Bytes next to each other belong to different threads: no race, whatever the granule.
#include <thread>

char bytes[8];
int main() {
  std::thread threads[8];
  for (int i = 0; i < 8; ++i) {
    threads[i] = std::thread([i] {
      for (int k = 0; k < 100; ++k) bytes[i] = static_cast<char>(bytes[i] + 1);
    });
  }
  for (std::thread& each : threads) each.join();
  return bytes[0] == 100 ? 0 : 1;
}
