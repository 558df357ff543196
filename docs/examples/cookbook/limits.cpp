// SPDX-License-Identifier: Apache-2.0
// Recipes that bound how much happens at the same time, or how often.
#include <vole/chan.h>
#include <vole/context.h>
#include <vole/defer.h>
#include <vole/errgroup.h>
#include <vole/go.h>
#include <vole/select.h>
#include <vole/sync.h>
#include <vole/time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include "recipe.h"

namespace {

using namespace std::chrono_literals;

// Counts who is inside, for the recipes' own checks.
class gauge {
 public:
  struct visit {
    gauge& in;
    explicit visit(gauge& g) : in(g) {
      const int now = ++in.inside_;
      int most = in.most_;
      while (now > most && !in.most_.compare_exchange_weak(most, now)) continue;
    }
    ~visit() { --in.inside_; }
  };
  int most() const { return most_; }

 private:
  std::atomic<int> inside_{0}, most_{0};
};

int cube(int n) { return n * n * n; }

void worker_pool() {
  // [quote worker-pool]
  const auto jobs = vole::make_chan<int>();
  const auto results = vole::make_chan<int>();
  vole::wait_group workers;
  for (int i = 0; i < 3; ++i) {
    workers.go([jobs, results] {
      for (const int job : jobs) results.send(cube(job));
    });
  }
  vole::go([jobs] {  // hands out the work, and says when there is no more
    for (int n = 1; n <= 10; ++n) jobs.send(n);
    jobs.close();
  });
  vole::go([&workers, results] {  // the last one out closes the door
    workers.wait();
    results.close();
  });
  int sum = 0;
  for (const int result : results) sum += result;
  std::printf("  %d\n", sum);
  // [/quote]
}

// [quote bounded-parallelism]
// f(item) for each item, at most `limit` at a time; the results in the order of the items.
template <class T, class F>
auto map_bounded(const std::vector<T>& items, std::size_t limit, F f) {
  std::vector<std::invoke_result_t<F&, const T&>> results(items.size());
  const auto indices = vole::make_chan<std::size_t>();
  vole::wait_group workers;
  for (std::size_t i = 0; i < std::min(limit, items.size()); ++i) {
    workers.go([&, indices] {
      for (const std::size_t at : indices) results[at] = f(items[at]);  // nobody else's element
    });
  }
  for (std::size_t at = 0; at < items.size(); ++at) indices.send(at);
  indices.close();
  workers.wait();
  return results;
}
// [/quote]

void bounded_parallelism() {
  gauge inside;
  // [quote bounded-parallelism-use]
  const std::vector<std::string> words = {"a", "page", "of", "patterns"};
  const auto lengths = map_bounded(words, 2, [&](const std::string& word) {
    const gauge::visit counted(inside);
    return word.size();
  });
  for (const std::size_t length : lengths) std::printf("  %zu\n", length);
  // [/quote]
  std::printf("  at most 2 at a time: %s\n", inside.most() <= 2 ? "yes" : "no");
}

void semaphore_channel() {
  gauge inside;
  // [quote semaphore-channel]
  const auto slots = vole::make_chan<vole::unit>(3);  // its capacity is the limit
  vole::wait_group requests;
  for (int i = 0; i < 20; ++i) {
    requests.go([&inside, slots] {
      slots.send({});                            // waits while three are inside
      vole::defer leave([&] { slots.recv(); });  // also when the work throws
      const gauge::visit counted(inside);
      vole::yield();
    });
  }
  requests.wait();
  // [/quote]
  std::printf("  at most 3 at a time: %s\n", inside.most() <= 3 ? "yes" : "no");
}

void weighted_semaphore() {
  // [quote weighted-semaphore]
  vole::weighted_semaphore memory(100);  // megabytes, say
  const auto resize = [&](const vole::context& ctx, int megabytes) -> std::error_code {
    if (const std::error_code e = memory.acquire(ctx, megabytes)) return e;
    vole::defer give_back([&] { memory.release(megabytes); });
    return {};  // ... the work
  };
  vole::wait_group all;
  for (const int megabytes : {60, 70, 10}) {
    all.go([&, megabytes] { resize(vole::background(), megabytes); });
  }
  all.wait();
  const auto [ctx, cancel] = vole::with_timeout(vole::background(), 1ms);
  std::printf("  101 of 100: %s\n", resize(ctx, 101).message().c_str());
  // [/quote]
}

// [quote rate-limit]
// A token every `interval`, and up to `burst` of them saved up.
vole::recv_chan<vole::unit> tokens(vole::context ctx, vole::duration interval, std::size_t burst) {
  const auto bucket = vole::make_chan<vole::unit>(burst);
  for (std::size_t i = 0; i < burst; ++i) bucket.send({});
  vole::go([bucket, ctx, interval] {
    vole::ticker every(interval);
    while (vole::select(vole::on_recv(every.c()), vole::on_recv(ctx.done())) == 0)
      bucket.try_send({});  // full: the token is lost
  });
  return bucket;
}
// [/quote]

void rate_limit() {
  const auto start = vole::steady_clock::now();
  // [quote rate-limit-use]
  const auto [ctx, cancel] = vole::with_cancel(vole::background());
  const auto allowed = tokens(ctx, 2ms, 3);
  for (int request = 0; request < 8; ++request) {
    allowed.recv();  // three pass at once, then one every 2 ms
    // ... the request
  }
  // [/quote]
  const bool is_slow = vole::steady_clock::now() - start >= 5 * 2ms;
  std::printf("  not faster than allowed: %s\n", is_slow ? "yes" : "no");
}

void errgroup_with_limit() {
  gauge inside;
  // [quote errgroup-limit]
  auto [group, ctx] = vole::errgroup::with_context(vole::background());
  group.set_limit(2);
  for (int page = 1; page <= 9; ++page) {
    group.go([&inside, page, ctx = ctx] {  // waits while two are at work
      if (ctx.err()) return;               // somebody has failed: don't begin
      const gauge::visit counted(inside);
      if (page == 4) throw std::runtime_error("page 4 is missing");
    });
  }
  try {
    group.wait();
  } catch (const std::exception& first) {
    std::printf("  %s\n", first.what());
  }
  // [/quote]
  std::printf("  at most 2 at a time: %s\n", inside.most() <= 2 ? "yes" : "no");
}

}  // namespace

int main() {
  return cookbook::run_all({{"worker pool", worker_pool},
                            {"bounded parallelism", bounded_parallelism},
                            {"semaphore channel", semaphore_channel},
                            {"weighted semaphore", weighted_semaphore},
                            {"rate limit", rate_limit},
                            {"errgroup with limit", errgroup_with_limit}});
}
