// SPDX-License-Identifier: Apache-2.0
// The part of HTTP/1.1 that /debug/pprof needs, as functions on texts. Source: RFC 9112.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vole::profile {

inline constexpr std::size_t kHeadBytesMax = 16384;
inline constexpr std::size_t kBodyBytesMax = 1'048'576;

struct http_request {
  std::string method;
  std::string path;   // decoded, without the query
  std::string query;  // behind the '?', as it came
  std::size_t body_size = 0;
  bool expects_continue = false;
  bool is_chunked = false;
  std::string body;  // read by the caller: body_size bytes

  // The first value of a parameter in the query, decoded; "" where there is none.
  std::string parameter(std::string_view name) const;
};

// The size of the head, with the empty line that ends it; nothing while it is incomplete.
std::optional<std::size_t> head_size(std::string_view bytes);

// Parses a whole head. Fails with a sentence for the client.
base::result<http_request> parse_head(std::string_view head);

// "%41+b" -> "Ab" with a space for the plus if `plus_is_space`; a bad escape stays as it is.
std::string percent_decoded(std::string_view text, bool plus_is_space);

// Status line and headers, with Content-Length, Connection: close and the empty line.
std::string response_head(int status, const std::map<std::string, std::string>& headers,
                          std::size_t body_size);

}  // namespace vole::profile
