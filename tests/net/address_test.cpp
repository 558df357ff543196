// SPDX-License-Identifier: Apache-2.0
// Addresses as texts, and the errors of those that are none.
#include "tests/net/support.h"

namespace {

using namespace net_test;
using vole::net::errc;

std::error_code listen_error(const char* network, const char* address) {
  std::error_code error;
  vole::net::listen(network, address, error);
  return error;
}

std::error_code dial_error(const char* network, const char* address) {
  std::error_code error;
  vole::net::dial(network, address, error);
  return error;
}

TEST(address, texts_that_are_none_are_refused) {
  EXPECT_EQ(listen_error("tcp", "127.0.0.1"), errc::missing_port);
  EXPECT_EQ(listen_error("tcp", ""), errc::missing_port);
  EXPECT_EQ(listen_error("tcp", "::1"), errc::missing_port) << "a v6 address needs brackets";
  EXPECT_EQ(listen_error("tcp", "[::1"), errc::missing_port);
  EXPECT_EQ(listen_error("tcp", "[::1]80"), errc::missing_port);
  EXPECT_EQ(listen_error("udp", "127.0.0.1:0"), errc::unknown_network);
  EXPECT_EQ(dial_error("", "127.0.0.1:80"), errc::unknown_network);
  EXPECT_EQ(dial_error("tcp", "127.0.0.1:no-such-service"), errc::unknown_port);
  EXPECT_EQ(dial_error("tcp6", "127.0.0.1:80"), errc::no_such_host) << "not of this family";
  EXPECT_EQ(dial_error("unix", std::string(200, 'x').c_str()), std::errc::filename_too_long);
}

TEST(address, errors_have_the_words_of_go) {
  EXPECT_EQ(make_error_code(errc::closed).message(), "use of closed network connection");
  EXPECT_EQ(make_error_code(errc::timeout).message(), "i/o timeout");
  EXPECT_EQ(make_error_code(errc::missing_port).message(), "missing port in address");
  EXPECT_EQ(make_error_code(errc::timeout), std::errc::timed_out);
  EXPECT_NE(make_error_code(errc::closed), std::errc::timed_out);
}

TEST(address, without_an_error_code_they_are_thrown_with_what_was_tried) {
  try {
    vole::net::listen("tcp", "nowhere");
    FAIL() << "listens without a port";
  } catch (const std::system_error& e) {
    EXPECT_EQ(e.code(), errc::missing_port);
    EXPECT_STREQ(e.what(), "listen tcp nowhere: missing port in address");
  }
}

TEST(address, port_zero_is_any_free_port_and_is_told) {
  const auto one = vole::net::listen("tcp4", "127.0.0.1:0");
  EXPECT_EQ(one.address().network, "tcp");
  EXPECT_EQ(one.address().host, "127.0.0.1");
  EXPECT_NE(one.address().port, 0);
  EXPECT_EQ(one.address().text(), "127.0.0.1:" + std::to_string(one.address().port));
  EXPECT_EQ(listen_error("tcp4", one.address().text().c_str()), std::errc::address_in_use);
}

TEST(address, a_host_of_v6_stands_in_brackets) {
  if (lacks(has_v6(), kV6)) GTEST_SKIP() << "without " << kV6;
  const auto one = vole::net::listen("tcp", "[::1]:0");
  EXPECT_EQ(one.address().text(), "[::1]:" + std::to_string(one.address().port));
}

TEST(address, both_ends_agree_and_are_told_after_the_close) {
  const conn_pair both = connected();
  EXPECT_EQ(both.client.local_address().text(), both.server.remote_address().text());
  EXPECT_EQ(both.client.remote_address().text(), both.server.local_address().text());
  const std::string before = both.client.remote_address().text();
  both.client.close();
  EXPECT_EQ(both.client.remote_address().text(), before);
}

TEST(address, without_a_host_it_is_this_machine) {
  const auto any = vole::net::listen("tcp", ":0");
  const auto port = ":" + std::to_string(any.address().port);
  const auto client = vole::net::dial("tcp", port);
  EXPECT_TRUE(any.accept());
  EXPECT_EQ(client.remote_address().port, any.address().port);
}

TEST(address, a_name_is_looked_up) {
  if (lacks(has_localhost(), kLocalhost)) GTEST_SKIP() << "without " << kLocalhost;
  const auto named = vole::net::listen("tcp4", "localhost:0");
  EXPECT_EQ(named.address().host, "127.0.0.1");
  EXPECT_TRUE(vole::net::dial("tcp4", "localhost:" + std::to_string(named.address().port)));
}

TEST(address, a_unix_socket_is_a_path_that_close_removes) {
  const std::string path = "/tmp/vole-net-test-" + std::to_string(getpid());
  const auto listener = vole::net::listen("unix", path);
  EXPECT_EQ(listener.address().network, "unix");
  EXPECT_EQ(listener.address().text(), path);
  const auto client = vole::net::dial("unix", path);
  EXPECT_EQ(client.remote_address().text(), path);
  EXPECT_EQ(client.local_address().text(), "") << "the dialing end has no name";
  listener.close();
  EXPECT_NE(::access(path.c_str(), F_OK), 0);
  EXPECT_EQ(dial_error("unix", path.c_str()), std::errc::no_such_file_or_directory);
}

TEST(address, an_abstract_unix_socket_begins_with_an_at_sign) {
  const std::string name = fresh_address("unix");
  const auto listener = vole::net::listen("unix", name);
  EXPECT_EQ(listener.address().text(), name);
  EXPECT_TRUE(vole::net::dial("unix", name));
}

}  // namespace
