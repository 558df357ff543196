// SPDX-License-Identifier: Apache-2.0
// The rows of the runtime's table by theme, and what several themes need. peers/go has the same
// files with the same programs; what one operation is stands above each.
#pragma once

#include <vole/go.h>
#include <vole/sync.h>

#include <algorithm>

#include "../measure.h"

namespace bench {

void switches(const suite& rows);
void channels(const suite& rows);
void spawning(const suite& rows);
void sync(const suite& rows);
void time(const suite& rows);
void net(const suite& rows);
void memory(const suite& rows);
void fairness(const suite& rows);
void scaling(const suite& rows);

// Calls work(share) in as many goroutines as there are processors; the shares add up to n.
template <class Work>
void in_parallel(long n, Work work) {
  const long workers = std::max(1, vole::max_procs());
  vole::wait_group all;
  for (long w = 0; w < workers; ++w) all.go(work, n / workers + (w < n % workers ? 1 : 0));
  all.wait();
}

}  // namespace bench
