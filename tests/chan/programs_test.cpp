// SPDX-License-Identifier: Apache-2.0
// Whole programs that live from channels, as Go's test/chan has them: sieves, chains of goroutines,
// power series that are worked out on demand, and the table of what blocks. The programs are ours.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/select.h>
#include <vole/wait_group.h>

#include <array>
#include <concepts>
#include <functional>
#include <numeric>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/blocked.h"

using vole::on_default;
using vole::on_recv;
using vole::on_send;
using vole::select;
using vole::event::wait_reason;

namespace {

// ---- what may be done with which handle ---------------------------------------------------------

template <class C>
concept sends = requires(const C& ch) { ch.send(1); };
template <class C>
concept receives = requires(const C& ch) { ch.recv(); };
template <class C>
concept closes = requires(const C& ch) { ch.close(); };
using both_ways = vole::chan<int>;
using only_send = vole::send_chan<int>;
using only_recv = vole::recv_chan<int>;
static_assert(sends<both_ways> && receives<both_ways> && closes<both_ways>);
static_assert(sends<only_send> && !receives<only_send> && closes<only_send>);
static_assert(!sends<only_recv> && receives<only_recv> && !closes<only_recv>);
static_assert(std::convertible_to<both_ways, only_send> &&
              std::convertible_to<both_ways, only_recv>);
static_assert(!std::convertible_to<only_send, both_ways> &&
              !std::convertible_to<only_recv, both_ways>);
static_assert(!std::convertible_to<only_send, only_recv> &&
              !std::convertible_to<only_recv, only_send>);
template <class C>
concept offers_send_case = requires(const C& ch) { on_send(ch, 1); };
template <class C>
concept offers_recv_case = requires(const C& ch) { on_recv(ch); };
static_assert(offers_send_case<both_ways> && offers_send_case<only_send> &&
              !offers_send_case<only_recv>);
static_assert(offers_recv_case<both_ways> && !offers_recv_case<only_send> &&
              offers_recv_case<only_recv>);

// ---- what blocks --------------------------------------------------------------------------------

struct row {
  std::string name;
  std::function<vole::chan<int>()> make;
  bool send_blocks, recv_blocks, send_throws;
};

std::vector<row> rows() {
  const auto make = [](std::size_t capacity, int sent, bool is_closed) {
    return [=] {
      const auto ch = vole::make_chan<int>(capacity);
      for (int i = 0; i < sent; ++i) ch.send(i);
      if (is_closed) ch.close();
      return ch;
    };
  };
  return {{"unbuffered", make(0, 0, false), true, true, false},
          {"empty", make(2, 0, false), false, true, false},
          {"half full", make(2, 1, false), false, false, false},
          {"full", make(2, 2, false), true, false, false},
          {"closed", make(0, 0, true), false, false, true},
          {"closed with elements", make(2, 2, true), false, false, true}};
}

// Runs `what` in a goroutine; true when it came to wait. It is let go then by a close.
bool waits(const vole::chan<int>& ch, std::function<void()> what) {
  bool is_done = false, is_waiting = false;
  vole::wait_group all;
  all.go([&] {
    try {
      what();
    } catch (const vole::send_on_closed_channel&) {
    }
    is_done = true;
  });
  vole_test::until([&] {
    is_waiting = vole_test::count_blocked(wait_reason::chan_send) +
                     vole_test::count_blocked(wait_reason::chan_receive) +
                     vole_test::count_blocked(wait_reason::select) >
                 0;
    return is_waiting || vole::num_goroutine() == 1;
  });
  if (is_waiting) ch.close();
  all.wait();
  EXPECT_TRUE(is_done);
  return is_waiting;
}

TEST(what_blocks, is_the_same_for_a_plain_operation_and_a_select) {
  for (const row& one : rows()) {
    const auto never = vole::make_chan<int>();
    for (const bool by_select : {false, true}) {
      auto ch = one.make();
      EXPECT_EQ(
          waits(ch, [&] { by_select ? void(select(on_send(ch, 1), on_recv(never))) : ch.send(1); }),
          one.send_blocks)
          << one.name;
      ch = one.make();
      EXPECT_EQ(
          waits(ch,
                [&] { by_select ? void(select(on_recv(never), on_recv(ch))) : void(ch.recv()); }),
          one.recv_blocks)
          << one.name;
    }
  }
}

TEST(what_blocks, takes_the_default_instead) {
  for (const row& one : rows()) {
    auto ch = one.make();
    EXPECT_EQ(select(on_recv(ch), on_default()), one.recv_blocks ? 1u : 0u) << one.name;
    ch = one.make();
    if (one.send_throws)
      EXPECT_THROW(select(on_send(ch, 1), on_default()), vole::send_on_closed_channel) << one.name;
    else
      EXPECT_EQ(select(on_send(ch, 1), on_default()), one.send_blocks ? 1u : 0u) << one.name;
  }
  const vole::chan<int> nil;
  EXPECT_EQ(select(on_recv(nil), on_send(nil, 1), on_default()), 2u);
  EXPECT_EQ(select(on_default(), on_recv(nil)), 0u);
}

// ---- every way of sending meets every way of receiving ------------------------------------------

using sender = void (*)(const vole::chan<int>&, int);
using receiver = int (*)(const vole::chan<int>&);

int by_recv(const vole::chan<int>& ch) { return *ch.recv(); }
int by_select_recv(const vole::chan<int>& ch) {
  std::optional<int> got;
  select(on_recv(ch, got));
  return *got;
}
int by_wide_select_recv(const vole::chan<int>& ch) {
  std::optional<int> got;
  select(on_recv(vole::make_chan<int>()), on_recv(ch, got), on_recv(vole::chan<int>()));
  return *got;
}
int by_try_recv(const vole::chan<int>& ch) {
  int out = 0;
  while (ch.try_recv(out) != vole::chan_status::ok) vole::yield();
  return out;
}
void by_send(const vole::chan<int>& ch, int value) { ch.send(value); }
void by_select_send(const vole::chan<int>& ch, int value) { select(on_send(ch, value)); }
void by_wide_select_send(const vole::chan<int>& ch, int value) {
  select(on_recv(vole::make_chan<int>()), on_send(ch, value), on_send(vole::chan<int>(), 1));
}
void by_try_send(const vole::chan<int>& ch, int value) {
  while (select(on_send(ch, value), on_default()) != 0) vole::yield();
}

TEST(pairs, every_way_of_sending_meets_every_way_of_receiving) {
  constexpr std::array<sender, 4> kSenders = {by_send, by_select_send, by_wide_select_send,
                                              by_try_send};
  constexpr std::array<receiver, 4> kReceivers = {by_recv, by_select_recv, by_wide_select_recv,
                                                  by_try_recv};
  for (const std::size_t capacity : {0u, 1u, 5u}) {
    for (std::size_t s = 0; s < kSenders.size(); ++s) {
      for (std::size_t r = 0; r < kReceivers.size(); ++r) {
        if (capacity == 0 && s == 3 && r == 3) continue;  // neither ever waits for the other
        const auto ch = vole::make_chan<int>(capacity);
        vole::wait_group all;
        all.go([&] {
          for (int i = 0; i < 20; ++i) kSenders[s](ch, i);
        });
        for (int i = 0; i < 20; ++i) ASSERT_EQ(kReceivers[r](ch), i) << s << " and " << r;
        all.wait();
      }
    }
  }
}

// ---- order --------------------------------------------------------------------------------------

TEST(fifo, a_buffer_keeps_the_order) {
  const auto ch = vole::make_chan<int>(10);
  for (int i = 0; i < 10; ++i) ch.send(i);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ch.recv(), i);
}

// Each goroutine may receive only when the one before it has.
TEST(fifo, a_chain_of_receivers_receives_in_its_own_order) {
  const auto ch = vole::make_chan<int>();
  auto in = vole::make_chan<vole::unit>();
  const auto start = in;
  vole::wait_group all;
  for (int i = 0; i < 10; ++i) {
    const auto out = vole::make_chan<vole::unit>();
    all.go([ch, in, out, i] {
      in.recv();
      EXPECT_EQ(ch.recv(), i);
      if (i < 9) out.send({});
    });
    in = out;
  }
  start.send({});
  for (int i = 0; i < 10; ++i) ch.send(i);
  all.wait();
}

TEST(chain, a_value_goes_through_two_thousand_goroutines) {
  const auto leftmost = vole::make_chan<int>();
  auto left = leftmost;
  for (int i = 0; i < 2000; ++i) {
    const auto right = vole::make_chan<int>();
    vole::go([left, right] { left.send(*right.recv() + 1); });
    left = right;
  }
  vole::go([left] { left.send(0); });
  EXPECT_EQ(leftmost.recv(), 2000);
  vole_test::until_alone();
}

// One sender selects among four channels; four forwarders; nothing is lost or doubled.
TEST(double_select, four_ways_to_one_channel_carry_each_number_once) {
  constexpr int kNumbers = 3000;
  std::array<vole::chan<int>, 4> ways;
  for (auto& way : ways) way = vole::make_chan<int>();
  const auto all_ways = vole::make_chan<int>();
  vole::go([ways] {
    for (int i = 0; i < kNumbers; ++i)
      select(on_send(ways[0], i), on_send(ways[1], i), on_send(ways[2], i), on_send(ways[3], i));
    for (const auto& way : ways) way.close();
  });
  vole::wait_group forwarders;
  for (const auto& way : ways)
    forwarders.go([way, all_ways] {
      for (const int i : way) all_ways.send(i);
    });
  vole::go([&] {
    forwarders.wait();
    all_ways.close();
  });
  std::vector<bool> seen(kNumbers);
  for (const int i : all_ways) {
    ASSERT_FALSE(seen[static_cast<std::size_t>(i)]);
    seen[static_cast<std::size_t>(i)] = true;
  }
  EXPECT_EQ(std::accumulate(seen.begin(), seen.end(), 0), kNumbers);
  vole_test::until_alone();
}

// ---- sieves -------------------------------------------------------------------------------------

const std::vector<int> kPrimes = {2,  3,  5,  7,  11, 13, 17, 19, 23, 29, 31, 37, 41,
                                  43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97};

// A filter for each prime, one behind the other.
TEST(sieve, by_a_chain_of_filters) {
  const auto stop = vole::make_chan<vole::unit>();
  const auto source = [stop](auto next) {
    const auto out = vole::make_chan<int>();
    vole::go([=]() mutable {
      for (bool is_on = true; is_on;) {
        const std::optional<int> value = next();
        is_on = value && select(on_send(out, *value), on_recv(stop)) == 0;
      }
      out.close();
    });
    return out;
  };
  auto numbers = source([i = 1]() mutable { return std::optional(++i); });
  std::vector<int> found;
  while (found.size() < kPrimes.size()) {
    const int prime = *numbers.recv();
    found.push_back(prime);
    numbers = source([in = numbers, prime]() -> std::optional<int> {
      for (const int i : in)
        if (i % prime != 0) return i;
      return std::nullopt;
    });
  }
  EXPECT_EQ(found, kPrimes);
  stop.close();
  vole_test::until_alone();
}

// One goroutine merges the multiples of the primes so far, which come through channels.
TEST(sieve, by_a_merge_of_multiples) {
  const auto stop = vole::make_chan<vole::unit>();
  const auto multiples_of = [stop](int prime) {
    const auto out = vole::make_chan<int>(10);
    vole::go([=] {
      for (int i = prime * prime; select(on_send(out, i), on_recv(stop)) == 0; i += prime) {
      }
    });
    return out;
  };
  struct stream {
    int head;
    vole::chan<int> rest;
    bool operator>(const stream& other) const { return head > other.head; }
  };
  std::priority_queue<stream, std::vector<stream>, std::greater<>> composites;
  std::vector<int> found;
  for (int candidate = 2; found.size() < kPrimes.size(); ++candidate) {
    bool is_prime = true;
    while (!composites.empty() && composites.top().head == candidate) {
      is_prime = false;
      stream next = composites.top();
      composites.pop();
      next.head = *next.rest.recv();
      composites.push(next);
    }
    if (!is_prime) continue;
    found.push_back(candidate);
    const auto multiples = multiples_of(candidate);
    composites.push({*multiples.recv(), multiples});
  }
  EXPECT_EQ(found, kPrimes);
  stop.close();
  vole_test::until_alone();
}

// ---- power series, a coefficient at a time, on demand -------------------------------------------

struct ratio {
  long over = 0, under = 1;
  friend ratio operator+(ratio a, ratio b) {
    return reduced(a.over * b.under + b.over * a.under, a.under * b.under);
  }
  friend ratio operator*(ratio a, ratio b) { return reduced(a.over * b.over, a.under * b.under); }
  friend bool operator==(const ratio&, const ratio&) = default;
  static ratio reduced(long over, long under) {
    const long common = std::gcd(over, under);
    return common == 0 ? ratio{0, 1} : ratio{over / common, under / common};
  }
};

// Who wants a coefficient asks for it first. A series ends when nobody can ask any more: `ask` is
// closed by its one reader.
struct series {
  vole::chan<vole::unit> ask = vole::make_chan<vole::unit>();
  vole::chan<ratio> answer = vole::make_chan<ratio>();
  ratio get() const {
    ask.send({});
    return *answer.recv();
  }
  void end() const { ask.close(); }
};

// A goroutine that answers with next(0), next(1) ... and calls at_end() when its reader is gone.
template <class Next, class AtEnd>
series make_series(Next next, AtEnd at_end) {
  series out;
  vole::go([=]() mutable {
    for (long i = 0; out.ask.recv(); ++i) out.answer.send(next(i));
    at_end();
  });
  return out;
}

series repeat(ratio c) {
  return make_series([c](long) { return c; }, [] {});
}
series sum(series a, series b) {
  return make_series([=](long) { return a.get() + b.get(); }, [=] { a.end(), b.end(); });
}
series product(series a, series b) {
  return make_series(
      [=, as = std::vector<ratio>(), bs = std::vector<ratio>()](long i) mutable {
        as.push_back(a.get());
        bs.push_back(b.get());
        ratio c;
        for (std::size_t k = 0; k < as.size(); ++k)
          c = c + as[k] * bs[static_cast<std::size_t>(i) - k];
        return c;
      },
      [=] { a.end(), b.end(); });
}
series integral(ratio constant, series a) {
  return make_series([=](long i) { return i == 0 ? constant : a.get() * ratio::reduced(1, i); },
                     [=] { a.end(); });
}

void expect_coefficients(const series& s, const std::vector<ratio>& expected) {
  for (const ratio& one : expected) {
    const ratio got = s.get();
    EXPECT_TRUE(got == one) << got.over << "/" << got.under;
  }
  s.end();
}

TEST(power_series, are_worked_out_on_demand) {
  expect_coefficients(sum(repeat({1, 1}), repeat({2, 1})), {{3, 1}, {3, 1}, {3, 1}});
  // (1 / (1 - x))^2 and its cube
  expect_coefficients(product(repeat({1, 1}), repeat({1, 1})), {{1, 1}, {2, 1}, {3, 1}, {4, 1}});
  expect_coefficients(product(product(repeat({1, 1}), repeat({1, 1})), repeat({1, 1})),
                      {{1, 1}, {3, 1}, {6, 1}, {10, 1}, {15, 1}});
  // - log(1 - x)
  expect_coefficients(integral({0, 1}, repeat({1, 1})), {{0, 1}, {1, 1}, {1, 2}, {1, 3}, {1, 4}});
  vole_test::until_alone();
}

// ---- elements without content -------------------------------------------------------------------

TEST(unit_channels, count_signals_and_nothing_else) {
  struct nothing {};
  const auto signals = vole::make_chan<nothing>(1000);
  for (int i = 0; i < 1000; ++i) signals.send({});
  EXPECT_EQ(signals.try_send(nothing()), vole::chan_status::would_block);
  EXPECT_EQ(signals.len(), 1000u);
  signals.close();
  int count = 0;
  for ([[maybe_unused]] const nothing one : signals) ++count;
  EXPECT_EQ(count, 1000);
}

}  // namespace
