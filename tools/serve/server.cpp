// SPDX-License-Identifier: Apache-2.0
// The HTTP server behind `vole view`.
#include "serve/server.h"

#include <httplib.h>

#include <atomic>
#include <charconv>

#include "serve/assets.h"
#include "serve/profile_json.h"

namespace vole::serve {
namespace {

constexpr const char* kAddress = "127.0.0.1";
constexpr const char* kJson = "application/json; charset=utf-8";

const char* content_type(std::string_view path) {
  if (path.ends_with(".html")) return "text/html; charset=utf-8";
  if (path.ends_with(".mjs")) return "text/javascript; charset=utf-8";
  if (path.ends_with(".css")) return "text/css; charset=utf-8";
  if (path.ends_with(".svg")) return "image/svg+xml";
  return "application/octet-stream";
}

// The number in a query parameter; `fallback` if it is not given, nothing if it is not a number.
std::optional<std::size_t> number_parameter(const httplib::Request& request, const char* name,
                                            std::size_t fallback) {
  if (!request.has_param(name)) return fallback;
  const std::string text = request.get_param_value(name);
  std::size_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

void answer_json(httplib::Response& response, const std::optional<std::string>& text) {
  if (text) {
    response.set_content(*text, kJson);
    return;
  }
  response.status = 404;
  response.set_content("{\"error\":\"no such profile, sample type or node\"}", kJson);
}

void answer_asset(httplib::Response& response, std::string_view path) {
  for (const asset& a : viewer_assets()) {
    if (a.path != path) continue;
    response.set_content(a.bytes.data(), a.bytes.size(), content_type(path));
    return;
  }
  response.status = 404;
  response.set_content("not found\n", "text/plain");
}

}  // namespace

struct server::state {
  explicit state(std::vector<view_profile> profiles) : store(std::move(profiles)) {}

  httplib::Server http;
  profile_store store;
  // run() and stop() may meet in either order: whoever comes second sees the other's word.
  std::atomic<bool> stopping{false};
};

server::server(std::vector<view_profile> profiles)
    : state_(std::make_unique<state>(std::move(profiles))) {
  httplib::Server& http = state_->http;
  profile_store& store = state_->store;
  // Without SO_REUSEPORT, which httplib sets: two servers on one port would share its connections.
  http.set_socket_options([](socket_t socket) {
    const int on = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
  http.set_default_headers(
      {{"X-Content-Type-Options", "nosniff"},
       {"Cache-Control", "no-store"},
       {"Referrer-Policy", "no-referrer"},
       {"Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'"}});
  http.set_pre_routing_handler([](const httplib::Request& request, httplib::Response& response) {
    if (is_loopback_host(request.get_header_value("Host")))
      return httplib::Server::HandlerResponse::Unhandled;
    response.status = 403;
    response.set_content("expected a loopback Host header\n", "text/plain");
    return httplib::Server::HandlerResponse::Handled;
  });
  http.Get("/", [](const httplib::Request&, httplib::Response& response) {
    answer_asset(response, "index.html");
  });
  http.Get(R"(/viewer/([A-Za-z0-9_/.]+))",
           [](const httplib::Request& request, httplib::Response& response) {
             answer_asset(response, std::string(request.matches[1]));
           });
  http.Get("/api/profiles", [&store](const httplib::Request&, httplib::Response& response) {
    answer_json(response, store.list());
  });
  http.Get(R"(/api/profiles/(\d{1,6})/(top|flame))", [&store](const httplib::Request& request,
                                                              httplib::Response& response) {
    const std::size_t profile = std::stoul(request.matches[1]);
    const auto type = number_parameter(request, "type", 0);
    const auto root = number_parameter(request, "root", 0);
    if (!type || !root || *root > UINT32_MAX) {
      response.status = 400;
      response.set_content("{\"error\":\"type and root: expected numbers\"}", kJson);
    } else if (request.matches[2] == "top") {
      answer_json(response, store.top(profile, *type));
    } else {
      answer_json(response, store.flame(profile, *type, static_cast<std::uint32_t>(*root)));
    }
  });
}

server::~server() = default;

base::result<int> server::bind(int port) {
  if (port == 0) {
    const int chosen = state_->http.bind_to_any_port(kAddress);
    if (chosen > 0) return chosen;
  } else if (state_->http.bind_to_port(kAddress, port)) {
    return port;
  }
  return base::error{std::string("cannot listen on ") + kAddress + ":" + std::to_string(port) +
                     " (in use?)"};
}

void server::run() {
  // seq_cst: stop() stores and then looks whether we run; we run and then look whether it stored.
  if (state_->stopping.load(std::memory_order_seq_cst)) return;
  state_->http.listen_after_bind();
}

void server::stop() {
  state_->stopping.store(true, std::memory_order_seq_cst);  // seq_cst: see run()
  state_->http.stop();
}

bool is_loopback_host(const std::string& host_header) {
  std::string host = host_header;
  if (host.starts_with('[')) {
    const std::size_t close = host.find(']');
    if (close == std::string::npos) return false;
    host = host.substr(0, close + 1);
  } else {
    host = host.substr(0, host.find(':'));
  }
  for (char& c : host) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

}  // namespace vole::serve
