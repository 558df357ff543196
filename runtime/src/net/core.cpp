// SPDX-License-Identifier: Apache-2.0
// The life of an open descriptor: opening, deadlines, closing.
#include "net/core.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "sched/timer.h"

namespace vole {
namespace net {
namespace {

// The last use of a closed core is over.
void finish(net_core& core) {
  if (core.record != nullptr) sched::poll_detach(*std::exchange(core.record, nullptr));
  ::close(core.fd);
  core.fd = -1;
  core.lock.finish();
}

std::int64_t deadline_ns_of(time_point when) {
  return when == no_deadline ? sched::kNever : when.time_since_epoch().count();
}

// A refusal changes the speed only.
bool set_option(int fd, int level, int name, int value) {
  return setsockopt(fd, level, name, &value, sizeof value) == 0;
}

}  // namespace

use::~use() {
  if (core_ != nullptr && core_->lock.leave()) finish(*core_);
}

turn::~turn() {
  if (core_ != nullptr && core_->lock.leave(side_)) finish(*core_);
}

net_core* open_core(int fd, bool may_block, std::error_code& failed) {
  int number = 0;
  sched::poll_record* const record = sched::poll_attach(fd, number);
  if (record == nullptr && !(may_block && number == EPERM)) {
    ::close(fd);
    failed = system_error_code(number);
    return nullptr;
  }
  auto* const core = new net_core;
  core->fd = fd;
  core->record = record;
  return core;
}

net_core* open_socket(int fd, const endpoint& remote, std::error_code& failed) {
  net_core* const core = open_core(fd, false, failed);
  if (core == nullptr) return nullptr;
  core->is_socket = true;
  core->remote = remote;
  core->local.bytes = sizeof core->local.storage;
  if (getsockname(fd, core->local.get(), &core->local.bytes) != 0) core->local.bytes = 0;
  const int family = core->local.family();
  if (family == AF_INET || family == AF_INET6) {
    core->is_drained_by_short_read = true;
    constexpr int kKeepAliveSeconds = 15;  // Go's: to the first probe, and between probes
    core->tells_what_is_left = set_option(fd, IPPROTO_TCP, TCP_INQ, 1);
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, kKeepAliveSeconds);
    set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, kKeepAliveSeconds);
  }
  return core;
}

std::error_code close_core(net_core* core) {
  if (core == nullptr || !core->lock.close()) return errc::closed;
  const bool is_waiting_short = core->record != nullptr;
  if (!core->path_to_remove.empty()) ::unlink(core->path_to_remove.c_str());
  if (core->record != nullptr) sched::poll_evict(*core->record);
  if (core->lock.leave())
    finish(*core);
  else if (is_waiting_short)  // else a read may last for long
    core->lock.wait_until_finished();
  return {};
}

std::error_code to_error(sched::poll_status status) {
  switch (status) {
    case sched::poll_status::ready:
      return {};
    case sched::poll_status::evicted:
      return errc::closed;
    case sched::poll_status::timed_out:
      return errc::timeout;
  }
  return {};
}

void set_deadlines(net_core* core, time_point when, bool of_reads, bool of_writes,
                   std::error_code& error) {
  std::error_code failed;
  if (const use held(core); !held) {
    failed = errc::closed;
  } else if (core->record == nullptr) {
    failed = errc::no_deadline;
  } else {
    const std::int64_t deadline_ns = deadline_ns_of(when);
    if (of_reads) sched::poll_set_deadline(*core->record, sched::poll_side::read, deadline_ns);
    if (of_writes) sched::poll_set_deadline(*core->record, sched::poll_side::write, deadline_ns);
  }
  detail::net_report(failed, error, "set deadline");
}

int number_of(net_core* core) {
  const use held(core);
  return held ? core->fd : -1;
}

// ---- stream, conn and descriptor ----------------------------------------------------------------

void stream::close(std::error_code& error) const {
  detail::net_report(close_core(core_.get()), error, "close");
}

void stream::set_deadline(time_point when, std::error_code& error) const {
  set_deadlines(core_.get(), when, true, true, error);
}
void stream::set_read_deadline(time_point when, std::error_code& error) const {
  set_deadlines(core_.get(), when, true, false, error);
}
void stream::set_write_deadline(time_point when, std::error_code& error) const {
  set_deadlines(core_.get(), when, false, true, error);
}

int stream::native_handle() const noexcept { return number_of(core_.get()); }

void conn::close_write(std::error_code& error) const {
  std::error_code failed;
  if (const use held(core_.get()); !held)
    failed = errc::closed;
  else if (shutdown(core_.get()->fd, SHUT_WR) != 0)
    failed = system_error_code(errno);
  detail::net_report(failed, error, "close write");
}

void conn::set_no_delay(bool is_on, std::error_code& error) const {
  std::error_code failed;
  const int value = is_on ? 1 : 0;
  if (const use held(core_.get()); !held)
    failed = errc::closed;
  else if (setsockopt(core_.get()->fd, IPPROTO_TCP, TCP_NODELAY, &value, sizeof value) != 0)
    failed = system_error_code(errno);
  detail::net_report(failed, error, "set no delay");
}

address conn::local_address() const {
  return core_.get() == nullptr ? address() : to_address(core_.get()->local);
}
address conn::remote_address() const {
  return core_.get() == nullptr ? address() : to_address(core_.get()->remote);
}

descriptor::descriptor(int fd, std::error_code& error) {
  std::error_code failed;
  const int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) {
    failed = system_error_code(errno);
  } else if (net_core* const core = open_core(fd, true, failed)) {
    int type = 0;
    socklen_t bytes = sizeof type;
    core->is_socket = getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &bytes) == 0;
    core_ = detail::net_handle<net_core>(core);
  }
  detail::net_report(failed, error, "descriptor");
}

}  // namespace net

void detail::retain(net_core* core) noexcept { core->references.retain(); }

void detail::release(net_core* core) noexcept {
  if (!core->references.release()) return;
  net::close_core(core);
  event::emit::object_destroyed(core, sizeof *core);
  delete core;
}

}  // namespace vole
