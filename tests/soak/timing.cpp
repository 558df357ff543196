// SPDX-License-Identifier: Apache-2.0
// Timers and contexts: what is stopped does not happen, what is not happens once.
#include <vole/context.h>
#include <vole/go.h>
#include <vole/select.h>
#include <vole/sync.h>
#include <vole/time.h>

#include "soak.h"

namespace soak {
namespace {

using namespace std::chrono_literals;

vole::duration any_moment(chance& dice) { return std::chrono::microseconds(dice.below(1500)); }

// Functions that timers call, some of which are stopped or put off in time.
void calls(chance& dice) {
  const long timers = dice.from_to(1, 60);
  std::atomic<long> called = 0;
  vole::wait_group all;
  long stopped = 0;
  std::vector<vole::timer> running;
  all.add(static_cast<int>(timers));
  for (long t = 0; t < timers; ++t) {
    running.push_back(vole::after_func(any_moment(dice), [&] {
      called.fetch_add(1);
      all.done();
    }));
  }
  for (auto& one : running) {
    if (dice.one_in(3)) vole::yield();
    if (dice.one_in(2) && one.stop()) {
      ++stopped;
      all.done();
    } else if (dice.one_in(4) && one.stop()) {
      one.reset(any_moment(dice));
    }
  }
  all.wait();
  expect_equal("calls: each function is called or stopped", called + stopped, timers);
}

// Sleeps last at least as long as they were asked to.
void sleeping(chance& dice) {
  vole::wait_group all;
  for (long s = dice.from_to(1, 30); s > 0; --s) {
    all.go([d = any_moment(dice)] {
      const auto start = vole::steady_clock::now();
      vole::sleep(d);
      expect("sleeping: not shorter than asked", vole::steady_clock::now() - start >= d);
    });
  }
  all.wait();
}

// Ticks come, in the order of time, and none after a stop.
void ticking(chance& dice) {
  vole::ticker ticks(std::chrono::microseconds(dice.from_to(100, 500)));
  vole::time_point last{};
  for (int i = 0; i < 5; ++i) {
    const auto tick = ticks.c().recv();
    expect("ticking: in the order of time", tick.has_value() && *tick > last);
    last = *tick;
  }
  ticks.stop();
  vole::time_point stale;
  expect("ticking: no tick after the stop",
         ticks.c().try_recv(stale) == vole::chan_status::would_block);
}

// A timer that is moved about gives at most one tick for each time it was set.
void resetting(chance& dice) {
  vole::timer one(any_moment(dice));
  for (int i = 0; i < 10; ++i) {
    const auto set_at = vole::steady_clock::now();
    const auto d = any_moment(dice);
    one.reset(d);
    if (dice.one_in(2)) continue;
    const auto tick = one.c().recv();
    expect("resetting: no stale tick", tick.has_value() && *tick >= set_at + d);
  }
}

// A tree of contexts ends with its root; some ends come from deadlines.
void context_tree(chance& dice) {
  std::vector<vole::context> contexts;
  std::vector<vole::cancel_func> cancels;
  auto [root, cancel_root] = vole::with_cancel(vole::background());
  contexts.push_back(root);
  vole::wait_group all;
  std::atomic<long> ended = 0;
  std::atomic<long> functions = 0;
  long stopped = 0;
  const long nodes = dice.from_to(1, 40);
  for (long n = 0; n < nodes; ++n) {
    const auto& parent =
        contexts[static_cast<std::size_t>(dice.below(static_cast<long>(contexts.size())))];
    auto [ctx, cancel] =
        dice.one_in(3) ? vole::with_timeout(parent, any_moment(dice)) : vole::with_cancel(parent);
    all.go([ctx, &ended] {
      ctx.done().recv();
      expect("context_tree: an ended context says why", static_cast<bool>(ctx.err()));
      ended.fetch_add(1);
    });
    all.add(1);
    const auto stop = vole::after_func(ctx, [&] {
      functions.fetch_add(1);
      all.done();
    });
    if (dice.one_in(4) && stop()) {
      ++stopped;
      all.done();
    }
    contexts.push_back(std::move(ctx));
    cancels.push_back(std::move(cancel));
    if (dice.one_in(8)) cancels[static_cast<std::size_t>(dice.below(n + 1))]();
  }
  cancel_root();
  for (const auto& one : contexts)
    expect("context_tree: nothing lives on below an ended root", static_cast<bool>(one.err()));
  all.wait();
  expect_equal("context_tree: every waiter is told", ended, nodes);
  expect_equal("context_tree: each function is called or stopped", functions + stopped, nodes);
}

}  // namespace

std::vector<actor> timing_actors() {
  return {{"calls", calls},
          {"sleeping", sleeping},
          {"ticking", ticking},
          {"resetting", resetting},
          {"context_tree", context_tree}};
}

}  // namespace soak
