// SPDX-License-Identifier: Apache-2.0
// Recipes about time: deadlines, heartbeats, retries, tickers, and what goes first.
#include <vole/chan.h>
#include <vole/context.h>
#include <vole/defer.h>
#include <vole/go.h>
#include <vole/select.h>
#include <vole/time.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "recipe.h"

namespace {

using namespace std::chrono_literals;

// [quote timeout]
// The answer, if it comes within `limit`.
std::optional<std::string> ask(vole::duration limit, vole::duration work) {
  const auto answer = vole::make_chan<std::string>(1);  // room for an answer that nobody awaits
  vole::go([answer, work] {
    vole::sleep(work);
    answer.send("42");
  });
  std::optional<std::string> got;
  vole::select(vole::on_recv(answer, got), vole::on_recv(vole::after(limit)));
  return got;
}
// [/quote]

void timeout() {
  std::printf("  in time: %s\n", ask(1h, 1us).value_or("nothing").c_str());
  const auto never = vole::make_chan<int>();
  // [quote timeout-inline]
  std::optional<int> got;
  if (vole::select(vole::on_recv(never, got), vole::on_recv(vole::after(1ms))) == 1)
    std::printf("  too late\n");
  // [/quote]
}

// [quote first-answer]
// Asks several servers and takes the answer that comes first; the others are called off.
std::string ask_all(int servers, vole::context ctx) {
  const auto [asking, cancel] = vole::with_cancel(ctx);
  const auto answers = vole::make_chan<std::string>(static_cast<std::size_t>(servers));
  for (int server = 0; server < servers; ++server) {
    vole::go([answers, server, ctx = asking] {
      if (server != 1 &&
          vole::select(vole::on_recv(ctx.done()), vole::on_recv(vole::after(1h))) == 0)
        return;
      answers.send("server " + std::to_string(server));
    });
  }
  return *answers.recv();
}
// [/quote]

void first_answer() { std::printf("  %s\n", ask_all(3, vole::background()).c_str()); }

// [quote heartbeat]
struct worker_signs {
  vole::recv_chan<vole::unit> beats;
  vole::recv_chan<int> results;
};

// Works until ctx ends or there is nothing left, and shows with each step that it is alive.
worker_signs start_worker(vole::context ctx, vole::recv_chan<int> jobs) {
  const auto beats = vole::make_chan<vole::unit>(1);
  const auto results = vole::make_chan<int>();
  vole::go([=] {
    vole::defer close_results([&] { results.close(); });
    std::optional<int> job;
    while (vole::select(vole::on_recv(ctx.done()), vole::on_recv(jobs, job)) == 1 && job) {
      beats.try_send({});  // one that waits to be seen is enough: never wait for the observer
      if (vole::select(vole::on_recv(ctx.done()), vole::on_send(results, *job * 2)) == 0) return;
    }
  });
  return {beats, results};
}

// The sum of the results, or nothing when the worker shows no sign of life for `patience`.
std::optional<int> supervise(const worker_signs& worker, vole::duration patience) {
  int sum = 0;
  vole::timer silence(patience);
  for (;;) {
    std::optional<int> result;
    switch (vole::select(vole::on_recv(worker.beats), vole::on_recv(worker.results, result),
                         vole::on_recv(silence.c()))) {
      case 0:
        break;
      case 1:
        if (!result) return sum;
        sum += *result;
        break;
      case 2:
        return std::nullopt;
    }
    silence.reset(patience);
  }
}
// [/quote]

void heartbeat() {
  const auto [ctx, cancel] = vole::with_cancel(vole::background());
  const auto jobs = vole::make_chan<int>();
  const worker_signs worker = start_worker(ctx, jobs);
  vole::go([jobs] {
    for (int job = 1; job <= 3; ++job) jobs.send(job);
    jobs.close();
  });
  std::printf("  %d\n", supervise(worker, 1h).value_or(-1));
  const auto no_jobs = vole::make_chan<int>();
  const bool is_silent = !supervise(start_worker(ctx, no_jobs), 1ms);
  std::printf("  the second one: %s\n", is_silent ? "silent" : "alive");
}

// [quote deadlines]
// Each layer takes the context first, and may shorten its deadline but not lengthen it.
std::error_code read_row(const vole::context& ctx, vole::duration database_takes) {
  const auto [query, cancel] = vole::with_timeout(ctx, 1min);  // or ctx's, if that is earlier
  if (vole::select(vole::on_recv(vole::after(database_takes)), vole::on_recv(query.done())) == 1)
    return query.err();
  return {};
}

std::string handle_request(const vole::context& ctx, vole::duration limit,
                           vole::duration database_takes) {
  const auto [request, cancel] = vole::with_timeout(ctx, limit);
  const std::error_code failed = read_row(request, database_takes);
  if (failed == vole::context_errc::deadline_exceeded) return "504 Gateway Timeout";
  return failed ? "500 Internal Server Error" : "200 OK";
}
// [/quote]

void deadlines_through_layers() {
  std::printf("  %s\n", handle_request(vole::background(), 1h, 1us).c_str());
  std::printf("  %s\n", handle_request(vole::background(), 2ms, 1h).c_str());
}

// [quote retry]
// Calls f until it returns without an exception, `attempts_max` times at most, or until ctx ends.
// Waits longer and longer in between, and by chance: many callers must not come back as one.
template <class F>
auto retry(const vole::context& ctx, int attempts_max, vole::duration first_wait, F f) {
  std::minstd_rand chance(std::random_device{}());
  vole::duration wait_max = first_wait;
  for (int attempt = 1;; ++attempt) {
    try {
      return f();
    } catch (const std::runtime_error&) {
      if (attempt == attempts_max) throw;
    }
    const vole::duration wait(
        std::uniform_int_distribution<vole::duration::rep>(1, wait_max.count())(chance));
    if (vole::select(vole::on_recv(ctx.done()), vole::on_recv(vole::after(wait))) == 0)
      throw std::system_error(ctx.err());
    wait_max = std::min<vole::duration>(2 * wait_max, 10s);
  }
}
// [/quote]

void retries_with_back_off() {
  int calls = 0;
  const auto fails_twice = [&calls] {
    if (++calls < 3) throw std::runtime_error("busy");
    return calls;
  };
  std::printf("  attempt %d\n", retry(vole::background(), 5, 10us, fails_twice));
  const auto fails = []() -> int { throw std::runtime_error("still busy"); };
  try {
    retry(vole::background(), 3, 10us, fails);
  } catch (const std::exception& last) {
    std::printf("  %s\n", last.what());
  }
  const auto [ctx, cancel] = vole::with_timeout(vole::background(), 1ms);
  try {
    retry(ctx, 1'000'000, 1h, fails);
  } catch (const std::exception& last) {
    std::printf("  %s\n", last.what());
  }
}

void ticker_loop() {
  // [quote ticker]
  const auto [ctx, cancel] = vole::with_cancel(vole::background());
  vole::ticker every(1ms);  // stops when it is destroyed
  int polls = 0;
  while (vole::select(vole::on_recv(every.c()), vole::on_recv(ctx.done())) == 0) {
    if (++polls == 3) cancel();  // a slow poll loses ticks, it does not pile them up
  }
  // [/quote]
  std::printf("  %s\n", polls >= 3 ? "polled" : "not polled");
}

void select_priority() {
  const auto urgent = vole::make_chan<std::string>(8), normal = vole::make_chan<std::string>(8);
  for (int i = 0; i < 2; ++i) normal.send("  normal"), urgent.send("  urgent");
  urgent.close(), normal.close();
  // [quote priority]
  vole::recv_chan<std::string> first = urgent, second = normal;
  while (first || second) {
    std::optional<std::string> item;
    // One look at the urgent ones alone; only when there are none, whichever comes.
    std::size_t from = 0;
    if (vole::select(vole::on_recv(first, item), vole::on_default()) == 1)
      from = vole::select(vole::on_recv(first, item), vole::on_recv(second, item));
    if (item)
      std::printf("%s\n", item->c_str());
    else
      (from == 0 ? first : second) = {};  // closed
  }
  // [/quote]
}

}  // namespace

int main() {
  return cookbook::run_all({{"timeout", timeout},
                            {"first answer", first_answer},
                            {"heartbeat", heartbeat},
                            {"deadlines through layers", deadlines_through_layers},
                            {"retries with back-off", retries_with_back_off},
                            {"ticker loop", ticker_loop},
                            {"select with priority", select_priority}});
}
