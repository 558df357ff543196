// SPDX-License-Identifier: Apache-2.0
// Where profiles come from: files and HTTP servers.
#include "vole/source.h"

#include <httplib.h>
#include <sys/stat.h>

#include <cctype>
#include <charconv>
#include <iostream>
#include <optional>

#include "model/read_profile.h"

namespace vole::cli {
namespace {

constexpr const char* kDefaultPath = "/debug/pprof/profile";
constexpr int kDefaultTimeoutSeconds = 60;
constexpr int kTimeoutSlackSeconds = 5;  // for the server to gather and send what it sampled

struct url {
  std::string scheme;
  std::string host;  // with the port
  std::string path;
  std::string query;

  std::string text() const {
    return scheme + "://" + host + path + (query.empty() ? std::string() : "?" + query);
  }
};

std::optional<url> parse_url(const std::string& text) {
  const std::size_t colon = text.find("://");
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  url parsed;
  parsed.scheme = text.substr(0, colon);
  std::string rest = text.substr(colon + 3, text.find('#', colon) - colon - 3);
  const std::size_t question = rest.find('?');
  if (question != std::string::npos) {
    parsed.query = rest.substr(question + 1);
    rest.resize(question);
  }
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  parsed.host = rest.substr(0, slash);
  parsed.path = rest.substr(slash);
  if (parsed.host.empty()) return std::nullopt;
  return parsed;
}

// The query with `name` set to `value`, other parameters as they were.
std::string set_parameter(const std::string& query, const std::string& name,
                          const std::string& value) {
  std::string out;
  for (std::size_t begin = 0; begin < query.size();) {
    const std::size_t end = std::min(query.find('&', begin), query.size());
    const std::string part = query.substr(begin, end - begin);
    begin = end + 1;
    if (part.empty() || part == name || part.starts_with(name + "=")) continue;
    out += (out.empty() ? "" : "&") + part;
  }
  return out + (out.empty() ? "" : "&") + name + "=" + value;
}

int seconds_of_query(const std::string& query) {
  const std::string wanted = "seconds=";
  std::size_t at = query.starts_with(wanted) ? 0 : query.find("&" + wanted);
  if (at == std::string::npos) return 0;
  at = query.find('=', at) + 1;
  int seconds = 0;
  std::from_chars(query.data() + at, query.data() + query.size(), seconds);
  return seconds;
}

bool has_scheme_only(const std::string& source) {
  const std::size_t colon = source.find(':');
  if (colon == std::string::npos || colon == 0) return false;
  // host:port/path. A path with a colon in a later part is a file.
  return source.find('/') > colon;
}

std::string explain(httplib::Error error, int timeout_seconds) {
  switch (error) {
    case httplib::Error::Connection:
    case httplib::Error::ConnectionTimeout:
      return "cannot connect";
    case httplib::Error::Read:
      return "the connection broke, or no answer came within " + std::to_string(timeout_seconds) +
             " s";
    default:
      return httplib::to_string(error);
  }
}

base::result<format::profile> fetch(const url& from, int timeout_seconds) {
  if (from.scheme != "http" && from.scheme != "https") {
    return base::error{"scheme \"" + from.scheme + "\", expected http or https"};
  }
  httplib::Client client(from.scheme + "://" + from.host);
  client.set_read_timeout(timeout_seconds, 0);
  client.set_follow_location(true);
  const std::string target = from.path + (from.query.empty() ? "" : "?" + from.query);
  const httplib::Result answer = client.Get(target);
  if (!answer) return base::error{"http fetch: " + explain(answer.error(), timeout_seconds)};
  if (answer->status != 200) {
    std::string text = "server response: " + std::to_string(answer->status);
    if (!answer->reason.empty()) text += " " + answer->reason;
    const bool is_message =
        answer->has_header("X-Go-Pprof") &&
        answer->get_header_value("Content-Type").find("text/plain") != std::string::npos;
    if (is_message) text += " - " + answer->body;
    return base::error{text};
  }
  return model::decode_profile(answer->body, from.text());
}

}  // namespace

bool is_url(const std::string& source) {
  struct stat status{};
  if (::stat(source.c_str(), &status) == 0) return false;
  return parse_url(source).has_value() || has_scheme_only(source);
}

std::string request_url(const std::string& source, const fetch_options& options) {
  std::optional<url> parsed = parse_url(source);
  if (!parsed) parsed = parse_url("http://" + source);
  if (!parsed) return source;
  if (parsed->path.empty() || parsed->path == "/") parsed->path = kDefaultPath;
  if (options.seconds > 0) {
    parsed->query = set_parameter(parsed->query, "seconds", std::to_string(options.seconds));
  }
  return parsed->text();
}

base::result<format::profile> load_source(const std::string& source, const fetch_options& options) {
  if (!is_url(source)) return model::read_profile_file(source);
  const std::string text = request_url(source, options);
  const std::optional<url> parsed = parse_url(text);
  if (!parsed) return base::error{"not a URL: " + text};
  std::cerr << "Fetching profile over HTTP from " << text << "\n";
  if (options.seconds > 0) std::cerr << "Please wait... (" << options.seconds << "s)\n";
  const int seconds = seconds_of_query(parsed->query);
  int timeout = options.timeout;
  if (timeout <= 0) timeout = seconds > 0 ? seconds + seconds / 2 : kDefaultTimeoutSeconds;
  return fetch(*parsed, timeout + kTimeoutSlackSeconds);
}

}  // namespace vole::cli
