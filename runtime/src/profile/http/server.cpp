// SPDX-License-Identifier: Apache-2.0
// pprof::server: cpp-httplib's server around answer_pprof.
//
// Its threads are plain threads that never use the runtime's waits, so they are no goroutines and
// no leaks; they are other threads of the process, and so no deadlock is reported while one
// listens, as in Go.
#include <httplib.h>
#include <vole/pprof.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>

#include "profile/http/pages.h"
#include "profile/profiling_signal.h"

namespace vole::pprof {
namespace {

namespace room = ::vole::profile;  // `profile` is a class in here

// A profile that takes 30 seconds holds one of them; the others answer meanwhile.
constexpr std::size_t kThreads = 4;

struct host_and_port {
  std::string host;
  int port;
};

host_and_port parsed(std::string_view address) {
  const auto fail = [&] {
    throw std::invalid_argument("vole: \"" + std::string(address) +
                                "\" is not an address such as 127.0.0.1:6060");
  };
  const std::size_t colon = address.rfind(':');
  if (colon == std::string_view::npos) fail();
  std::string_view host = address.substr(0, colon);
  const std::string_view digits = address.substr(colon + 1);
  int port = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || port < 0 || port > 65535)
    fail();
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return {host.empty() ? "0.0.0.0" : std::string(host), port};
}

// New threads of this scope take no signals but the profiler's: the program's go to its own.
class signals_blocked {
 public:
  signals_blocked() {
    sigset_t set;
    sigfillset(&set);
    sigdelset(&set, room::kProfilingSignal);
    pthread_sigmask(SIG_SETMASK, &set, &before_);
  }
  ~signals_blocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  signals_blocked(const signals_blocked&) = delete;
  signals_blocked& operator=(const signals_blocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

struct server::state {
  httplib::Server http;
  std::string host;
  int port = 0;
  std::thread listener;
  std::mutex mutex;
  std::condition_variable stopping;
  bool is_stopping = false;

  bool wait(double seconds) {
    std::unique_lock hold(mutex);
    return !stopping.wait_for(hold, std::chrono::duration<double>(std::min(seconds, 1e6)),
                              [this] { return is_stopping; });
  }

  void answer(const httplib::Request& request, httplib::Response& response) {
    const std::size_t mark = request.target.find('?');
    const std::string query =
        mark == std::string::npos ? std::string() : request.target.substr(mark + 1);
    const room::http_answer result = room::answer_pprof(
        {.path = request.path,
         .query = query,
         .body = request.body,
         .parameter = [&](const char* name) { return request.get_param_value(name); },
         .wait = [this](double seconds) { return wait(seconds); }});
    response.status = result.status;
    for (const auto& [name, value] : result.headers)
      if (name != "Content-Type") response.set_header(name.c_str(), value);
    response.set_content(result.body, result.headers.at("Content-Type").c_str());
  }

  void configure() {
    http.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    // Every answer closes its connection: stopping must not wait for idle ones.
    http.set_keep_alive_max_count(1);
    // httplib's own default, SO_REUSEPORT, would let two servers share a port by mistake.
    http.set_socket_options([](socket_t socket) {
      const int on = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    });
    const auto handler = [this](const httplib::Request& request, httplib::Response& response) {
      answer(request, response);
    };
    http.Get(".*", handler);
    http.Post(".*", handler);
  }

  void listen(std::string_view address) {
    const host_and_port wanted = parsed(address);
    host = wanted.host;
    errno = 0;
    if (wanted.port == 0) {
      port = http.bind_to_any_port(host);
    } else {
      port = http.bind_to_port(host, wanted.port) ? wanted.port : -1;
    }
    if (port <= 0)
      throw std::system_error(errno != 0 ? errno : EADDRNOTAVAIL, std::generic_category(),
                              "vole: listening on " + std::string(address));
    const signals_blocked scope;
    listener = std::thread([this] { http.listen_after_bind(); });
  }
};

server::server(std::string_view address) : state_(std::make_unique<state>()) {
  state_->configure();
  state_->listen(address);
  // The constructor's promise is that it listens; stop() is lost on a server that does not run yet.
  while (!state_->http.is_running()) std::this_thread::yield();
}

server::~server() {
  {
    const std::lock_guard hold(state_->mutex);
    state_->is_stopping = true;
  }
  state_->stopping.notify_all();
  state_->http.stop();
  state_->listener.join();
}

int server::port() const { return state_->port; }

std::string server::address() const {
  const bool is_v6 = state_->host.find(':') != std::string::npos;
  return (is_v6 ? '[' + state_->host + ']' : state_->host) + ':' + std::to_string(state_->port);
}

}  // namespace vole::pprof
