// SPDX-License-Identifier: Apache-2.0
// Channels and select.
#include <sys/syscall.h>
#include <unistd.h>
#include <vole/chan.h>
#include <vole/select.h>

#include <vector>

#include "themes.h"

namespace bench {
namespace {

// Operation: a value goes from one goroutine to another and one comes back, over two unbuffered
// channels. on_start() is called by both goroutines at their start.
template <class Start>
void round_trip_with(long n, Start on_start) {
  const auto ping = vole::make_chan<long>();
  const auto pong = vole::make_chan<long>();
  vole::wait_group both;
  both.go([=] {
    on_start();
    for (long i = 0; i < n; ++i) {
      ping.send(i);
      pong.recv();
    }
  });
  both.go([=] {
    on_start();
    for (long i = 0; i < n; ++i) {
      ping.recv();
      pong.send(i);
    }
  });
  both.wait();
}

void round_trip(long n) {
  round_trip_with(n, [] {});
}

// Operation: a round trip between two goroutines that are bound to one thread each.
void round_trip_locked(long n) { round_trip_with(n, vole::lock_os_thread); }

// Figure: how many of a hundred values of free round trips are received on another thread than
// they were sent on. Asking for the thread takes part of the time, so nothing is timed here.
void round_trip_crossings(const char* name) {
  constexpr long kTrips = 200'000;
  const auto ping = vole::make_chan<long>();
  const auto pong = vole::make_chan<long>();
  const auto thread = [] { return syscall(SYS_gettid); };
  long there = 0;
  long back = 0;
  vole::wait_group both;
  both.go([&] {
    for (long i = 0; i < kTrips; ++i) {
      ping.send(thread());
      back += *pong.recv() != thread();
    }
  });
  both.go([&] {
    for (long i = 0; i < kTrips; ++i) {
      there += *ping.recv() != thread();
      pong.send(thread());
    }
  });
  both.wait();
  print(name, 100.0 * static_cast<double>(there + back) / (2.0 * kTrips));
}

// Operation: one hop of a token around a ring of a thousand goroutines with a channel between each
// two.
void ring_hop(long n) {
  constexpr std::size_t kPlaces = 1000;
  const long laps = n / static_cast<long>(kPlaces) + 1;
  std::vector<vole::chan<long>> ring(kPlaces);
  for (auto& one : ring) one = vole::make_chan<long>();
  vole::wait_group all;
  for (std::size_t place = 0; place < kPlaces; ++place) {
    all.go([=, from = ring[place], to = ring[(place + 1) % kPlaces]] {
      for (long lap = 0; lap < laps; ++lap) {
        const long token = *from.recv();
        if (place + 1 < kPlaces || lap + 1 < laps) to.send(token + 1);
      }
    });
  }
  ring[0].send(0);
  all.wait();
}

// Operation: one value through a channel of capacity 128, from one producer to one consumer.
void buffered_item(long n) {
  const auto items = vole::make_chan<long>(128);
  vole::wait_group both;
  both.go([=] {
    for (long i = 0; i < n; ++i) items.send(i);
  });
  both.go([=] {
    long sum = 0;
    for (long i = 0; i < n; ++i) sum += *items.recv();
    keep(sum);
  });
  both.wait();
}

// Operation: one value. A goroutine sends on two channels in turn, another selects between them.
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

// Operation: one value. As many pairs of goroutines as processors; one of a pair selects where to
// send, the other where to receive, all on the same channels (Go's BenchmarkSelectSyncContended).
void select_contended(long n) {
  const auto a = vole::make_chan<long>();
  const auto b = vole::make_chan<long>();
  const auto c = vole::make_chan<long>();
  const auto done = vole::make_chan<vole::unit>();
  vole::wait_group senders;
  in_parallel(n, [&, a, b, c, done](long share) {
    senders.go([=] {
      while (vole::select(vole::on_send(a, 0), vole::on_send(b, 0), vole::on_send(c, 0),
                          vole::on_recv(done)) != 3) {
      }
    });
    for (long i = 0; i < share; ++i)
      vole::select(vole::on_recv(a), vole::on_recv(b), vole::on_recv(c));
  });
  done.close();
  senders.wait();
}

// Operation: a select with a default over two channels, neither ready.
void select_nonblock(long n) {
  const auto a = vole::make_chan<long>();
  const auto b = vole::make_chan<long>();
  std::size_t sum = 0;
  for (long i = 0; i < n; ++i)
    sum += vole::select(vole::on_recv(a), vole::on_recv(b), vole::on_default());
  keep(sum);
}

// Operation: a select with a default over one channel: a fourth of Go's BenchmarkSelectNonblock.
void select_nonblock_one(long n) {
  const auto receive_unbuffered = vole::make_chan<long>();
  const auto send_unbuffered = vole::make_chan<long>();
  const auto receive_empty = vole::make_chan<long>(1);
  const auto send_full = vole::make_chan<long>(1);
  send_full.send(0);
  std::size_t sum = 0;
  for (long i = 0; i < n; i += 4) {
    sum += vole::select(vole::on_recv(receive_unbuffered), vole::on_default());
    sum += vole::select(vole::on_send(send_unbuffered, 0), vole::on_default());
    sum += vole::select(vole::on_recv(receive_empty), vole::on_default());
    sum += vole::select(vole::on_send(send_full, 0), vole::on_default());
  }
  keep(sum);
}

// Operation: a try_recv that finds an unbuffered channel with nobody there.
void try_recv_empty(long n) {
  const auto empty = vole::make_chan<long>();
  long got = 0;
  long ready = 0;
  for (long i = 0; i < n; ++i) ready += empty.try_recv(got) == vole::chan_status::ok;
  keep(ready);
}

}  // namespace

void channels(const suite& rows) {
  rows.row("round_trip_same", round_trip);
  rows.row("round_trip_across", round_trip);
  rows.row("round_trip_locked", round_trip_locked);
  rows.lone_row("round_trip_crossings", round_trip_crossings);
  rows.row("ring_hop", ring_hop);
  rows.row("buffered_item", buffered_item);
  rows.row("select_parking", select_parking);
  rows.row("select_contended", select_contended);
  rows.row("select_nonblock", select_nonblock);
  rows.row("select_nonblock_one", select_nonblock_one);
  rows.row("try_recv_empty", try_recv_empty);
}

}  // namespace bench
