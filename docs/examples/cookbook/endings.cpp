// SPDX-License-Identifier: Apache-2.0
// Recipes about ends: who closes, who is told, and who waits for whom.
#include <signal.h>
#include <unistd.h>
#include <vole/chan.h>
#include <vole/context.h>
#include <vole/defer.h>
#include <vole/go.h>
#include <vole/select.h>
#include <vole/sync.h>
#include <vole/time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <utility>

#include "recipe.h"

namespace {

using namespace std::chrono_literals;

void done_channel() {
  std::atomic<int> told{0};
  // [quote done-channel]
  const auto done = vole::make_chan<vole::unit>();
  const auto work = vole::make_chan<int>();  // nobody sends any more
  vole::wait_group helpers;
  for (int i = 0; i < 3; ++i) {
    helpers.go([&told, done, work] {
      while (vole::select(vole::on_recv(work), vole::on_recv(done)) == 0) continue;
      ++told;
    });
  }
  done.close();    // one close tells everybody, now and later; a send would tell one
  helpers.wait();  // and this says that they have gone
  // [/quote]
  std::printf("  told: %d\n", told.load());
}

void single_producer_close() {
  // [quote single-producer]
  const auto lines = vole::make_chan<int>(4);
  vole::go([lines] {
    vole::defer no_more([&] { lines.close(); });  // however this function is left
    for (int line = 1; line <= 6; ++line) lines.send(line);
  });
  int sum = 0;
  for (const int line : lines) sum += line;  // what was buffered at the close still arrives
  std::printf("  %d\n", sum);
  // [/quote]
}

void multi_producer_close() {
  // [quote multi-producer]
  const auto readings = vole::make_chan<int>();
  vole::wait_group sensors;
  for (int sensor = 1; sensor <= 4; ++sensor)
    sensors.go([=] { readings.send(sensor * 10); });  // none of them closes: they can't know
  vole::go([&sensors, readings] {
    sensors.wait();
    readings.close();
  });
  int sum = 0;
  for (const int reading : readings) sum += reading;
  std::printf("  %d\n", sum);
  // [/quote]
}

void receiver_stops() {
  // [quote receiver-stops]
  const auto offers = vole::make_chan<int>();  // never closed: senders may come at any time
  const auto enough = vole::make_chan<vole::unit>();
  vole::wait_group bidders;
  for (int bidder = 1; bidder <= 5; ++bidder) {
    bidders.go([=] {
      int offer = bidder;
      while (vole::select(vole::on_send(offers, offer), vole::on_recv(enough)) == 0) offer += 5;
    });
  }
  int best = 0;
  while (best < 100) best = std::max(best, *offers.recv());
  enough.close();  // the one receiver says stop, and closes what only it closes
  bidders.wait();
  std::printf("  %s\n", best >= 100 ? "sold" : "not sold");
  // [/quote]
}

// [quote shutdown-signal]
// A context that ends when the process is asked to stop. To be called first in main: threads that
// are started later inherit the mask, so that the signal finds nobody but the one who waits for it.
vole::context until_asked_to_stop() {
  sigset_t asked;
  sigemptyset(&asked);
  sigaddset(&asked, SIGTERM);
  sigaddset(&asked, SIGINT);
  pthread_sigmask(SIG_BLOCK, &asked, nullptr);
  auto [ctx, cancel] = vole::with_cancel(vole::background());
  vole::go([asked, stop = std::move(cancel)] {
    int signal = 0;
    vole::blocking([&] { sigwait(&asked, &signal); });
    stop();
  });
  return ctx;
}
// [/quote]

// A request of `length`; it gives up when it is told to hurry.
void handle(const vole::context& hurry, vole::duration length) {
  vole::select(vole::on_recv(hurry.done()), vole::on_recv(vole::after(length)));
}

// [quote shutdown-server]
// Serves until ctx ends; then requests that have begun may end, but no later than after `patience`.
// False: some were cut short.
bool serve(vole::context ctx, vole::recv_chan<vole::duration> requests, vole::duration patience) {
  // The stop is no reason to fail what is under way: a context of its own, with ctx's values.
  const auto [hurry, cancel] = vole::with_cancel(vole::without_cancel(ctx));
  vole::wait_group under_way;
  std::optional<vole::duration> request;
  while (vole::select(vole::on_recv(ctx.done()), vole::on_recv(requests, request)) == 1 && request)
    under_way.go(handle, hurry, *request);

  const auto finished = vole::make_chan<vole::unit>();
  vole::go([&under_way, finished] {
    under_way.wait();
    finished.close();
  });
  const bool in_time =
      vole::select(vole::on_recv(finished), vole::on_recv(vole::after(patience))) == 0;
  cancel();         // the last word to those who are left
  finished.recv();  // they heed it: nobody outlives this function
  return in_time;
}
// [/quote]

void graceful_shutdown() {
  const vole::context ctx = until_asked_to_stop();
  const auto requests = vole::make_chan<vole::duration>();
  const auto outcome = vole::make_chan<bool>();
  vole::go([=] { outcome.send(serve(ctx, requests, 1min)); });
  for (int i = 0; i < 3; ++i) requests.send(1ms);
  kill(getpid(), SIGTERM);
  std::printf("  all in time: %s\n", *outcome.recv() ? "yes" : "no");

  const auto [stopped, stop] = vole::with_cancel(vole::background());
  vole::go([=, ctx = stopped] { outcome.send(serve(ctx, requests, 1ms)); });
  requests.send(1h);
  stop();
  std::printf("  one cut short: %s\n", *outcome.recv() ? "no" : "yes");
}

}  // namespace

int main() {
  return cookbook::run_all({{"graceful shutdown", graceful_shutdown},  // first: it sets the mask
                            {"done channel", done_channel},
                            {"single-producer close", single_producer_close},
                            {"multi-producer close", multi_producer_close},
                            {"the receiver stops the senders", receiver_stops}});
}
