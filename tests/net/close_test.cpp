// SPDX-License-Identifier: Apache-2.0
// Closing: it ends what waits, and the number is not used by anybody when it is free again.
#include <fcntl.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/net/support.h"

namespace {

using namespace net_test;
using vole::net::errc;

class close_of : public alone {};

TEST_F(close_of, a_connection_ends_its_reads_and_writes) {
  const conn_pair both = connected();
  const auto errors = vole::make_chan<std::error_code>();
  vole::go([=] {
    char one[1];
    std::error_code error;
    both.client.read(one, error);
    errors.send(error);
  });
  vole::go([=] {
    std::error_code error;
    both.client.write(std::string(16 << 20, 'x'), error);
    errors.send(error);
  });
  until_blocked(wait_reason::io_wait, 2);
  both.client.close();
  EXPECT_EQ(errors.recv(), errc::closed);
  EXPECT_EQ(errors.recv(), errc::closed);
}

TEST_F(close_of, a_connection_sends_those_away_who_wait_for_their_turn) {
  const conn_pair both = connected();
  const auto errors = vole::make_chan<std::error_code>();
  for (int i = 0; i < 5; ++i) {
    vole::go([=] {
      char one[1];
      std::error_code error;
      both.client.read(one, error);
      errors.send(error);
    });
  }
  until_blocked(wait_reason::io_wait, 1);
  until_blocked(wait_reason::semacquire, 4);
  both.client.close();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(errors.recv(), errc::closed);
}

TEST_F(close_of, a_connection_reaches_an_adopted_thread) {
  const conn_pair both = connected();
  std::error_code error;
  std::thread reader([&] {
    char one[1];
    both.client.read(one, error);
  });
  until_blocked(wait_reason::io_wait);
  both.client.close();
  reader.join();
  EXPECT_EQ(error, errc::closed);
}

TEST_F(close_of, a_listener_ends_its_accepts) {
  const auto listener = vole::net::listen("tcp", "127.0.0.1:0");
  const auto errors = vole::make_chan<std::error_code>();
  for (int i = 0; i < 3; ++i) {
    vole::go([=] {
      std::error_code error;
      listener.accept(error);
      errors.send(error);
    });
  }
  until_blocked(wait_reason::io_wait, 1);
  until_blocked(wait_reason::semacquire, 2);
  listener.close();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(errors.recv(), errc::closed);
}

TEST_F(close_of, a_listener_frees_its_address_before_it_returns) {
  auto listener = vole::net::listen("tcp", "127.0.0.1:0");
  const std::string address = listener.address().text();
  for (int i = 0; i < 20; ++i) {
    vole::go([listener] {
      std::error_code error;
      listener.accept(error);
    });
    until_blocked(wait_reason::io_wait);
    listener.close();
    listener = vole::net::listen("tcp", address);
    vole_test::until([] { return vole_test::count_blocked(wait_reason::io_wait) == 0; });
  }
}

TEST_F(close_of, anything_makes_every_use_an_error) {
  const conn_pair both = connected();
  const vole::net::conn& c = both.client;
  c.close();
  char one[1];
  std::error_code error;
  c.read(one, error);
  EXPECT_EQ(error, errc::closed);
  c.write("x", error);
  EXPECT_EQ(error, errc::closed);
  c.close(error);
  EXPECT_EQ(error, errc::closed);
  c.close_write(error);
  EXPECT_EQ(error, errc::closed);
  c.set_deadline(vole::net::no_deadline, error);
  EXPECT_EQ(error, errc::closed);
  EXPECT_EQ(c.native_handle(), -1);
  EXPECT_THROW(c.read(one), std::system_error);
}

TEST_F(close_of, a_handle_that_was_never_opened_is_closed) {
  const vole::net::conn none;
  EXPECT_FALSE(none);
  std::error_code error;
  char one[1];
  none.read(one, error);
  EXPECT_EQ(error, errc::closed);
  vole::net::listener().accept(error);
  EXPECT_EQ(error, errc::closed);
  EXPECT_EQ(none.remote_address().text(), "");
}

TEST_F(close_of, the_last_handle_closes) {
  conn_pair both = connected();
  const int fd = both.client.native_handle();
  {
    const vole::net::conn copy = both.client;
    both.client = {};
    EXPECT_NE(fcntl(fd, F_GETFD), -1);
  }
  EXPECT_EQ(fcntl(fd, F_GETFD), -1);
  char one[1];
  EXPECT_EQ(both.server.read(one), 0u) << "the other side reads the end";
}

// Many descriptors under the same numbers, each closed under the eyes of its reader: nobody reads
// what was meant for another.
TEST_F(close_of, a_descriptor_never_gives_its_reader_the_next_ones_bytes) {
  vole::wait_group all;
  std::atomic<int> strangers = 0;
  for (int lane = 0; lane < 4; ++lane) {
    all.go([&, lane] {
      const std::string mine(8, static_cast<char>('a' + lane));
      for (int i = 0; i < 100; ++i) {
        const conn_pair both = connected("unix");
        const auto ended = vole::make_chan<bool>();
        vole::go([&, server = both.server, ended] {
          char buffer[8];
          std::error_code error;
          while (const std::size_t n = server.read(buffer, error))
            if (std::string(buffer, n) != mine.substr(0, n)) ++strangers;
          ended.send(true);
        });
        both.client.write(mine);
        if (i % 2 == 0) vole::yield();
        both.server.close();
        ended.recv();
      }
    });
  }
  all.wait();
  EXPECT_EQ(strangers, 0);
}

TEST_F(close_of, several_goroutines_close_once) {
  for (int i = 0; i < 50; ++i) {
    const conn_pair both = connected("unix");
    std::atomic<int> closed = 0;
    vole::wait_group all;
    for (int k = 0; k < 3; ++k) {
      all.go([&] {
        std::error_code error;
        both.client.close(error);
        if (!error) ++closed;
      });
      all.go([&] {
        char one[1];
        std::error_code error;
        both.client.read(one, error);
        EXPECT_EQ(error, errc::closed);
      });
    }
    all.wait();
    EXPECT_EQ(closed, 1);
  }
}

}  // namespace
