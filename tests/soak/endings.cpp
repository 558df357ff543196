// SPDX-License-Identifier: Apache-2.0
// Exceptions, goexit and groups that fail: every destructor runs, every failure arrives.
#include <vole/chan.h>
#include <vole/defer.h>
#include <vole/errgroup.h>
#include <vole/go.h>
#include <vole/sync.h>

#include <exception>
#include <stdexcept>
#include <string>

#include "soak.h"

namespace soak {
namespace {

// Unwinds by goexit or by an exception from a depth, through destructors that wait.
void descend(long depth, bool is_goexit, std::atomic<long>& destroyed) {
  const vole::defer at_end([&] {
    if (depth % 3 == 0) vole::yield();
    destroyed.fetch_add(1);
  });
  if (depth > 0) return descend(depth - 1, is_goexit, destroyed);
  if (is_goexit) vole::goexit();
  throw std::runtime_error("from below");
}

void unwinding(chance& dice) {
  const long goroutines = dice.from_to(1, 20);
  const long depth = dice.from_to(0, 8);
  std::atomic<long> destroyed = 0;
  std::atomic<long> caught = 0;
  vole::wait_group all;
  for (long g = 0; g < goroutines; ++g) {
    all.go([&, g] {
      try {
        descend(depth, g % 2 == 0, destroyed);
      } catch (const std::runtime_error&) {
        vole::yield();
        caught.fetch_add(1);
      }
    });
  }
  all.wait();
  expect_equal("unwinding: every destructor runs once", destroyed, goroutines * (depth + 1));
  expect_equal("unwinding: every exception is caught", caught, goroutines / 2);
}

// Handlers that wait in the middle, with another exception in flight on the same thread meanwhile.
void handling(chance& dice) {
  const auto ch = vole::make_chan<std::exception_ptr>();
  const long goroutines = dice.from_to(2, 12);
  vole::wait_group all;
  for (long g = 0; g < goroutines; ++g) {
    all.go([=] {
      try {
        throw std::runtime_error(std::to_string(g));
      } catch (const std::exception& outer) {
        vole::yield();
        try {
          throw std::logic_error("inner " + std::to_string(g));
        } catch (const std::exception& inner) {
          vole::yield();
          expect("handling: the inner one is this goroutine's",
                 inner.what() == "inner " + std::to_string(g));
        }
        expect("handling: the outer one is this goroutine's", outer.what() == std::to_string(g));
        ch.send(std::current_exception());
      }
      expect_equal("handling: nothing is in flight", std::uncaught_exceptions(), 0);
    });
  }
  long sum = 0;
  for (long g = 0; g < goroutines; ++g) {
    try {
      std::rethrow_exception(*ch.recv());
    } catch (const std::runtime_error& e) {
      vole::yield();
      sum += std::stol(e.what());
    }
  }
  all.wait();
  expect_equal("handling: each exception arrives", sum, goroutines * (goroutines - 1) / 2);
}

// Groups of which some fail.
void groups(chance& dice) {
  auto [group, ctx] = vole::errgroup::with_context(vole::background());
  const long limit = dice.from_to(1, 4);
  const bool is_limited = dice.one_in(2);
  if (is_limited) group.set_limit(limit);
  const long functions = dice.from_to(1, 15);
  const long failing = dice.one_in(2) ? dice.below(functions) : -1;
  std::atomic<long> running = 0;
  std::atomic<long> ended = 0;
  for (long f = 0; f < functions; ++f) {
    group.go([&, ctx = ctx, f] {
      const vole::defer leave([&] {
        running.fetch_sub(1);
        ended.fetch_add(1);
      });
      const long beside = running.fetch_add(1);
      expect("groups: not more than the limit", !is_limited || beside < limit);
      vole::yield();
      if (f == failing) throw std::runtime_error("the failing one");
      if (failing >= 0 && f > failing) ctx.done().recv();
    });
  }
  bool has_failed = false;
  try {
    group.wait();
  } catch (const std::runtime_error& e) {
    has_failed = e.what() == std::string("the failing one");
  }
  expect_equal("groups: wait() throws what was thrown", has_failed, failing >= 0);
  expect_equal("groups: all have ended", ended, functions);
  expect("groups: the context has ended", static_cast<bool>(ctx.err()));
}

}  // namespace

std::vector<actor> ending_actors() {
  return {{"unwinding", unwinding}, {"handling", handling}, {"groups", groups}};
}

}  // namespace soak
