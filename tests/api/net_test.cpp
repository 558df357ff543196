// SPDX-License-Identifier: Apache-2.0
// The contract of <vole/net.h>: connections whose waits park the goroutine.
#include <gtest/gtest.h>
#include <unistd.h>
#include <vole/chan.h>
#include <vole/context.h>
#include <vole/go.h>
#include <vole/net.h>
#include <vole/wait_group.h>

#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "support.h"

using namespace std::chrono_literals;

static_assert(std::is_copy_constructible_v<vole::net::conn>);
static_assert(std::is_nothrow_move_constructible_v<vole::net::conn>);
static_assert(std::is_error_code_enum_v<vole::net::errc>);

namespace {

class net : public ::testing::Test {
 protected:
  void TearDown() override { vole_test::settle(); }
};

std::string read_all(const vole::net::stream& from) {
  std::string all;
  char buffer[256];
  while (const std::size_t n = from.read(buffer)) all.append(buffer, n);
  return all;
}

TEST_F(net, an_echo_over_tcp_comes_back) {
  const vole::net::listener server = vole::net::listen("tcp", "127.0.0.1:0");
  vole::go([server] {
    const vole::net::conn c = server.accept();
    c.write(read_all(c));
  });
  const vole::net::conn c = vole::net::dial("tcp", server.address().text());
  c.write("there and back");
  c.close_write();
  EXPECT_EQ(read_all(c), "there and back");
}

// What is written before it is sent may be read after it has come: the race detector must know.
TEST_F(net, a_message_orders_what_the_two_sides_do) {
  int fds[2];
  ASSERT_EQ(pipe(fds), 0);
  const vole::net::descriptor reader(fds[0]), writer(fds[1]);
  std::vector<int> shared;
  vole::wait_group done;
  done.go([&] {
    shared.push_back(1);
    writer.write("x");
  });
  char one[1];
  EXPECT_EQ(reader.read(one), 1u);
  shared.push_back(2);
  EXPECT_EQ(shared.size(), 2u);
  done.wait();
}

TEST_F(net, deadlines_and_closing_end_what_waits) {
  const auto listener = vole::net::listen("tcp", "127.0.0.1:0");
  std::error_code error;
  listener.set_deadline(vole::steady_clock::now() + 1ms);
  listener.accept(error);
  EXPECT_EQ(error, std::errc::timed_out);
  listener.set_deadline(vole::net::no_deadline);
  const auto ended = vole::make_chan<std::error_code>();
  vole::go([=] {
    std::error_code mine;
    listener.accept(mine);
    ended.send(mine);
  });
  vole::yield();
  listener.close();
  EXPECT_EQ(ended.recv(), vole::net::errc::closed);
}

TEST_F(net, a_thread_of_the_programs_own_waits_like_everybody) {
  const auto listener = vole::net::listen("tcp", "127.0.0.1:0");
  std::string got;
  std::thread server([&] { got = read_all(listener.accept()); });
  const auto c = vole::net::dial("tcp", listener.address().text());
  c.write("hello, thread");
  c.close();
  server.join();
  EXPECT_EQ(got, "hello, thread");
}

TEST_F(net, a_dial_ends_with_its_context) {
  auto [ctx, cancel] = vole::with_cancel(vole::background());
  cancel();
  std::error_code error;
  EXPECT_FALSE(vole::net::dial(ctx, "tcp", "127.0.0.1:1", error));
  EXPECT_EQ(error, vole::context_errc::canceled);
  EXPECT_THROW(vole::net::dial("nonsense", "127.0.0.1:1"), std::system_error);
}

}  // namespace
