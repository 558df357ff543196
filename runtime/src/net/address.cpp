// SPDX-License-Identifier: Apache-2.0
// Addresses from text and to text.
#include "net/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <charconv>
#include <cstddef>
#include <cstring>

namespace vole::net {
namespace {

endpoint v4_endpoint(in_addr host, std::uint16_t port) {
  endpoint made;
  auto& to = reinterpret_cast<sockaddr_in&>(made.storage);
  to.sin_family = AF_INET;
  to.sin_addr = host;
  to.sin_port = htons(port);
  made.bytes = sizeof to;
  return made;
}

endpoint v6_endpoint(const in6_addr& host, std::uint16_t port, std::uint32_t scope = 0) {
  endpoint made;
  auto& to = reinterpret_cast<sockaddr_in6&>(made.storage);
  to.sin6_family = AF_INET6;
  to.sin6_addr = host;
  to.sin6_port = htons(port);
  to.sin6_scope_id = scope;
  made.bytes = sizeof to;
  return made;
}

bool to_port(std::string_view text, std::uint16_t& port) {
  if (text.empty()) return true;  // 0
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size();
}

bool to_v6_host(const std::string& text, in6_addr& host, std::uint32_t& scope) {
  const std::size_t zone = text.find('%');
  if (inet_pton(AF_INET6, text.substr(0, zone).c_str(), &host) != 1) return false;
  if (zone == std::string::npos) return true;
  scope = if_nametoindex(text.c_str() + zone + 1);
  return scope != 0;
}

std::string unix_path(const endpoint& from) {
  const auto& path = reinterpret_cast<const sockaddr_un&>(from.storage);
  const std::size_t bytes = from.bytes - offsetof(sockaddr_un, sun_path);
  if (from.bytes <= offsetof(sockaddr_un, sun_path)) return {};  // without a name
  if (path.sun_path[0] == '\0') return "@" + std::string(path.sun_path + 1, bytes - 1);
  return std::string(path.sun_path, strnlen(path.sun_path, bytes));
}

}  // namespace

std::string address::text() const {
  if (network != "tcp") return host;
  const bool is_v6 = host.find(':') != std::string::npos;
  return (is_v6 ? "[" + host + "]:" : host + ":") + std::to_string(port);
}

address to_address(const endpoint& from) {
  char text[INET6_ADDRSTRLEN] = {};
  switch (from.bytes == 0 ? AF_UNSPEC : from.family()) {
    case AF_INET: {
      const auto& v4 = reinterpret_cast<const sockaddr_in&>(from.storage);
      inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
      return {"tcp", text, ntohs(v4.sin_port)};
    }
    case AF_INET6: {
      const auto& v6 = reinterpret_cast<const sockaddr_in6&>(from.storage);
      if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr))
        inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text, sizeof text);
      else
        inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
      std::string host = text;
      char zone[IF_NAMESIZE] = {};
      if (v6.sin6_scope_id != 0 && if_indextoname(v6.sin6_scope_id, zone) != nullptr)
        host = host + "%" + zone;
      return {"tcp", std::move(host), ntohs(v6.sin6_port)};
    }
    case AF_UNIX:
      return {"unix", unix_path(from), 0};
    default:
      return {};
  }
}

int family_of(std::string_view network) {
  if (network == "tcp") return AF_UNSPEC;
  if (network == "tcp4") return AF_INET;
  if (network == "tcp6") return AF_INET6;
  if (network == "unix") return AF_UNIX;
  return -1;
}

std::error_code split(std::string_view text, host_and_port& parts) {
  const std::size_t colon = text.rfind(':');
  const bool is_bracketed = !text.empty() && text.front() == '[';
  const std::size_t bracket = is_bracketed ? text.find(']') : 0;
  if (colon == std::string_view::npos || bracket == std::string_view::npos ||
      (is_bracketed && bracket + 1 != colon))
    return errc::missing_port;
  std::string_view host = text.substr(0, colon);
  if (is_bracketed)
    host = host.substr(1, bracket - 1);
  else if (host.find(':') != std::string_view::npos)  // too many: a v6 address without brackets
    return errc::missing_port;
  parts.host = host;
  parts.port = text.substr(colon + 1);
  return {};
}

std::error_code to_unix_endpoint(std::string_view path, endpoint& to) {
  auto& made = reinterpret_cast<sockaddr_un&>(to.storage);
  made.sun_family = AF_UNIX;
  const bool is_abstract = !path.empty() && path.front() == '@';
  const std::size_t limit = sizeof made.sun_path - (is_abstract ? 0 : 1);
  if (path.size() > limit) return std::make_error_code(std::errc::filename_too_long);
  std::memcpy(made.sun_path, path.data(), path.size());
  if (is_abstract) made.sun_path[0] = '\0';
  to.bytes = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() +
                                    (is_abstract || path.empty() ? 0 : 1));
  return {};
}

bool to_numeric_endpoints(const host_and_port& parts, int family, bool is_passive,
                          std::vector<endpoint>& to) {
  std::uint16_t port = 0;
  if (!to_port(parts.port, port)) return false;
  if (parts.host.empty()) {
    const endpoint v6 = v6_endpoint(is_passive ? in6addr_any : in6addr_loopback, port);
    const endpoint v4 = v4_endpoint({htonl(is_passive ? INADDR_ANY : INADDR_LOOPBACK)}, port);
    // A listener on the v6 wildcard hears v4, too; a dialer finds more listeners on v4.
    if (family == AF_UNSPEC) to = is_passive ? std::vector{v6, v4} : std::vector{v4, v6};
    if (family == AF_INET) to = {v4};
    if (family == AF_INET6) to = {v6};
    return true;
  }
  in_addr v4;
  in6_addr v6;
  std::uint32_t scope = 0;
  if (family != AF_INET6 && inet_pton(AF_INET, parts.host.c_str(), &v4) == 1)
    to = {v4_endpoint(v4, port)};
  else if (family != AF_INET && to_v6_host(parts.host, v6, scope))
    to = {v6_endpoint(v6, port, scope)};
  return !to.empty();
}

}  // namespace vole::net
