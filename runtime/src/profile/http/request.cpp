// SPDX-License-Identifier: Apache-2.0
// Parses requests and writes heads of answers.
#include "profile/http/request.h"

#include <algorithm>
#include <charconv>

namespace vole::profile {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// The line at the front, without its end; it is removed from `text`.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find("\r\n"), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 2, text.size()));
  return line;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 301:
      return "Moved Permanently";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "Status";
  }
}

// False: the length is no number.
bool read_header(std::string_view line, http_request& request) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return true;
  const std::string_view name = line.substr(0, colon), value = trimmed(line.substr(colon + 1));
  if (is_same_word(name, "Expect")) request.expects_continue = is_same_word(value, "100-continue");
  if (is_same_word(name, "Transfer-Encoding")) request.is_chunked = true;
  if (!is_same_word(name, "Content-Length")) return true;
  const char* const begin = value.data();
  const char* const end = begin + value.size();
  const auto [stop, error] = std::from_chars(begin, end, request.body_size);
  return error == std::errc() && stop == end;
}

}  // namespace

std::optional<std::size_t> head_size(std::string_view bytes) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  return end + 4;
}

base::result<http_request> parse_head(std::string_view head) {
  http_request request;
  const std::string_view line = take_line(head);
  const std::size_t first = line.find(' '), last = line.rfind(' ');
  const bool has_three_words = first != std::string_view::npos && last > first;
  if (!has_three_words || !line.substr(last + 1).starts_with("HTTP/1."))
    return base::error{"the first line must be METHOD TARGET HTTP/1.x"};
  request.method = line.substr(0, first);
  std::string_view target = line.substr(first + 1, last - first - 1);
  target = target.substr(0, target.find('#'));
  const std::size_t mark = std::min(target.find('?'), target.size());
  request.path = percent_decoded(target.substr(0, mark), false);
  request.query = target.substr(std::min(mark + 1, target.size()));
  if (!request.path.starts_with('/')) return base::error{"the target must begin with a slash"};
  while (!head.empty())
    if (!read_header(take_line(head), request))
      return base::error{"Content-Length must be a number"};
  return request;
}

std::string http_request::parameter(std::string_view name) const {
  std::string_view left = query;
  while (!left.empty()) {
    const std::string_view part = left.substr(0, left.find('&'));
    left.remove_prefix(std::min(part.size() + 1, left.size()));
    const std::size_t equals = std::min(part.find('='), part.size());
    if (percent_decoded(part.substr(0, equals), true) != name) continue;
    return percent_decoded(part.substr(std::min(equals + 1, part.size())), true);
  }
  return {};
}

std::string percent_decoded(std::string_view text, bool plus_is_space) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool has_room = i + 2 < text.size();
    const int high = has_room ? hex_digit(text[i + 1]) : -1;
    const int low = has_room ? hex_digit(text[i + 2]) : -1;
    if (text[i] == '%' && high >= 0 && low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i] == '+' && plus_is_space ? ' ' : text[i];
    }
  }
  return out;
}

std::string response_head(int status, const std::map<std::string, std::string>& headers,
                          std::size_t body_size) {
  std::string head =
      "HTTP/1.1 " + std::to_string(status) + ' ' + std::string(reason_of(status)) + "\r\n";
  for (const auto& [name, value] : headers) head.append(name).append(": ").append(value) += "\r\n";
  return head + "Content-Length: " + std::to_string(body_size) + "\r\nConnection: close\r\n\r\n";
}

}  // namespace vole::profile
