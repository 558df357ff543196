// SPDX-License-Identifier: Apache-2.0
// Jobs and results over channels.
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/sync.h>

int main() {
  const auto jobs = vole::make_chan<int>(4), results = vole::make_chan<int>(4);
  vole::wait_group workers;
  for (int i = 0; i < 3; ++i)
    workers.go([=] {
      for (const int job : jobs) results.send(job * job);
    });
  vole::go([=, &workers] {
    for (int i = 0; i < 20; ++i) jobs.send(i);
    jobs.close();
    workers.wait();
    results.close();
  });
  int sum = 0;
  for (const int one : results) sum += one;
  return sum - 2470;
}
