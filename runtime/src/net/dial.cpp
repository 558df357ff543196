// SPDX-License-Identifier: Apache-2.0
// Connecting to an address.
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>

#include "net/core.h"
#include "net/resolve.h"
#include "sched/park.h"

namespace vole {
namespace net {
namespace {

// Starts to connect. EINPROGRESS: it goes on; 0: it is done; else the reason why not.
[[gnu::noinline]] int start_connecting(const endpoint& to, int& fd) {
  fd = socket(to.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  int number = 0;
  do {
    number = connect(fd, to.get(), to.bytes) == 0 ? 0 : errno;
  } while (number == EINTR);
  return number == EALREADY || number == EISCONN ? EINPROGRESS : number;
}

// EINPROGRESS: not yet.
[[gnu::noinline]] int connection_state(int fd) {
  int number = 0;
  socklen_t bytes = sizeof number;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &number, &bytes) != 0) return errno;
  if (number != 0) return number;
  endpoint peer;  // an edge may be of an earlier descriptor of this number: ask
  peer.bytes = sizeof peer.storage;
  return getpeername(fd, peer.get(), &peer.bytes) == 0 ? 0 : EINPROGRESS;
}

// Lets an abort reach a dial while it waits for a connection.
class abortable {
 public:
  abortable(dial_core* dial, sched::poll_record* record) : dial_(dial) {
    if (dial_ != nullptr) set(record);
  }
  ~abortable() {
    if (dial_ != nullptr) set(nullptr);
  }
  abortable(const abortable&) = delete;
  abortable& operator=(const abortable&) = delete;

 private:
  void set(sched::poll_record* record) {
    base::spin_guard guard(dial_->guard);
    dial_->connecting = record;
    if (record != nullptr && dial_->is_aborted) sched::poll_evict(*record);
  }
  dial_core* dial_;
};

std::error_code wait_until_connected(const net_core& core, dial_core* dial) {
  const abortable while_waiting(dial, core.record);
  for (;;) {
    if (sched::poll_prepare(*core.record, sched::poll_side::write) != sched::poll_status::ready)
      return std::make_error_code(std::errc::operation_canceled);
    const int state = connection_state(core.fd);
    if (state != EINPROGRESS) return state == 0 ? std::error_code() : system_error_code(state);
    if (wait_for(core, sched::poll_side::write))
      return std::make_error_code(std::errc::operation_canceled);
  }
}

net_core* connect_to(const endpoint& to, dial_core* dial, std::error_code& failed) {
  int fd = -1;
  const int number = start_connecting(to, fd);
  if (number != 0 && number != EINPROGRESS) {
    if (fd >= 0) ::close(fd);
    failed = system_error_code(number);
    return nullptr;
  }
  detail::net_handle<net_core> made(open_socket(fd, to, failed));
  if (made.get() == nullptr) return nullptr;
  if (number == EINPROGRESS) failed = wait_until_connected(*made.get(), dial);
  if (failed) return nullptr;
  net_core& core = *made.get();
  if (to.family() != AF_UNIX) {  // it was not known before
    core.local.bytes = sizeof core.local.storage;
    if (getsockname(core.fd, core.local.get(), &core.local.bytes) != 0) core.local.bytes = 0;
  }
  core.references.retain();
  return &core;
}

}  // namespace
}  // namespace net

detail::net_core* detail::net_dial(dial_core* dial, std::string_view network,
                                   std::string_view address, std::error_code& failed) {
  sched::current();  // the calling thread is a goroutine from here on
  std::vector<net::endpoint> candidates;
  failed = net::resolve(network, address, false, dial, candidates);
  if (failed) return nullptr;
  std::error_code first;
  for (const net::endpoint& to : candidates) {
    failed.clear();
    if (net_core* const made = net::connect_to(to, dial, failed)) return made;
    if (failed == std::errc::operation_canceled) return nullptr;
    if (!first) first = failed;
  }
  failed = first;
  return nullptr;
}

detail::dial_core* detail::dial_make() { return new dial_core; }

void detail::dial_abort(dial_core* dial) {
  event::goroutine* waiter = nullptr;
  {
    base::spin_guard guard(dial->guard);
    dial->is_aborted = true;
    waiter = std::exchange(dial->waiter, nullptr);
    if (dial->connecting != nullptr) sched::poll_evict(*dial->connecting);
  }
  if (waiter != nullptr) sched::ready(waiter);
}

void detail::retain(dial_core* core) noexcept { core->references.retain(); }

void detail::release(dial_core* core) noexcept {
  if (core->references.release()) delete core;
}

}  // namespace vole
