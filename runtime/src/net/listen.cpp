// SPDX-License-Identifier: Apache-2.0
// Listening at an address, and accepting.
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/core.h"
#include "net/resolve.h"
#include "sched/park.h"

namespace vole::net {
namespace {

// The descriptor, or errno's value as a negative number.
[[gnu::noinline]] int open_listener(const endpoint& at, bool is_v6_only) {
  const int fd = socket(at.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  const int on = 1, v6_only = is_v6_only ? 1 : 0;
  if (at.family() != AF_UNIX) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (at.family() == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6_only, sizeof v6_only);
  if (bind(fd, at.get(), at.bytes) == 0 && ::listen(fd, SOMAXCONN) == 0) return fd;
  const int number = errno;
  ::close(fd);
  return -number;
}

// The connection, or errno's value as a negative number.
[[gnu::noinline]] int try_accept(int fd, endpoint& remote) {
  for (;;) {
    remote.bytes = sizeof remote.storage;
    const int made = accept4(fd, remote.get(), &remote.bytes, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (made >= 0) return made;
    // ECONNABORTED: it has gone while it waited in the queue.
    if (errno != EINTR && errno != ECONNABORTED) return -errno;
  }
}

net_core* listen_at(const endpoint& at, bool is_v6_only, std::error_code& failed) {
  const int fd = open_listener(at, is_v6_only);
  if (fd < 0) {
    failed = system_error_code(-fd);
    return nullptr;
  }
  net_core* const core = open_core(fd, false, failed);
  if (core == nullptr) return nullptr;
  core->is_socket = true;
  core->local.bytes = sizeof core->local.storage;
  if (getsockname(fd, core->local.get(), &core->local.bytes) != 0) core->local.bytes = 0;
  return core;
}

net_core* accept_from(net_core* core, std::error_code& failed) {
  const turn mine(core, sched::poll_side::read);
  if (!mine) {
    failed = errc::closed;
    return nullptr;
  }
  failed = to_error(sched::poll_prepare(*core->record, sched::poll_side::read));
  while (!failed) {
    endpoint remote;
    const int fd = try_accept(core->fd, remote);
    if (fd >= 0) return open_socket(fd, remote, failed);
    failed = fd == -EAGAIN ? wait_for(*core, sched::poll_side::read) : system_error_code(-fd);
  }
  return nullptr;
}

}  // namespace

listener listen(std::string_view network, std::string_view address, std::error_code& error) {
  sched::current();  // the calling thread is a goroutine from here on
  std::vector<endpoint> candidates;
  std::error_code failed = resolve(network, address, true, nullptr, candidates);
  net_core* made = nullptr;
  std::error_code first;
  for (const endpoint& at : candidates) {
    if (failed && !first) first = failed;
    failed.clear();
    made = listen_at(at, network == "tcp6", failed);
    if (made != nullptr) break;
  }
  if (made == nullptr && first) failed = first;
  if (made != nullptr && network == "unix" && !address.empty() && address.front() != '@')
    made->path_to_remove = address;
  detail::net_report(failed, error, "listen", network, address);
  return listener(made);
}

conn listener::accept(std::error_code& error) const {
  std::error_code failed;
  conn made(accept_from(core_.get(), failed));
  detail::net_report(failed, error, "accept");
  return made;
}

void listener::close(std::error_code& error) const {
  detail::net_report(close_core(core_.get()), error, "close");
}

void listener::set_deadline(time_point when, std::error_code& error) const {
  set_deadlines(core_.get(), when, true, false, error);
}

net::address listener::address() const {
  return core_.get() == nullptr ? net::address() : to_address(core_.get()->local);
}

int listener::native_handle() const noexcept { return number_of(core_.get()); }

}  // namespace vole::net
