// SPDX-License-Identifier: Apache-2.0
// The pages of /debug/pprof/. Statuses, headers and texts are those of Go's net/http/pprof, which
// its clients rely on.
#include "profile/http/pages.h"

#include <vole/pprof.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <sstream>
#include <stdexcept>

#include "profile/pprof/registry.h"
#include "symbol/symbolizer.h"

namespace vole::profile {
namespace {

constexpr std::string_view kRoot = "/debug/pprof/";
constexpr char kPlainText[] = "text/plain; charset=utf-8";

http_answer plain_text(std::string body) {
  return {.status = 200, .body = std::move(body), .headers = {{"Content-Type", kPlainText}}};
}

// The pprof client prints the body of an answer with this header.
http_answer refusal(int status, const std::string& text) {
  return {.status = status,
          .body = text + '\n',
          .headers = {{"Content-Type", kPlainText}, {"X-Go-Pprof", "1"}}};
}

http_answer file(std::string bytes, const std::string& name) {
  return {.status = 200,
          .body = std::move(bytes),
          .headers = {{"Content-Type", "application/octet-stream"},
                      {"Content-Disposition", "attachment; filename=\"" + name + "\""}}};
}

// The whole text as a number; nothing for anything else.
std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

int debug_of(const http_question& question) {
  const auto value = number_of(question.parameter("debug"));
  constexpr std::int64_t kMax = std::numeric_limits<int>::max();
  return value && *value > 0 && *value <= kMax ? static_cast<int>(*value) : 0;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&#34;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// A name as part of a link: what is not plain is percent-encoded.
std::string link_of(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
    char code[4];
    std::snprintf(code, sizeof code, "%%%02X", static_cast<unsigned char>(c));
    out += is_plain ? std::string(1, c) : code;
  }
  return out;
}

struct index_row {
  std::size_t count;
  std::string name, href, description;
};

std::vector<index_row> index_rows() {
  std::vector<index_row> rows;
  for (const pprof::profile* p : all_profiles())
    rows.push_back({p->count(), std::string(p->name()), link_of(p->name()) + "?debug=1",
                    std::string(p->state().description())});
  rows.push_back({0, "cmdline", "cmdline", "The command line invocation of the current program"});
  rows.push_back({0, "profile", "profile",
                  "CPU profile. You can specify the duration in the seconds GET parameter. After "
                  "you get the profile file, use go tool pprof or vole pprof to investigate it."});
  rows.push_back({0, "symbol", "symbol",
                  "Maps given program counters to function names. Counters can be specified in a "
                  "GET raw query or POST body, multiple counters are separated by '+'."});
  std::ranges::sort(rows, {}, &index_row::name);
  return rows;
}

http_answer index() {
  const std::vector<index_row> rows = index_rows();
  std::string page =
      "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<title>/debug/pprof/</title>\n"
      "<style>\nbody { font-family: sans-serif; max-width: 60rem; margin: 2rem auto; }\n"
      "td:first-child { text-align: right; padding-right: 1rem; }\ndt { font-weight: bold; }\n"
      "</style>\n</head>\n<body>\n<h1>/debug/pprof/</h1>\n"
      "<p>Set debug=1 as a query parameter to export in legacy text format</p>\n"
      "<p>Types of profiles available:</p>\n<table>\n"
      "<thead><tr><td>Count</td><td>Profile</td></tr></thead>\n";
  for (const index_row& row : rows)
    page += "<tr><td>" + std::to_string(row.count) + "</td><td><a href='" + row.href + "'>" +
            escaped(row.name) + "</a></td></tr>\n";
  page +=
      "</table>\n<p><a href=\"goroutine?debug=2\">full goroutine stack dump</a></p>\n"
      "<h2>Profile descriptions</h2>\n<dl>\n";
  for (const index_row& row : rows)
    page += "<dt>" + escaped(row.name) + "</dt><dd>" + escaped(row.description) + "</dd>\n";
  page += "</dl>\n</body>\n</html>\n";
  return {.status = 200,
          .body = std::move(page),
          .headers = {{"Content-Type", "text/html; charset=utf-8"}}};
}

http_answer command_line() {
  std::ifstream in("/proc/self/cmdline", std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (text.ends_with('\0')) text.pop_back();
  return plain_text(std::move(text));
}

// The client asks "does it symbolize at all?" with an empty question, and wants a number above 0.
http_answer symbol_names(const http_question& question) {
  std::string text = "num_symbols: 1\n";
  std::string_view left = question.body.empty() ? question.query : question.body;
  while (!left.empty()) {
    std::string_view word = left.substr(0, left.find('+'));
    left.remove_prefix(std::min(word.size() + 1, left.size()));
    if (word.starts_with("0x") || word.starts_with("0X")) word.remove_prefix(2);
    std::uintptr_t address = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), address, 16);
    if (error != std::errc() || end == word.data() || address == 0) continue;
    const auto& frames = symbol::symbolize(address);
    if (frames.empty()) continue;
    char hex[2 + 16 + 1];
    std::snprintf(hex, sizeof hex, "0x%zx", static_cast<std::size_t>(address));
    text += std::string(hex) + ' ' + frames.back().name + '\n';
  }
  return plain_text(std::move(text));
}

http_answer cpu_profile(const http_question& question) {
  const auto asked = number_of(question.parameter("seconds"));
  const std::int64_t seconds = asked && *asked > 0 ? *asked : 30;
  std::ostringstream out;
  try {
    pprof::start_cpu_profile(out);
  } catch (const std::exception& failure) {
    return refusal(500, std::string("Could not enable CPU profiling: ") + failure.what());
  }
  question.wait(static_cast<double>(seconds));
  pprof::stop_cpu_profile();
  return file(std::move(out).str(), "profile");
}

http_answer delta_profile(const http_question& question, const pprof::profile& p,
                          std::string_view asked) {
  const auto seconds = number_of(asked);
  if (!seconds || *seconds <= 0)
    return refusal(400, "invalid value for \"seconds\" - must be a positive integer");
  constexpr std::string_view kSupported[] = {"allocs", "block", "goroutine",
                                             "heap",   "mutex", "threadcreate"};
  if (std::ranges::find(kSupported, p.name()) == std::end(kSupported))
    return refusal(400, "\"seconds\" parameter is not supported for this profile type");
  if (debug_of(question) != 0) return refusal(400, "seconds and debug params are incompatible");
  const collected_profile before = p.state().collect();
  if (!question.wait(static_cast<double>(*seconds)))
    return refusal(503, "the server is being stopped");
  return file(encode(difference(before, p.state().collect())), std::string(p.name()) + "-delta");
}

http_answer named_profile(const http_question& question, std::string_view name) {
  const pprof::profile* const p = pprof::lookup(name);
  if (p == nullptr) return refusal(404, "Unknown profile");
  const std::string seconds = question.parameter("seconds");
  if (!seconds.empty()) return delta_profile(question, *p, seconds);
  const int debug = debug_of(question);
  std::ostringstream out;
  p->write_to(out, debug);
  if (debug != 0) return plain_text(std::move(out).str());
  return file(std::move(out).str(), std::string(name));
}

}  // namespace

http_answer answer_pprof(const http_question& question) {
  const auto answer = [&]() -> http_answer {
    if (question.path == kRoot.substr(0, kRoot.size() - 1))
      return {.status = 301,
              .body = "",
              .headers = {{"Content-Type", kPlainText}, {"Location", std::string(kRoot)}}};
    if (!question.path.starts_with(kRoot)) {
      http_answer missing = plain_text("404 page not found\n");
      missing.status = 404;
      return missing;
    }
    const std::string_view name = question.path.substr(kRoot.size());
    if (name.empty()) return index();
    if (name == "cmdline") return command_line();
    if (name == "symbol") return symbol_names(question);
    if (name == "profile") return cpu_profile(question);
    return named_profile(question, name);
  };
  http_answer result = answer();
  result.headers["X-Content-Type-Options"] = "nosniff";
  return result;
}

}  // namespace vole::profile
