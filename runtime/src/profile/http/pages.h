// SPDX-License-Identifier: Apache-2.0
// What /debug/pprof/ answers, without a word about sockets.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace vole::profile {

struct http_answer {
  int status = 200;
  std::string body;
  std::map<std::string, std::string> headers;  // Content-Type is always among them
};

struct http_question {
  std::string_view path;   // without the query
  std::string_view query;  // behind the '?', not decoded: /symbol reads it as it is
  std::string_view body;   // of a POST
  std::function<std::string(const char* name)> parameter;  // decoded; "" where it is not given
  // Waits; false: the server is being stopped.
  std::function<bool(double seconds)> wait;
};

// The answer of Go's net/http/pprof to the same request. Blocks for `seconds` of profiles that take
// time. 404 for paths outside of /debug/pprof/.
http_answer answer_pprof(const http_question& question);

}  // namespace vole::profile
