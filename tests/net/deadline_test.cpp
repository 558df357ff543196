// SPDX-License-Identifier: Apache-2.0
// Deadlines: they end waits, hold until they are moved, and can be moved under a waiting goroutine.
//
// Those that must pass are in the past or a moment away; those that must not are an hour away.
#include <thread>

#include "tests/net/support.h"

namespace {

using namespace net_test;
using vole::net::errc;

vole::time_point in(vole::duration d) { return vole::steady_clock::now() + d; }

class deadline : public alone {
 protected:
  const conn_pair both = connected();
  char buffer[16];
  std::error_code error;
};

TEST_F(deadline, that_has_passed_fails_at_once_even_when_there_is_something_to_read) {
  both.client.write("x");
  both.server.set_read_deadline(in(-1s));
  EXPECT_EQ(both.server.read(buffer, error), 0u);
  EXPECT_EQ(error, errc::timeout);
  EXPECT_EQ(error, std::errc::timed_out);
  both.server.read(buffer, error);
  EXPECT_EQ(error, errc::timeout) << "it holds";
}

TEST_F(deadline, ends_a_read_that_waits) {
  both.server.set_read_deadline(in(2ms));
  both.server.read(buffer, error);
  EXPECT_EQ(error, errc::timeout);
  EXPECT_THROW(both.server.read(buffer), std::system_error);
}

TEST_F(deadline, ends_a_write_that_waits_and_tells_what_was_written) {
  both.client.set_write_deadline(in(5ms));
  const std::string much(16 << 20, 'x');
  const std::size_t n = both.client.write(much, error);
  EXPECT_EQ(error, errc::timeout);
  EXPECT_LT(n, much.size());
}

TEST_F(deadline, of_reads_leaves_writes_alone) {
  both.client.set_read_deadline(in(-1s));
  both.client.write("x", error);
  EXPECT_FALSE(error);
  both.client.set_write_deadline(in(-1s));
  both.client.write("x", error);
  EXPECT_EQ(error, errc::timeout);
}

TEST_F(deadline, that_is_taken_away_lets_the_connection_go_on) {
  both.server.set_deadline(in(-1s));
  both.server.read(buffer, error);
  EXPECT_EQ(error, errc::timeout);
  both.server.set_deadline(vole::net::no_deadline);
  both.client.write("x");
  EXPECT_EQ(both.server.read(buffer, error), 1u);
  EXPECT_FALSE(error);
}

TEST_F(deadline, that_is_set_into_the_past_ends_a_wait) {
  const auto result = vole::make_chan<std::error_code>();
  vole::go([&] {
    both.server.read(buffer, error);
    result.send(error);
  });
  until_blocked(wait_reason::io_wait);
  both.server.set_read_deadline(in(-1ns));
  EXPECT_EQ(result.recv(), errc::timeout);
}

TEST_F(deadline, that_is_moved_back_lets_a_wait_go_on) {
  const auto result = vole::make_chan<std::error_code>();
  both.server.set_read_deadline(in(1h));
  vole::go([&] {
    both.server.read(buffer, error);
    result.send(error);
  });
  until_blocked(wait_reason::io_wait);
  for (int i = 1; i <= 100; ++i) both.server.set_read_deadline(in(1h + i * 1s));
  both.client.write("x");
  EXPECT_EQ(result.recv(), std::error_code());
}

// The deadline passes and is moved at once, again and again, while a reader waits: it either times
// out or waits on, and never misses what comes.
TEST_F(deadline, that_passes_while_it_is_moved_loses_nothing) {
  constexpr int kMessages = 100;
  const auto done = vole::make_chan<int>();
  vole::go([&] {
    int got = 0;
    while (got < kMessages) {
      got += static_cast<int>(both.server.read(std::span(buffer, 1), error));
      EXPECT_TRUE(!error || error == errc::timeout);
    }
    done.send(got);
  });
  for (int i = 0; i < kMessages; ++i) {
    both.server.set_read_deadline(in(i % 3 == 0 ? -1ns : 10us));
    both.server.set_read_deadline(vole::net::no_deadline);
    both.client.write("x");
  }
  EXPECT_EQ(done.recv(), kMessages);
}

TEST_F(deadline, of_an_accept) {
  const auto listener = vole::net::listen("tcp", "127.0.0.1:0");
  listener.set_deadline(in(2ms));
  listener.accept(error);
  EXPECT_EQ(error, errc::timeout);
  listener.set_deadline(vole::net::no_deadline);
  const auto client = vole::net::dial("tcp", listener.address().text());
  EXPECT_TRUE(listener.accept(error));
}

TEST_F(deadline, reaches_an_adopted_thread) {
  std::thread reader([&] {
    both.server.set_read_deadline(in(2ms));
    both.server.read(buffer, error);
  });
  reader.join();
  EXPECT_EQ(error, errc::timeout);
}

TEST_F(deadline, is_gone_with_its_connection) {
  for (int i = 0; i < 100; ++i) {
    const conn_pair other = connected("unix");
    other.client.set_deadline(in(i % 2 == 0 ? 20us : 1h));
  }
  both.server.set_deadline(in(1ms));
  both.server.read(buffer, error);
  EXPECT_EQ(error, errc::timeout);
}

TEST_F(deadline, many_at_once_all_pass) {
  vole::wait_group all;
  for (int i = 0; i < 50; ++i) {
    all.go([i] {
      const conn_pair mine = connected("unix");
      char one[1];
      std::error_code mine_error;
      mine.server.set_read_deadline(in(i * 50us));
      mine.server.read(one, mine_error);
      EXPECT_EQ(mine_error, errc::timeout);
    });
  }
  all.wait();
}

}  // namespace
