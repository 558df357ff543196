// SPDX-License-Identifier: Apache-2.0
// Reading and writing over connections of each kind.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/net/support.h"

namespace {

using namespace net_test;
using vole::net::errc;

void echo(const vole::net::conn& c) {
  char buffer[1024];
  while (const std::size_t n = c.read(buffer)) c.write({buffer, n});
}

INSTANTIATE_TEST_SUITE_P(transfer, each_network, ::testing::Values("tcp", "tcp4", "tcp6", "unix"),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(each_network, what_is_written_is_read) {
  const conn_pair both = connected();
  EXPECT_EQ(both.client.write("hello"), 5u);
  char buffer[16];
  ASSERT_EQ(both.server.read_full(std::span(buffer, 5)), 5u);
  EXPECT_EQ(std::string(buffer, 5), "hello");
}

TEST_P(each_network, bytes_are_as_good_as_characters) {
  const conn_pair both = connected();
  const std::vector<std::byte> sent = {std::byte{1}, std::byte{2}};
  both.client.write(sent);
  std::byte got[2];
  EXPECT_EQ(both.server.read_full(got), 2u);
  EXPECT_EQ(got[1], std::byte{2});
}

TEST_P(each_network, a_reader_parks_until_something_comes) {
  const conn_pair both = connected();
  const auto out = vole::make_chan<std::string>();
  vole::go([=] {
    char buffer[16];
    const std::size_t n = both.server.read(buffer);
    out.send(std::string(buffer, n));
  });
  until_blocked(wait_reason::io_wait);
  both.client.write("late");
  EXPECT_EQ(out.recv(), "late");
}

TEST_P(each_network, close_write_is_the_end_for_the_other_side_only) {
  const conn_pair both = connected();
  vole::go([server = both.server] {
    const std::string all = read_all(server);
    server.write(all + "!");
    server.close();
  });
  both.client.write("half");
  both.client.close_write();
  EXPECT_EQ(read_all(both.client), "half!");
  std::error_code error;
  both.client.write("more", error);
  EXPECT_EQ(error, std::errc::broken_pipe) << "and no SIGPIPE";
}

TEST_P(each_network, the_end_is_zero_bytes_again_and_again) {
  const conn_pair both = connected();
  both.client.write("x");
  both.client.close();
  char buffer[16];
  std::error_code error;
  EXPECT_EQ(both.server.read(buffer, error), 1u);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(both.server.read(buffer, error), 0u);
    EXPECT_FALSE(error);
  }
}

TEST_P(each_network, an_end_that_comes_after_a_short_read_is_seen) {
  const conn_pair both = connected();
  vole::go([client = both.client] {
    client.write("x");
    until_blocked(wait_reason::io_wait);  // the reader has read it and waits for more
    client.close();
  });
  EXPECT_EQ(read_all(both.server), "x");
}

TEST_P(each_network, read_full_tells_an_early_end_from_a_clean_one) {
  const conn_pair both = connected();
  both.client.write("abc");
  both.client.close();
  char buffer[2];
  std::error_code error;
  EXPECT_EQ(both.server.read_full(buffer, error), 2u);
  EXPECT_FALSE(error);
  EXPECT_EQ(both.server.read_full(buffer, error), 1u);
  EXPECT_EQ(error, errc::unexpected_eof);
  EXPECT_EQ(both.server.read_full(buffer, error), 0u);
  EXPECT_FALSE(error);
}

TEST_P(each_network, nothing_read_into_or_written_is_done_at_once) {
  const conn_pair both = connected();
  EXPECT_EQ(both.server.read(std::span<char>()), 0u);
  EXPECT_EQ(both.server.write(""), 0u);
}

TEST_P(each_network, a_big_write_waits_for_the_reader_and_arrives_whole) {
  const conn_pair both = connected();
  std::string sent(8 << 20, '\0');
  for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>(i * 2654435761u >> 13);
  vole::go([&, client = both.client] {
    EXPECT_EQ(client.write(sent), sent.size());
    client.close();
  });
  until_blocked(wait_reason::io_wait);  // the buffers of the system are full
  EXPECT_TRUE(read_all(both.server) == sent);
}

TEST_P(each_network, write_some_writes_a_part_when_the_other_side_does_not_read) {
  const conn_pair both = connected();
  const std::string much(8 << 20, 'x');
  const std::size_t n = both.client.write_some(much);
  EXPECT_GT(n, 0u);
  EXPECT_LT(n, much.size());
}

TEST_P(each_network, a_read_and_a_write_of_one_connection_go_on_side_by_side) {
  const conn_pair both = connected();
  vole::go([server = both.server] {
    echo(server);
    server.close();
  });
  constexpr int kRounds = 500;
  vole::go([=] {
    for (int i = 0; i < kRounds; ++i) both.client.write("0123456789abcdef");
    both.client.close_write();
  });
  EXPECT_EQ(read_all(both.client).size(), kRounds * 16u);
}

TEST_P(each_network, whole_writes_of_several_goroutines_do_not_mix) {
  const conn_pair both = connected();
  constexpr std::size_t kBytes = 1 << 20;
  vole::wait_group writers;
  for (const char letter : {'a', 'b', 'c'})
    writers.go([=] { both.client.write(std::string(kBytes, letter)); });
  std::string got(3 * kBytes, '\0');
  both.server.read_full(got);
  writers.wait();
  for (std::size_t part = 0; part < 3; ++part) {
    const std::string_view mine(got.data() + part * kBytes, kBytes);
    EXPECT_EQ(mine.find_first_not_of(mine[0]), std::string_view::npos);
  }
}

TEST_P(each_network, readers_of_one_connection_take_turns_first_come_first_served) {
  const conn_pair both = connected();
  const auto order = vole::make_chan<int>(3);
  for (int i = 0; i < 3; ++i) {
    vole::go([=] {
      char one[1];
      both.server.read(one);
      order.send(i);
    });
    if (i == 0)
      until_blocked(wait_reason::io_wait);
    else
      until_blocked(wait_reason::semacquire, static_cast<std::size_t>(i));
  }
  for (int i = 0; i < 3; ++i) {
    both.client.write("x");
    EXPECT_EQ(order.recv(), i);
  }
}

TEST_P(each_network, a_ping_pong_of_adopted_threads_works) {
  const conn_pair both = connected();
  std::thread server([&] { echo(both.server); });
  char one[1];
  for (int i = 0; i < 200; ++i) {
    both.client.write("x");
    ASSERT_EQ(both.client.read(one), 1u);
  }
  both.client.close();
  server.join();
}

using many = alone;

TEST_F(many, a_thousand_connections_are_echoed_at_the_same_time) {
  constexpr int kConns = 1000, kRounds = 5;
  const auto listener = vole::net::listen("unix", fresh_address("unix"));
  vole::go([=] {
    std::error_code error;
    for (;;) {
      const auto c = listener.accept(error);
      if (error) return;
      vole::go([c] { echo(c); });
    }
  });
  std::atomic<int> echoed = 0;
  vole::wait_group all;
  std::vector<vole::net::conn> clients;
  for (int i = 0; i < kConns; ++i)
    clients.push_back(vole::net::dial("unix", listener.address().text()));
  for (int i = 0; i < kConns; ++i) {
    all.go([&, i] {
      const std::string mine = "message of " + std::to_string(i);
      for (int round = 0; round < kRounds; ++round) {
        clients[static_cast<std::size_t>(i)].write(mine);
        std::string back(mine.size(), '\0');
        clients[static_cast<std::size_t>(i)].read_full(back);
        if (back == mine) ++echoed;
      }
    });
  }
  all.wait();
  EXPECT_EQ(echoed, kConns * kRounds);
  clients.clear();
  listener.close();
}

TEST_F(many, connections_come_and_go) {
  const auto listener = vole::net::listen("tcp", "127.0.0.1:0");
  vole::go([=] {
    std::error_code error;
    for (;;) {
      const auto c = listener.accept(error);
      if (error) return;
      vole::go([c] { echo(c); });
    }
  });
  vole::wait_group all;
  for (int client = 0; client < 8; ++client) {
    all.go([=] {
      for (int i = 0; i < 25; ++i) {
        const auto c = vole::net::dial("tcp", listener.address().text());
        c.write("ping");
        c.close_write();
        EXPECT_EQ(read_all(c), "ping");
      }
    });
  }
  all.wait();
  listener.close();
}

TEST_F(many, a_reader_is_served_while_other_goroutines_compute) {
  const conn_pair both = connected();
  std::atomic<bool> is_over = false;
  vole::wait_group hogs;
  for (int i = 0; i < 2; ++i) {
    hogs.go([&] {
      while (!is_over) vole::yield();
    });
  }
  vole::go([=] { echo(both.server); });
  char one[1];
  for (int i = 0; i < 50; ++i) {
    both.client.write("x");
    both.client.read(one);
  }
  is_over = true;
  hogs.wait();
  both.client.close();
}

}  // namespace
