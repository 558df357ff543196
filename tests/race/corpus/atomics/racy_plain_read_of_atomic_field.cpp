// SPDX-License-Identifier: Apache-2.0
// A struct with a counter that is atomic only when it is added to (after istio 8214).
#include <atomic>

#include "../unordered.h"

struct stats {
  int hits = 0;
  int misses = 0;
};
stats shared;
int main() {
  both([] { std::atomic_ref(shared.hits).fetch_add(1); },
       [] {
         const stats copy = shared;
         use(copy.hits);
       });
  return 0;
}
