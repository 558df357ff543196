// SPDX-License-Identifier: Apache-2.0
// A bounded pool: four workers share one channel of jobs and one of results.
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/sync.h>

#include <cstdio>
#include <map>
#include <string>

struct job {
  int number;
};

struct result {
  int number;
  int steps;
};

// How many steps a number takes to reach 1, halving the even and tripling the odd.
int steps_to_one(long n) {
  int steps = 0;
  for (; n != 1; ++steps) n = n % 2 == 0 ? n / 2 : 3 * n + 1;
  return steps;
}

int main() {
  const auto jobs = vole::make_chan<job>();
  const auto results = vole::make_chan<result>(8);

  vole::wait_group workers;
  for (int i = 0; i < 4; ++i) {
    workers.go([jobs, results] {
      for (const job& j : jobs) results.send({j.number, steps_to_one(j.number)});
    });
  }
  vole::go([jobs] {
    for (int n = 25; n <= 30; ++n) jobs.send({n});
    jobs.close();
  });
  vole::go([&workers, results] {
    workers.wait();
    results.close();
  });

  std::map<int, int> in_order;
  for (const result& r : results) in_order[r.number] = r.steps;
  for (const auto& [number, steps] : in_order)
    std::printf("%d reaches 1 in %d steps\n", number, steps);
}
