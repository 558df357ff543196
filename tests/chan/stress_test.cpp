// SPDX-License-Identifier: Apache-2.0
// Many goroutines on few channels: nothing is lost, nothing comes twice, nobody stays behind.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/select.h>
#include <vole/wait_group.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/blocked.h"

namespace {

constexpr int kEach = 400;

TEST(stress, senders_and_receivers_conserve_the_sum) {
  for (const std::size_t capacity : {0u, 1u, 16u}) {
    const auto ch = vole::make_chan<std::unique_ptr<int>>(capacity);
    vole::wait_group senders, receivers;
    std::atomic<long> sum = 0;
    for (int g = 0; g < 6; ++g) {
      senders.go([&] {
        for (int i = 1; i <= kEach; ++i) ch.send(std::make_unique<int>(i));
      });
      receivers.go([&] {
        long mine = 0;
        for (const auto& v : ch) mine += *v;
        sum += mine;
      });
    }
    senders.wait();
    ch.close();
    receivers.wait();
    EXPECT_EQ(sum, 6L * kEach * (kEach + 1) / 2);
  }
}

TEST(stress, selects_on_both_sides_conserve_the_sum) {
  const auto a = vole::make_chan<int>();
  const auto b = vole::make_chan<int>(2);
  const auto stop = vole::make_chan<vole::unit>();
  vole::wait_group senders, receivers;
  std::atomic<long> sent = 0, received = 0;
  for (int g = 0; g < 4; ++g) {
    senders.go([&] {
      for (int i = 1; i <= kEach; ++i) select(vole::on_send(a, i), vole::on_send(b, i)), sent += i;
    });
    receivers.go([&] {
      for (bool is_on = true; is_on;) {
        std::optional<int> got;
        is_on = select(vole::on_recv(a, got), vole::on_recv(b, got), vole::on_recv(stop)) != 2;
        if (got) received += *got;
      }
    });
  }
  senders.wait();
  vole_test::until([&] { return b.len() == 0 && received == sent; });
  stop.close();
  receivers.wait();
  EXPECT_EQ(received, sent);
}

TEST(stress, try_operations_conserve_the_sum) {
  const auto ch = vole::make_chan<int>(2);
  vole::wait_group all;
  std::atomic<int> received = 0;
  for (int g = 0; g < 3; ++g) {
    all.go([&] {
      for (int i = 0; i < kEach; ++i)
        while (ch.try_send(1) != vole::chan_status::ok) vole::yield();
    });
    all.go([&] {
      for (int i = 0; i < kEach; ++i) {
        int out = 0;
        while (ch.try_recv(out) != vole::chan_status::ok) vole::yield();
        received += out;
      }
    });
  }
  all.wait();
  EXPECT_EQ(received, 3 * kEach);
  EXPECT_EQ(ch.len(), 0u);
}

TEST(stress, closing_under_selects_lets_everybody_go) {
  for (int round = 0; round < 100; ++round) {
    const auto a = vole::make_chan<int>();
    const auto b = vole::make_chan<int>();
    vole::wait_group all;
    for (int g = 0; g < 4; ++g)
      all.go([&] {
        while (true) {
          std::optional<int> got = 1;
          select(vole::on_recv(a, got), vole::on_recv(b, got));
          if (!got) return;
        }
      });
    for (int i = 0; i < 3; ++i) select(vole::on_send(a, i), vole::on_send(b, i));
    (round % 2 == 0 ? a : b).close();
    all.wait();
  }
}

TEST(stress, threads_and_goroutines_conserve_the_sum) {
  const auto ch = vole::make_chan<int>();
  std::atomic<int> received = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&] {
      for (int v : ch) received += v;
    });
  vole::wait_group senders;
  for (int g = 0; g < 3; ++g)
    senders.go([&] {
      for (int i = 0; i < kEach; ++i) ch.send(1);
    });
  senders.wait();
  ch.close();
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(received, 3 * kEach);
}

}  // namespace
