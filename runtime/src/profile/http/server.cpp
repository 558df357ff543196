// SPDX-License-Identifier: Apache-2.0
// pprof::server: a few threads that accept, answer one request for each connection, and close it.
//
// The threads are plain threads that never use the runtime's waits, so they are no goroutines and
// no leaks; they are other threads of the process, and so no deadlock is reported while one
// listens, as in Go. Each waits on its socket and on one eventfd that says "stop".
//
// Rejected: cpp-httplib, which Debian ships as a shared library: every program that links vole
// would have to link it, for one page of HTTP.
#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vole/pprof.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "profile/http/pages.h"
#include "profile/http/request.h"
#include "profile/profiling_signal.h"

namespace vole::pprof {
namespace {

namespace room = ::vole::profile;  // `profile` is a class in here

// A profile that takes 30 seconds holds one of them; the others answer meanwhile.
constexpr std::size_t kThreads = 4;
// A client that says nothing, or takes nothing, for so long is dropped.
constexpr double kPatienceSeconds = 15;

class descriptor {
 public:
  explicit descriptor(int fd = -1) : fd_(fd) {}
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

struct host_and_port {
  std::string host, port;
};

host_and_port parsed(std::string_view address) {
  const std::size_t colon = address.rfind(':');
  const bool has_port = colon != std::string_view::npos;
  std::string_view host = has_port ? address.substr(0, colon) : "";
  const std::string_view digits = has_port ? address.substr(colon + 1) : "";
  int port = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || port < 0 || port > 65535)
    throw std::invalid_argument("vole: \"" + std::string(address) +
                                "\" is not an address such as 127.0.0.1:6060");
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return {std::string(host), std::string(digits)};
}

[[noreturn]] void throw_listen_error(int error, std::string_view address) {
  throw std::system_error(error, std::generic_category(),
                          "vole: listening on " + std::string(address));
}

descriptor listening_socket(std::string_view address) {
  const host_and_port wanted = parsed(address);
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const char* const host = wanted.host.empty() ? nullptr : wanted.host.c_str();
  if (getaddrinfo(host, wanted.port.c_str(), &hints, &list) != 0)
    throw_listen_error(EADDRNOTAVAIL, address);
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(list, &freeaddrinfo);
  int error = EADDRNOTAVAIL;
  for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
    const int type = one->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK;
    descriptor socket(::socket(one->ai_family, type, one->ai_protocol));
    const int on = 1;
    if (socket.get() >= 0 &&
        setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        bind(socket.get(), one->ai_addr, one->ai_addrlen) == 0 && listen(socket.get(), 64) == 0)
      return socket;
    error = errno;
  }
  throw_listen_error(error, address);
}

// Host and port that the socket really has.
host_and_port name_of(const descriptor& socket) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  getsockname(socket.get(), reinterpret_cast<sockaddr*>(&name), &size);
  char host[NI_MAXHOST] = "", port[NI_MAXSERV] = "";
  getnameinfo(reinterpret_cast<sockaddr*>(&name), size, host, sizeof host, port, sizeof port,
              NI_NUMERICHOST | NI_NUMERICSERV);
  return {host, port};
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

enum class readiness { ready, timed_out, stopped };

// Waits until `fd` has one of `events`, or `stop` is readable. fd -1: only for `stop`.
readiness wait_for(int fd, short events, int stop, double seconds) {
  const std::int64_t deadline_ns =
      base::monotonic_ns() + static_cast<std::int64_t>(std::clamp(seconds, 0.0, 1e6) * 1e9);
  for (;;) {
    pollfd waits[] = {{stop, POLLIN, 0}, {fd, events, 0}};
    const std::int64_t left_ms = (deadline_ns - base::monotonic_ns() + 999'999) / 1'000'000;
    const int slice_ms = static_cast<int>(std::clamp<std::int64_t>(left_ms, 0, 60'000));
    const int found = poll(waits, 2, slice_ms);
    if (found < 0 && errno != EINTR) return readiness::stopped;
    if (found > 0 && waits[0].revents != 0) return readiness::stopped;
    if (found > 0 && waits[1].revents != 0) return readiness::ready;
    if (left_ms <= 0) return readiness::timed_out;
  }
}

// One client's connection, from its request to the close.
class connection {
 public:
  connection(descriptor socket, int stop) : socket_(std::move(socket)), stop_(stop) {}

  void serve() {
    std::string bytes;
    std::optional<std::size_t> size;
    while (!(size = room::head_size(bytes))) {
      if (bytes.size() > room::kHeadBytesMax) return refuse(400, "the head is too long");
      if (!receive(bytes)) return;
    }
    auto request = room::parse_head(std::string_view(bytes).substr(0, *size));
    if (!request) return refuse(400, request.error_text());
    if (request->method != "GET" && request->method != "HEAD" && request->method != "POST")
      return refuse(405, "only GET, HEAD and POST");
    if (request->is_chunked) return refuse(411, "a body needs a Content-Length");
    if (request->body_size > room::kBodyBytesMax) return refuse(413, "the body is too long");
    if (request->expects_continue && !send_all("HTTP/1.1 100 Continue\r\n\r\n")) return;
    request->body = bytes.substr(*size);
    while (request->body.size() < request->body_size)
      if (!receive(request->body)) return;
    answer(*request);
  }

 private:
  bool receive(std::string& into) {
    if (wait_for(socket_.get(), POLLIN, stop_, kPatienceSeconds) != readiness::ready) return false;
    char part[4096];
    const ssize_t size = recv(socket_.get(), part, sizeof part, 0);
    if (size <= 0) return false;
    into.append(part, static_cast<std::size_t>(size));
    return true;
  }

  bool send_all(std::string_view bytes) {
    while (!bytes.empty()) {
      if (wait_for(socket_.get(), POLLOUT, stop_, kPatienceSeconds) != readiness::ready)
        return false;
      const ssize_t size =
          send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (size < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (size <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(size));
    }
    return true;
  }

  void refuse(int status, const std::string& text) {
    const std::string body = text + '\n';
    send_all(
        room::response_head(status, {{"Content-Type", "text/plain; charset=utf-8"}}, body.size()) +
        body);
  }

  // False: the server stops, or the client has gone: then nobody wants the rest.
  bool wait(double seconds) {
    return wait_for(socket_.get(), POLLRDHUP, stop_, seconds) == readiness::timed_out;
  }

  void answer(const room::http_request& request) {
    try {
      const room::http_answer result = room::answer_pprof(
          {.path = request.path,
           .query = request.query,
           .body = request.body,
           .parameter = [&](const char* name) { return request.parameter(name); },
           .wait = [this](double seconds) { return wait(seconds); }});
      std::string bytes = room::response_head(result.status, result.headers, result.body.size());
      if (request.method != "HEAD") bytes += result.body;
      send_all(bytes);
    } catch (const std::exception& failure) {
      refuse(500, failure.what());
    }
  }

  descriptor socket_;
  int stop_;
};

}  // namespace

struct server::state {
  descriptor socket, stop;
  host_and_port name;
  std::array<std::thread, kThreads> threads;

  explicit state(std::string_view address)
      : socket(listening_socket(address)), stop(eventfd(0, EFD_CLOEXEC)), name(name_of(socket)) {
    if (stop.get() < 0) throw_listen_error(errno, address);
    const signals_blocked scope;
    try {
      for (std::thread& thread : threads) thread = std::thread([this] { accept_until_stopped(); });
    } catch (...) {
      end();
      throw;
    }
  }
  ~state() { end(); }

  void end() {
    const std::uint64_t one = 1;
    static_cast<void>(!write(stop.get(), &one, sizeof one));  // can't fail: the counter is not full
    for (std::thread& thread : threads)
      if (thread.joinable()) thread.join();
  }

  void accept_until_stopped() {
    constexpr double kLong = 1e6;
    while (wait_for(socket.get(), POLLIN, stop.get(), kLong) != readiness::stopped) {
      descriptor client(accept4(socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (client.get() >= 0) {
        connection(std::move(client), stop.get()).serve();
        continue;
      }
      // Another thread was faster, or the process is out of descriptors: then not in a hot loop.
      const bool is_out = errno == EMFILE || errno == ENFILE;
      if (is_out && wait_for(-1, 0, stop.get(), 0.1) == readiness::stopped) return;
    }
  }
};

server::server(std::string_view address) : state_(std::make_unique<state>(address)) {}

server::~server() = default;

int server::port() const { return std::stoi(state_->name.port); }

std::string server::address() const {
  const std::string& host = state_->name.host;
  const bool is_v6 = host.find(':') != std::string::npos;
  return (is_v6 ? '[' + host + ']' : host) + ':' + state_->name.port;
}

}  // namespace vole::pprof
