// SPDX-License-Identifier: Apache-2.0
// Addresses: of the system, as text, and as the two parts that a text has.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <vole/net.h>

namespace vole::net {

// An address of the system's.
struct endpoint {
  sockaddr_storage storage = {};
  socklen_t bytes = 0;  // 0: unknown

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }
};

address to_address(const endpoint& from);

// "tcp", "tcp4", "tcp6" -> AF_UNSPEC, AF_INET, AF_INET6; "unix" -> AF_UNIX; -1: none of these.
int family_of(std::string_view network);

struct host_and_port {
  std::string host;  // without brackets; empty: none was given
  std::string port;
};
std::error_code split(std::string_view text, host_and_port& parts);

std::error_code to_unix_endpoint(std::string_view path, endpoint& to);

// Without asking anybody: a numeric host (or none) and a numeric port. False when it is not that,
// or not of `family`. Without a host: the wildcard to listen, this machine to dial; of both
// families for AF_UNSPEC, the one to be tried first in front.
bool to_numeric_endpoints(const host_and_port& parts, int family, bool is_passive,
                          std::vector<endpoint>& to);

}  // namespace vole::net
