// SPDX-License-Identifier: Apache-2.0
// Select: exactly the chosen case happens.
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/select.h>
#include <vole/time.h>
#include <vole/wait_group.h>

#include "soak.h"

namespace soak {
namespace {

using namespace std::chrono_literals;

// All senders select over all channels, and so do all receivers.
void mesh(chance& dice) {
  const long senders = dice.from_to(1, 5);
  const long receivers = dice.from_to(1, 5);
  constexpr long kEach = 150;
  const auto capacity = static_cast<std::size_t>(dice.below(3));
  const auto a = vole::make_chan<long>(capacity);
  const auto b = vole::make_chan<long>();
  const auto c = vole::make_chan<long>(capacity);
  const vole::chan<long> nil;
  const auto all_sent = vole::make_chan<vole::unit>();
  std::atomic<long> sum = 0;
  vole::wait_group sent;
  vole::wait_group received;
  for (long s = 0; s < senders; ++s) {
    sent.go([=] {
      for (long i = 1; i <= kEach; ++i)
        vole::select(vole::on_send(a, i), vole::on_send(b, i), vole::on_send(nil, i),
                     vole::on_send(c, i));
    });
  }
  for (long r = 0; r < receivers; ++r) {
    received.go([=, &sum] {
      std::optional<long> got;
      while (vole::select(vole::on_recv(a, got), vole::on_recv(b, got), vole::on_recv(c, got),
                          vole::on_recv(all_sent)) != 3)
        sum.fetch_add(*got);
    });
  }
  sent.wait();
  all_sent.close();
  received.wait();
  long left = 0;
  for (const auto& ch : {a, b, c})
    while (ch.try_recv(left) == vole::chan_status::ok) sum.fetch_add(left);
  expect_equal("mesh: every value is received once", sum, senders * kEach * (kEach + 1) / 2);
}

// Numbers of cases that are known at run time only.
void many_cases(chance& dice) {
  const long channels = dice.from_to(1, 40);
  constexpr long kEach = 20;
  std::vector<vole::chan<long>> all(static_cast<std::size_t>(channels));
  for (auto& one : all) one = vole::make_chan<long>();
  for (const auto& one : all) {
    vole::go([one] {
      for (long i = 0; i < kEach; ++i) one.send(i);
      one.close();
    });
  }
  long sum = 0;
  for (long open = channels; open > 0;) {
    std::vector<vole::select_case> cases;
    std::optional<long> got;
    for (const auto& one : all) cases.push_back(vole::on_recv(one, got));
    const std::size_t chosen = vole::select(std::span(cases));
    if (got) {
      sum += *got;
    } else {
      all[chosen] = {};
      --open;
    }
  }
  expect_equal("many_cases: every value is received once", sum, channels * kEach * (kEach - 1) / 2);
}

// Selects that give up at once, or after a moment.
void giving_up(chance& dice) {
  const auto ch = vole::make_chan<parcel>(static_cast<std::size_t>(dice.below(2)));
  std::atomic<long> live = 0;
  std::atomic<long> sent = 0;
  std::atomic<long> received = 0;
  vole::wait_group all;
  for (long s = dice.from_to(1, 4); s > 0; --s) {
    all.go([&, dice = chance(dice.seed())]() mutable {
      for (long i = 0; i < 40; ++i) {
        const auto limit = vole::after(std::chrono::microseconds(dice.below(200)));
        if (vole::select(vole::on_send(ch, parcel(i, live)), vole::on_recv(limit)) == 0)
          sent.fetch_add(1);
      }
    });
    all.go([&] {
      std::optional<parcel> got;
      for (long i = 0; i < 60; ++i) {
        if (vole::select(vole::on_recv(ch, got), vole::on_recv(vole::after(100us))) == 0)
          received.fetch_add(1);
        if (vole::select(vole::on_recv(ch, got), vole::on_default()) == 0) received.fetch_add(1);
      }
    });
  }
  all.wait();
  std::optional<parcel> got;
  while (vole::select(vole::on_recv(ch, got), vole::on_default()) == 0) received.fetch_add(1);
  got.reset();
  expect_equal("giving_up: what was sent was received", received, sent);
  expect_equal("giving_up: what was not sent is destroyed", live, 0);
}

// The same channel in several cases, in both directions.
void with_itself(chance& dice) {
  const auto ch = vole::make_chan<long>();
  const long rounds = dice.from_to(1, 200);
  std::atomic<long> balance = 0;
  vole::wait_group both;
  for (int g = 0; g < 2; ++g) {
    both.go([&, ch] {
      for (long i = 0; i < rounds; ++i) {
        const auto chosen =
            vole::select(vole::on_recv(ch), vole::on_send(ch, i), vole::on_recv(ch));
        balance.fetch_add(chosen == 1 ? 1 : -1);
      }
    });
  }
  both.wait();
  expect_equal("with_itself: each receive has its send", balance, 0);
}

}  // namespace

std::vector<actor> select_actors() {
  return {{"mesh", mesh},
          {"many_cases", many_cases},
          {"giving_up", giving_up},
          {"with_itself", with_itself}};
}

}  // namespace soak
