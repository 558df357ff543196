// SPDX-License-Identifier: Apache-2.0
// In race mode: races that only some schedules show are found, and found again in every replay.
// Prints what went wrong; status 1 then. The reports themselves are expected.
#include <vole/vole.h>

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>

namespace {

void insist(bool holds, const char* name, const std::string& what) {
  if (holds) return;
  std::printf("%s: %s\n", name, what.c_str());
  std::fflush(stdout);
  _exit(1);
}

// kubernetes_81091: two workers drain a channel of two pieces, each of which counts.
template <class Count>
void two_workers() {
  struct plugin {
    Count count{};
  };
  const auto shared = std::make_shared<plugin>();
  const auto pieces = vole::make_chan<int>(2);
  pieces.send(0);
  pieces.send(1);
  pieces.close();
  vole::wait_group done;
  for (int i = 0; i < 2; ++i)
    done.go([=] {
      while (pieces.recv()) ++shared->count;
    });
  done.wait();
}

// kubernetes_70892: each piece rewrites every result.
template <class Result>
void every_result() {
  struct results {
    Result all[2]{};
  };
  const auto shared = std::make_shared<results>();
  const auto pieces = vole::make_chan<int>(2);
  pieces.send(0);
  pieces.send(1);
  pieces.close();
  vole::wait_group done;
  for (int i = 0; i < 2; ++i)
    done.go([=] {
      while (pieces.recv())
        for (auto& one : shared->all)
          if (one == 0) one = 1;
    });
  done.wait();
}

// Only atomics: points between them are what loses the update.
template <bool kFixed>
void load_and_store() {
  const auto sum = std::make_shared<std::atomic<int>>(0);
  vole::wait_group done;
  for (int i = 0; i < 2; ++i)
    done.go([=] {
      if (kFixed)
        sum->fetch_add(1);
      else
        sum->store(sum->load() + 1);
    });
  done.wait();
  if (sum->load() != 2) throw std::runtime_error("lost");
}

void check(const char* name, const char* failure, void (*buggy)(), void (*fixed)()) {
  for (const char* policy : {"random", "pct:depth=3", "dfs:preemptions=2"}) {
    const auto found = vole::explore(buggy, {.runs = 200, .policy = policy});
    insist(found.has_value(), name, std::string("not found by ") + policy);
    insist(found.failure.rfind(failure, 0) == 0, name, found.failure);
    for (int i = 0; i < 100; ++i) {
      const auto again = vole::replay(*found, buggy);
      insist(again.has_value() && *again == *found && again.order == found.order, name,
             "a replay of " + *found + " is another run");
    }
    const auto twin = vole::explore(fixed, {.runs = 200, .policy = policy});
    insist(!twin, name, "the fixed one fails: " + twin.failure);
  }
  std::printf("%s: found\n", name);
}

}  // namespace

int main() {
  insist(vole::race::enabled(), "main", "not in race mode");
  check("two_workers", "data race: ", &two_workers<int>, &two_workers<std::atomic<int>>);
  check("every_result", "data race: ", &every_result<int>, &every_result<std::atomic<int>>);
  check("load_and_store", "exception: lost", &load_and_store<false>, &load_and_store<true>);
  std::fflush(stdout);
  _exit(0);
}
