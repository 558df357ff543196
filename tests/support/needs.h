// SPDX-License-Identifier: Apache-2.0
// What a test needs of the machine. Without it the test skips and says what is missing; where
// VOLE_TEST_SKIPS=fail , nothing may be missing. What there is, the system is asked, never the
// code under test: a fault in that must not skip its own tests.
#pragma once

#include <gtest/gtest.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace vole_test {

// For `if (lacks(has_v6(), "IPv6 on the loopback")) GTEST_SKIP() << "...";`
inline bool lacks(bool is_here, const char* what) {
  if (is_here) return false;
  const char* const rule = std::getenv("VOLE_TEST_SKIPS");
  if (rule != nullptr && std::string_view(rule) == "fail")
    ADD_FAILURE() << "this machine lacks " << what
                  << ", and VOLE_TEST_SKIPS=fail asks for every test";
  return true;
}

// The kernel lets [::1] be bound.
inline bool has_v6() {
  const int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  sockaddr_in6 loopback = {};
  loopback.sin6_family = AF_INET6;
  loopback.sin6_addr = in6addr_loopback;
  const bool is_bound =
      bind(fd, reinterpret_cast<const sockaddr*>(&loopback), sizeof loopback) == 0;
  close(fd);
  return is_bound;
}

// "localhost" is a name for 127.0.0.1.
inline bool has_localhost() {
  addrinfo hints = {};
  hints.ai_family = AF_INET;
  addrinfo* found = nullptr;
  if (getaddrinfo("localhost", nullptr, &hints, &found) != 0) return false;
  freeaddrinfo(found);
  return true;
}

}  // namespace vole_test
