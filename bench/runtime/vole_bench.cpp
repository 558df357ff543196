// SPDX-License-Identifier: Apache-2.0
// The runtime's basic operations. peers/go/main.go and peers/boost_fiber/main.cpp do the same.
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/select.h>
#include <vole/sync.h>

#include <algorithm>

#include "../measure.h"

namespace {

// A value goes from one goroutine to another and one comes back, over two unbuffered channels.
void round_trip(long n) {
  const auto ping = vole::make_chan<long>();
  const auto pong = vole::make_chan<long>();
  vole::wait_group both;
  both.go([=] {
    for (long i = 0; i < n; ++i) {
      ping.send(i);
      pong.recv();
    }
  });
  both.go([=] {
    for (long i = 0; i < n; ++i) {
      ping.recv();
      pong.send(i);
    }
  });
  both.wait();
}

// Each goroutine starts the next one and ends.
void chain(long left, vole::chan<vole::unit> done) {
  if (left == 0) {
    done.send({});
    return;
  }
  vole::go(chain, left - 1, done);
}

void spawn_chain(long n) {
  const auto done = vole::make_chan<vole::unit>();
  vole::go(chain, n, done);
  done.recv();
}

// A thousand goroutines (fewer in the last round) are started, then all are waited for.
void spawn_batch(long n) {
  constexpr long kBatch = 1000;
  for (long started = 0; started < n; started += kBatch) {
    vole::wait_group all;
    for (long i = std::min(kBatch, n - started); i > 0; --i) all.go([] {});
    all.wait();
  }
}

// One goroutine sends on two channels in turn, another selects between them.
void select_parking(long n) {
  const auto a = vole::make_chan<long>();
  const auto b = vole::make_chan<long>();
  vole::wait_group both;
  both.go([=] {
    for (long i = 0; i < n; ++i) (i % 2 == 0 ? a : b).send(i);
  });
  both.go([=] {
    for (long i = 0; i < n; ++i) vole::select(vole::on_recv(a), vole::on_recv(b));
  });
  both.wait();
}

// Two goroutines select where to send, two select where to receive, all on the same two channels.
void select_contended(long n) {
  const auto a = vole::make_chan<long>();
  const auto b = vole::make_chan<long>();
  vole::wait_group all;
  for (int g = 0; g < 2; ++g) {
    all.go([=] {
      for (long i = 0; i < n; i += 2) vole::select(vole::on_send(a, i), vole::on_send(b, i));
    });
    all.go([=] {
      for (long i = 0; i < n; i += 2) vole::select(vole::on_recv(a), vole::on_recv(b));
    });
  }
  all.wait();
}

}  // namespace

int main() {
  bench::measure("round_trip", round_trip);
  bench::measure("spawn_chain", spawn_chain);
  bench::measure("spawn_batch", spawn_batch);
  bench::measure("select_parking", select_parking);
  bench::measure("select_contended", select_contended);
}
