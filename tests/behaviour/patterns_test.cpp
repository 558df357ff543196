// SPDX-License-Identifier: Apache-2.0
// Whole small programs that every Go programmer knows: rings, sieves, merges and pipelines of
// channels.
#include <vole/chan.h>
#include <vole/context.h>
#include <vole/defer.h>
#include <vole/select.h>
#include <vole/sync.h>
#include <vole/time.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <numeric>
#include <string>
#include <vector>

#include "support.h"

namespace {

using namespace std::chrono_literals;

class pattern : public behaviour::alone {};

// A goroutine for each prime takes its multiples out of what flows by.
TEST_F(pattern, sieve_of_goroutines_finds_the_primes) {
  auto [ctx, cancel] = vole::with_cancel(vole::background());
  const auto send = [ctx = ctx](const vole::chan<int>& to, int value) {
    return vole::select(vole::on_send(to, value), vole::on_recv(ctx.done())) == 0;
  };
  auto flow = vole::make_chan<int>();
  vole::go([=] {
    for (int i = 2; send(flow, i); ++i) {
    }
  });
  std::vector<int> primes;
  while (primes.size() < 60) {
    const int prime = *flow.recv();
    primes.push_back(prime);
    const auto next = vole::make_chan<int>();
    vole::go([=, from = flow, ctx = ctx] {
      std::optional<int> got;
      while (vole::select(vole::on_recv(from, got), vole::on_recv(ctx.done())) == 0)
        if (*got % prime != 0 && !send(next, *got)) return;
    });
    flow = next;
  }
  EXPECT_EQ(primes.back(), 281);
}

TEST_F(pattern, a_daisy_chain_of_ten_thousand_counts_itself) {
  constexpr int kLinks = 10'000;
  auto right = vole::make_chan<int>();
  const auto leftmost = right;
  for (int i = 0; i < kLinks; ++i) {
    const auto left = right;
    right = vole::make_chan<int>();
    vole::go([left, right] { left.send(1 + *right.recv()); });
  }
  vole::go([right] { right.send(0); });
  EXPECT_EQ(leftmost.recv(), kLinks);
}

TEST_F(pattern, values_of_one_sender_arrive_in_order_through_any_capacity) {
  for (const std::size_t capacity : {0, 1, 7, 128}) {
    const auto ch = vole::make_chan<int>(capacity);
    vole::go([ch] {
      for (int i = 0; i < 500; ++i) ch.send(i);
      ch.close();
    });
    int expected = 0;
    for (const int value : ch) ASSERT_EQ(value, expected++);
    EXPECT_EQ(expected, 500);
  }
}

// Each has a channel to the one before and one after it; numbers come out sorted.
TEST_F(pattern, a_line_of_goroutines_sorts) {
  std::vector<int> numbers(40);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<int>(i * 17 % 41);
  auto line = vole::make_chan<int>();
  const auto in = line;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto next = vole::make_chan<int>();
    vole::go([from = line, next] {
      int kept = *from.recv();
      for (const int value : from) {
        next.send(std::max(kept, value));
        kept = std::min(kept, value);
      }
      next.send(kept);  // the smallest goes last, so that the line turns it all around
      next.close();
    });
    line = next;
  }
  vole::go([=] {
    for (const int n : numbers) in.send(n);
    in.close();
  });
  std::vector<int> sorted;
  for (const int value : line) sorted.push_back(value);
  std::sort(numbers.begin(), numbers.end(), std::greater<>());
  EXPECT_EQ(sorted, numbers);
}

vole::chan<int> merge_sorted(std::vector<int> numbers) {
  const auto out = vole::make_chan<int>(4);
  vole::go([out, numbers = std::move(numbers)] {
    if (numbers.size() == 1) {
      out.send(numbers.front());
    } else if (!numbers.empty()) {
      const auto middle = numbers.begin() + static_cast<long>(numbers.size() / 2);
      const auto low = merge_sorted({numbers.begin(), middle});
      const auto high = merge_sorted({middle, numbers.end()});
      auto a = low.recv();
      auto b = high.recv();
      while (a || b) {
        const bool is_a = !b || (a && *a <= *b);
        out.send(is_a ? *a : *b);
        (is_a ? a : b) = (is_a ? low : high).recv();
      }
    }
    out.close();
  });
  return out;
}

TEST_F(pattern, a_tree_of_goroutines_merges) {
  std::vector<int> numbers(700);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<int>(i * 7919 % 701);
  std::vector<int> sorted;
  for (const int value : merge_sorted(numbers)) sorted.push_back(value);
  std::sort(numbers.begin(), numbers.end());
  EXPECT_EQ(sorted, numbers);
}

// Power series as streams: the coefficients of 1 / (1 - x) squared are 1, 2, 3, ...
TEST_F(pattern, streams_of_coefficients_multiply) {
  constexpr std::size_t kTerms = 30;
  const auto ones = [] {
    const auto out = vole::make_chan<long>();
    vole::go([out] {
      for (std::size_t i = 0; i < kTerms; ++i) out.send(1);
      out.close();
    });
    return out;
  };
  const auto product = vole::make_chan<long>();
  vole::go([product, a = ones(), b = ones()] {
    std::vector<long> left, right;
    for (std::size_t n = 0; n < kTerms; ++n) {
      left.push_back(*a.recv());
      right.push_back(*b.recv());
      long sum = 0;
      for (std::size_t i = 0; i <= n; ++i) sum += left[i] * right[n - i];
      product.send(sum);
    }
    product.close();
  });
  long expected = 1;
  for (const long term : product) EXPECT_EQ(term, expected++);
}

TEST_F(pattern, philosophers_who_order_their_forks_all_eat) {
  constexpr std::size_t kSeats = 5;
  std::array<vole::mutex, kSeats> forks;
  std::array<int, kSeats> meals{};
  vole::wait_group all;
  for (std::size_t seat = 0; seat < kSeats; ++seat) {
    all.go([&, seat] {
      const std::size_t other = (seat + 1) % kSeats;
      for (int i = 0; i < 100; ++i) {
        const std::lock_guard first(forks[std::min(seat, other)]);
        const std::lock_guard second(forks[std::max(seat, other)]);
        if (i % 10 == 0) vole::yield();
        ++meals[seat];
      }
    });
  }
  all.wait();
  for (const int eaten : meals) EXPECT_EQ(eaten, 100);
}

TEST_F(pattern, a_channel_of_tokens_bounds_how_many_are_inside) {
  constexpr int kPlaces = 3;
  const auto tokens = vole::make_chan<vole::unit>(kPlaces);
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  vole::wait_group all;
  for (int g = 0; g < 60; ++g) {
    all.go([&] {
      tokens.send({});
      const vole::defer leave([&] {
        inside.fetch_sub(1);
        tokens.recv();
      });
      const int now = inside.fetch_add(1) + 1;
      for (int seen = most.load(); seen < now && !most.compare_exchange_weak(seen, now);) {
      }
      vole::yield();
    });
  }
  all.wait();
  EXPECT_LE(most, kPlaces);
}

TEST_F(pattern, the_first_answer_wins_and_the_losers_end) {
  auto [ctx, cancel] = vole::with_cancel(vole::background());
  const auto answers = vole::make_chan<int>();
  std::atomic<int> lost = 0;
  vole::wait_group all;
  for (int replica = 0; replica < 8; ++replica) {
    all.go([=, &lost, ctx = ctx] {
      if (replica != 5) ctx.done().recv();
      if (vole::select(vole::on_send(answers, replica), vole::on_recv(ctx.done())) == 1)
        lost.fetch_add(1);
    });
  }
  EXPECT_EQ(answers.recv(), 5);
  cancel();
  all.wait();
  EXPECT_EQ(lost, 7);
}

TEST_F(pattern, fan_in_of_many_closed_when_the_last_is) {
  const auto merged = vole::make_chan<int>();
  vole::wait_group sources;
  for (int s = 0; s < 10; ++s) {
    sources.go([merged, s] {
      for (int i = 0; i < 20; ++i) merged.send(s * 20 + i);
    });
  }
  vole::go([&] {
    sources.wait();
    merged.close();
  });
  std::vector<int> all;
  for (const int value : merged) all.push_back(value);
  std::sort(all.begin(), all.end());
  std::vector<int> expected(200);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(all, expected);
}

TEST_F(pattern, a_tee_gives_both_readers_everything) {
  const auto in = vole::make_chan<int>();
  const auto left = vole::make_chan<int>();
  const auto right = vole::make_chan<int>();
  vole::go([=] {
    for (const int value : in) {
      auto to_left = left;
      auto to_right = right;
      while (to_left || to_right)  // whoever is served is nil until the next value
        (vole::select(vole::on_send(to_left, value), vole::on_send(to_right, value)) == 0
             ? to_left
             : to_right) = {};
    }
    left.close();
    right.close();
  });
  long sum_left = 0;
  long sum_right = 0;
  vole::wait_group readers;
  readers.go([&] {
    for (const int value : left) sum_left += value;
  });
  readers.go([&] {
    for (const int value : right) sum_right += value;
  });
  for (int i = 1; i <= 100; ++i) in.send(i);
  in.close();
  readers.wait();
  EXPECT_EQ(sum_left, 5050);
  EXPECT_EQ(sum_right, 5050);
}

TEST_F(pattern, a_channel_of_channels_answers_requests) {
  struct request {
    int number;
    vole::chan<int> answer;
  };
  const auto requests = vole::make_chan<request>();
  vole::wait_group server;
  server.go([requests] {
    for (const request& one : requests)
      vole::go([one] { one.answer.send(one.number * one.number); });
  });
  vole::wait_group clients;
  for (int c = 0; c < 50; ++c) {
    clients.go([requests, c] {
      const auto answer = vole::make_chan<int>();
      requests.send({c, answer});
      EXPECT_EQ(answer.recv(), c * c);
    });
  }
  clients.wait();
  requests.close();
  server.wait();
}

TEST_F(pattern, publishers_reach_all_who_subscribe) {
  constexpr int kSubscribers = 6, kEvents = 50;
  std::vector<vole::chan<int>> subscribers;
  vole::wait_group readers;
  std::array<long, kSubscribers> sums{};
  for (std::size_t s = 0; s < kSubscribers; ++s) {
    subscribers.push_back(vole::make_chan<int>(4));
    readers.go([&sums, s, mine = subscribers.back()] {
      for (const int event : mine) sums[s] += event;
    });
  }
  for (int event = 1; event <= kEvents; ++event)
    for (const auto& one : subscribers) one.send(event);
  for (const auto& one : subscribers) one.close();
  readers.wait();
  for (const long sum : sums) EXPECT_EQ(sum, kEvents * (kEvents + 1) / 2);
}

// All must arrive before any goes on, round after round.
TEST_F(pattern, a_barrier_of_a_condition_variable_keeps_rounds_apart) {
  constexpr int kGoroutines = 8, kRounds = 30;
  vole::mutex lock;
  vole::condition_variable next_round;
  int waiting = 0;
  int round = 0;
  vole::wait_group all;
  for (int g = 0; g < kGoroutines; ++g) {
    all.go([&] {
      for (int r = 0; r < kRounds; ++r) {
        std::unique_lock hold(lock);
        EXPECT_EQ(round, r);
        if (++waiting == kGoroutines) {
          waiting = 0;
          ++round;
          next_round.notify_all();
        } else {
          next_round.wait(hold, [&] { return round > r; });
        }
      }
    });
  }
  all.wait();
  EXPECT_EQ(round, kRounds);
}

TEST_F(pattern, workers_stop_when_told_and_finish_what_they_have) {
  auto [ctx, cancel] = vole::with_cancel(vole::background());
  const auto jobs = vole::make_chan<int>();
  std::atomic<int> begun = 0;
  std::atomic<int> finished = 0;
  vole::wait_group workers;
  for (int w = 0; w < 4; ++w) {
    workers.go([&, ctx = ctx] {
      while (vole::select(vole::on_recv(ctx.done()), vole::on_recv(jobs)) == 1) {
        begun.fetch_add(1);
        vole::yield();
        finished.fetch_add(1);
      }
    });
  }
  for (int j = 0; j < 100; ++j) jobs.send(j);
  cancel();
  workers.wait();
  EXPECT_EQ(begun, 100);
  EXPECT_EQ(finished, 100);
}

TEST_F(pattern, a_heartbeat_tells_that_work_goes_on) {
  const auto beats = vole::make_chan<vole::unit>();
  const auto done = vole::make_chan<vole::unit>();
  vole::wait_group worker;
  worker.go([=] {
    vole::ticker ticks(200us);
    while (vole::select(vole::on_recv(ticks.c()), vole::on_recv(done)) == 0)
      vole::select(vole::on_send(beats, vole::unit{}), vole::on_default());
  });
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(beats.recv().has_value());
  done.close();
  worker.wait();
}

TEST_F(pattern, deadlines_go_down_a_chain_of_calls) {
  auto [ctx, cancel] = vole::with_timeout(vole::background(), 2ms);
  struct call {
    static std::error_code chain(const vole::context& ctx, int depth) {
      auto [below, give_up] = vole::with_timeout(ctx, 1h);
      if (depth > 0) return chain(below, depth - 1);
      below.done().recv();
      return below.err();
    }
  };
  std::error_code end;
  behaviour::in_goroutine([&, ctx = ctx] { end = call::chain(ctx, 20); });
  EXPECT_EQ(end, vole::context_errc::deadline_exceeded);
}

TEST_F(pattern, life_on_a_torus_of_goroutines_goes_round) {
  // A blinker has period two; each cell is a goroutine that trades its state with its neighbours.
  constexpr int kSide = 5, kGenerations = 4;
  const auto at = [](int x, int y) {
    return static_cast<std::size_t>((y + kSide) % kSide * kSide + (x + kSide) % kSide);
  };
  std::vector<vole::chan<bool>> inbox(kSide * kSide);
  for (auto& one : inbox) one = vole::make_chan<bool>(8 * 2);
  std::vector<char> alive(kSide * kSide);
  alive[at(1, 2)] = alive[at(2, 2)] = alive[at(3, 2)] = 1;
  const auto start = alive;
  for (int generation = 0; generation < kGenerations; ++generation) {
    vole::wait_group cells;
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        cells.go([&, x, y] {
          char& mine = alive[at(x, y)];
          for (int dy = -1; dy <= 1; ++dy)
            for (int dx = -1; dx <= 1; ++dx)
              if (dx != 0 || dy != 0) inbox[at(x + dx, y + dy)].send(mine != 0);
          int neighbours = 0;
          for (int i = 0; i < 8; ++i) neighbours += *inbox[at(x, y)].recv() ? 1 : 0;
          mine = neighbours == 3 || (mine != 0 && neighbours == 2) ? 1 : 0;
        });
      }
    }
    cells.wait();
    if (generation % 2 == 0) EXPECT_NE(alive, start);
  }
  EXPECT_EQ(alive, start);
}

TEST_F(pattern, words_are_counted_by_mappers_and_reducers) {
  const std::vector<std::string> texts{"to be or not to be", "not to yield", "to be to be"};
  const auto words = vole::make_chan<std::string>(8);
  vole::wait_group mappers;
  for (const auto& text : texts) {
    mappers.go([&words, &text] {
      std::size_t from = 0;
      while (from < text.size()) {
        const std::size_t to = std::min(text.find(' ', from), text.size());
        words.send(text.substr(from, to - from));
        from = to + 1;
      }
    });
  }
  vole::go([&] {
    mappers.wait();
    words.close();
  });
  vole::sync_map<std::string, int> counts;
  vole::wait_group reducers;
  for (int r = 0; r < 3; ++r) {
    reducers.go([&] {
      for (const auto& word : words) {
        for (int seen = counts.load_or_store(word, 0).first;
             !counts.compare_and_swap(word, seen, seen + 1); seen = *counts.load(word)) {
        }
      }
    });
  }
  reducers.wait();
  EXPECT_EQ(counts.load("to"), 5);
  EXPECT_EQ(counts.load("be"), 4);
  EXPECT_EQ(counts.load("yield"), 1);
}

TEST_F(pattern, a_hundred_thousand_messages_pass_between_a_crowd) {
  constexpr long kSenders = 20, kEach = 5000;
  const auto ch = vole::make_chan<long>(32);
  std::atomic<long> sum = 0;
  vole::wait_group senders;
  vole::wait_group receivers;
  for (long s = 0; s < kSenders; ++s) {
    senders.go([=] {
      for (long i = 1; i <= kEach; ++i) ch.send(i);
    });
    receivers.go([&, ch] {
      long mine = 0;
      for (const long value : ch) mine += value;
      sum.fetch_add(mine);
    });
  }
  senders.wait();
  ch.close();
  receivers.wait();
  EXPECT_EQ(sum, kSenders * kEach * (kEach + 1) / 2);
}

}  // namespace
