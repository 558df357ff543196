// SPDX-License-Identifier: Apache-2.0
// Channels: every value that is sent is received once.
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/wait_group.h>

#include "soak.h"

namespace soak {
namespace {

std::size_t any_capacity(chance& dice) {
  constexpr std::size_t kCapacities[] = {0, 0, 1, 3, 64, 500};
  return kCapacities[dice.below(6)];
}

// Producers and consumers in any number on one channel.
void fan(chance& dice) {
  const long producers = dice.from_to(1, 8);
  const long consumers = dice.from_to(1, 8);
  const long each = dice.from_to(1, 300);
  std::atomic<long> live = 0;
  std::atomic<long> sum = 0;
  std::atomic<long> count = 0;
  {
    const auto ch = vole::make_chan<parcel>(any_capacity(dice));
    vole::wait_group sent;
    vole::wait_group received;
    for (long p = 0; p < producers; ++p) {
      sent.go([&, p] {
        for (long i = 0; i < each; ++i) ch.send(parcel(p * each + i, live));
      });
    }
    for (long c = 0; c < consumers; ++c) {
      received.go([&] {
        for (const parcel& one : ch) {
          sum.fetch_add(one.value());
          count.fetch_add(1);
        }
      });
    }
    sent.wait();
    ch.close();
    received.wait();
  }
  const long all = producers * each;
  expect_equal("fan: every value is received once", count, all);
  expect_equal("fan: the values that are received are those sent", sum, all * (all - 1) / 2);
  expect_equal("fan: every parcel is destroyed", live, 0);
}

// Stages that add one to what passes through.
void pipeline(chance& dice) {
  const long stages = dice.from_to(1, 20);
  const long items = dice.from_to(1, 200);
  auto first = vole::make_chan<long>(any_capacity(dice));
  auto last = first;
  for (long s = 0; s < stages; ++s) {
    const auto next = vole::make_chan<long>(any_capacity(dice));
    vole::go([from = last, to = next] {
      for (const long value : from) to.send(value + 1);
      to.close();
    });
    last = next;
  }
  vole::go([=] {
    for (long i = 0; i < items; ++i) first.send(i);
    first.close();
  });
  long count = 0;
  for (const long value : last)
    expect_equal("pipeline: first in, first out", value, stages + count++);
  expect_equal("pipeline: all come out", count, items);
}

// Senders go on until the channel is closed under them.
void closing(chance& dice) {
  std::atomic<long> live = 0;
  std::atomic<long> sent = 0;
  std::atomic<long> received = 0;
  {
    const auto ch = vole::make_chan<parcel>(any_capacity(dice));
    vole::wait_group all;
    for (long s = dice.from_to(1, 6); s > 0; --s) {
      all.go([&] {
        try {
          for (;;) {
            ch.send(parcel(1, live));
            sent.fetch_add(1);
          }
        } catch (const vole::send_on_closed_channel&) {
        }
      });
    }
    for (long r = dice.from_to(1, 4); r > 0; --r) {
      all.go([&] {
        while (ch.recv()) received.fetch_add(1);
      });
    }
    for (long turns = dice.from_to(0, 100); turns > 0; --turns) vole::yield();
    ch.close();
    all.wait();
  }
  expect_equal("closing: what was sent before the close is received", received, sent);
  expect_equal("closing: what was not sent is destroyed", live, 0);
}

// Handles are dropped with values still in the buffer.
void abandoned(chance& dice) {
  std::atomic<long> live = 0;
  {
    auto ch = vole::make_chan<parcel>(20);
    vole::wait_group all;
    for (long s = 0; s < 4; ++s) {
      all.go([ch, &live, n = dice.from_to(0, 5)] {
        for (long i = 0; i < n; ++i) ch.send(parcel(i, live));
      });
    }
    all.wait();
  }
  expect_equal("abandoned: what lies in a channel dies with it", live, 0);
}

// Sends and receives that don't wait, with yields between.
void attempts(chance& dice) {
  const long goroutines = dice.from_to(1, 6);
  constexpr long kEach = 100;
  std::atomic<long> live = 0;
  std::atomic<long> received = 0;
  {
    const auto ch = vole::make_chan<parcel>(static_cast<std::size_t>(dice.from_to(1, 8)));
    vole::wait_group all;
    for (long g = 0; g < goroutines; ++g) {
      all.go([&] {
        for (long i = 0; i < kEach; ++i) {
          parcel one(i, live);
          while (ch.try_send(std::move(one)) != vole::chan_status::ok) vole::yield();
        }
      });
      all.go([&] {
        for (long i = 0; i < kEach; ++i) {
          parcel one(0, live);
          while (ch.try_recv(one) != vole::chan_status::ok) vole::yield();
          received.fetch_add(1);
        }
      });
    }
    all.wait();
    expect_equal("attempts: nothing is left", static_cast<long>(ch.len()), 0);
  }
  expect_equal("attempts: every value is received once", received, goroutines * kEach);
  expect_equal("attempts: every parcel is destroyed", live, 0);
}

}  // namespace

std::vector<actor> channel_actors() {
  return {{"fan", fan},
          {"pipeline", pipeline},
          {"closing", closing},
          {"abandoned", abandoned},
          {"attempts", attempts}};
}

}  // namespace soak
