// SPDX-License-Identifier: Apache-2.0
// An atomic object is constructed while another already uses it.
#include <atomic>
#include <new>

#include "../unordered.h"

alignas(std::atomic<int>) unsigned char room[sizeof(std::atomic<int>)];
int main() {
  auto* const at = reinterpret_cast<std::atomic<int>*>(room);
  in_turn([at] { use(at->load()); }, [] { new (room) std::atomic<int>(5); });
  return 0;
}
