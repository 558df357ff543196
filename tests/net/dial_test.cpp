// SPDX-License-Identifier: Apache-2.0
// Dialing: refusals, and contexts that end before the connection is made.
#include <netinet/in.h>
#include <sys/socket.h>
#include <vole/context.h>

#include <stdexcept>
#include <vector>

#include "tests/net/support.h"

namespace {

using namespace net_test;
using vole::net::errc;

class dial : public alone {
 protected:
  std::error_code error;
};

// A port that nobody listens at.
std::string deaf_address() { return vole::net::listen("tcp", "127.0.0.1:0").address().text(); }

TEST_F(dial, is_refused_where_nobody_listens) {
  const std::string address = deaf_address();
  EXPECT_FALSE(vole::net::dial("tcp", address, error));
  EXPECT_EQ(error, std::errc::connection_refused);
  try {
    vole::net::dial("tcp", address);
    FAIL() << "connected to nobody";
  } catch (const std::system_error& e) {
    EXPECT_EQ(std::string(e.what()).rfind("dial tcp " + address + ": ", 0), 0u) << e.what();
  }
  EXPECT_FALSE(vole::net::dial("unix", "@nobody-listens-here", error));
  EXPECT_EQ(error, std::errc::connection_refused);
}

TEST_F(dial, fails_at_once_under_a_context_that_has_ended) {
  const auto listener = vole::net::listen("tcp", "127.0.0.1:0");
  auto [ctx, cancel] = vole::with_cancel(vole::background());
  cancel();
  EXPECT_FALSE(vole::net::dial(ctx, "tcp", listener.address().text(), error));
  EXPECT_EQ(error, vole::context_errc::canceled);
}

TEST_F(dial, under_a_context_that_ends_later_gives_a_connection_that_stays) {
  const auto listener = vole::net::listen("tcp", "127.0.0.1:0");
  vole::net::conn c;
  {
    const auto [ctx, cancel] = vole::with_cancel(vole::background());
    c = vole::net::dial(ctx, "tcp", listener.address().text());
  }
  const auto server = listener.accept();
  c.write("x");
  char one[1];
  EXPECT_EQ(server.read(one), 1u);
}

TEST_F(dial, refused_under_a_context_is_refused) {
  const auto [ctx, cancel] = vole::with_timeout(vole::background(), 1h);
  vole::net::dial(ctx, "tcp", deaf_address(), error);
  EXPECT_EQ(error, std::errc::connection_refused);
}

// A listener whose queue is full: the next handshakes are not answered.
class deaf_queue {
 public:
  deaf_queue() {
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at = {};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t bytes = sizeof at;
    if (bind(fd_, reinterpret_cast<sockaddr*>(&at), bytes) != 0 || ::listen(fd_, 0) != 0 ||
        getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &bytes) != 0)
      throw std::runtime_error("no listener");
    address_ = "127.0.0.1:" + std::to_string(ntohs(at.sin_port));
  }
  ~deaf_queue() { ::close(fd_); }
  // Dials until one waits; the others are kept.
  void fill() {
    for (int i = 0; i < 16; ++i) {
      const auto [ctx, cancel] = vole::with_timeout(vole::background(), 20ms);
      std::error_code error;
      kept_.push_back(vole::net::dial(ctx, "tcp", address_, error));
      if (error) return;
    }
    throw std::runtime_error("the queue takes everybody");
  }
  const std::string& address() const { return address_; }

 private:
  int fd_ = -1;
  std::string address_;
  std::vector<vole::net::conn> kept_;
};

TEST_F(dial, that_waits_ends_with_its_context) {
  deaf_queue nobody;
  nobody.fill();
  const auto result = vole::make_chan<std::error_code>();
  auto [ctx, cancel] = vole::with_cancel(vole::background());
  vole::go([&, ctx = ctx] {
    std::error_code mine;
    vole::net::dial(ctx, "tcp", nobody.address(), mine);
    result.send(mine);
  });
  until_blocked(wait_reason::io_wait);
  cancel();
  EXPECT_EQ(result.recv(), vole::context_errc::canceled);
}

TEST_F(dial, that_waits_ends_at_the_deadline_of_its_context) {
  deaf_queue nobody;
  nobody.fill();
  const auto [ctx, cancel] = vole::with_timeout(vole::background(), 5ms);
  vole::net::dial(ctx, "tcp", nobody.address(), error);
  EXPECT_EQ(error, vole::context_errc::deadline_exceeded);
}

TEST_F(dial, canceled_at_any_moment_either_connects_or_says_so) {
  const auto listener = vole::net::listen("tcp", "127.0.0.1:0");
  vole::go([=] {
    std::error_code ended;
    while (!ended) listener.accept(ended);
  });
  for (int i = 0; i < 100; ++i) {
    auto [ctx, cancel] = vole::with_cancel(vole::background());
    vole::go([cancel = std::move(cancel)] { cancel(); });
    const auto c = vole::net::dial(ctx, "tcp", listener.address().text(), error);
    EXPECT_TRUE(c ? !error : error == vole::context_errc::canceled) << error.message();
  }
  listener.close();
}

TEST_F(dial, looking_up_a_name_under_a_context_works_and_can_be_given_up) {
  if (lacks(has_localhost(), kLocalhost)) GTEST_SKIP() << "without " << kLocalhost;
  const auto listener = vole::net::listen("tcp4", "127.0.0.1:0");
  const std::string address = "localhost:" + std::to_string(listener.address().port);
  const auto [ctx, cancel] = vole::with_timeout(vole::background(), 1h);
  const auto c = vole::net::dial(ctx, "tcp4", address, error);
  ASSERT_FALSE(error) << error.message();
  EXPECT_TRUE(listener.accept());
  for (int i = 0; i < 20; ++i) {
    auto [short_ctx, stop] = vole::with_cancel(vole::background());
    vole::go([stop = std::move(stop)] { stop(); });
    const auto maybe = vole::net::dial(short_ctx, "tcp4", address, error);
    EXPECT_TRUE(maybe ? !error : error == vole::context_errc::canceled) << error.message();
  }
}

}  // namespace
