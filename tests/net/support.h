// SPDX-License-Identifier: Apache-2.0
// What the net tests share: connected pairs of each kind, and tests that leave no goroutine behind.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/net.h>
#include <vole/wait_group.h>

#include <atomic>
#include <chrono>
#include <string>
#include <utility>

#include "tests/support/blocked.h"
#include "tests/support/needs.h"

namespace net_test {

using namespace std::chrono_literals;
using vole::event::wait_reason;
using vole_test::has_localhost;
using vole_test::has_v6;
using vole_test::lacks;
using vole_test::until_blocked;

constexpr const char* kV6 = "IPv6 on the loopback";
constexpr const char* kLocalhost = "the name localhost for 127.0.0.1";

struct conn_pair {
  vole::net::conn client, server;
};

inline std::string fresh_address(const std::string& network) {
  static std::atomic<int> count = 0;
  if (network == "tcp6") return "[::1]:0";
  if (network != "unix") return "127.0.0.1:0";
  return "@vole-net-test-" + std::to_string(getpid()) + "-" + std::to_string(++count);
}

// A listener's backlog takes the connection, so that one goroutine can do both.
inline conn_pair connected(const std::string& network = "tcp") {
  const auto listener = vole::net::listen(network, fresh_address(network));
  conn_pair made;
  made.client = vole::net::dial(network, listener.address().text());
  made.server = listener.accept();
  return made;
}

// Begins and ends with main as the only goroutine.
class alone : public ::testing::Test {
 protected:
  void TearDown() override { vole_test::until_alone(); }
};

// The laws of connections, for each kind.
class each_network : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (GetParam() == std::string("tcp6") && lacks(has_v6(), kV6))
      GTEST_SKIP() << "without " << kV6;
  }
  void TearDown() override { vole_test::until_alone(); }
  conn_pair connected() const { return net_test::connected(GetParam()); }
};

inline std::string read_all(const vole::net::stream& from) {
  std::string all;
  char buffer[4096];
  while (const std::size_t n = from.read(buffer)) all.append(buffer, n);
  return all;
}

}  // namespace net_test
