// SPDX-License-Identifier: Apache-2.0
// Reading and writing: the system call first, the poller when it would block.
//
// The system calls stand in functions of their own, which give errno's value as a negative number:
// after a park the goroutine may be on another thread, and a compiler that inlined them would be
// free to ask where errno is only once.
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cstring>

#include <vole/detail/spawn.h>

#include "event/emit.h"
#include "net/core.h"

namespace vole {
namespace net {
namespace {

[[gnu::noinline]] ssize_t try_read(const net_core& core, void* to, std::size_t bytes) {
  for (;;) {
    const ssize_t n = core.is_socket ? ::recv(core.fd, to, bytes, 0) : ::read(core.fd, to, bytes);
    if (n >= 0) return n;
    if (errno != EINTR) return -errno;
  }
}

// The same, and whether that was all (an end of the stream counts as more): for those who ask for
// just as much as they know has come, when a full buffer alone does not tell.
[[gnu::noinline]] ssize_t try_read_telling(const net_core& core, void* to, std::size_t bytes,
                                           bool& is_drained) {
  iovec part = {to, bytes};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  for (;;) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t n = ::recvmsg(core.fd, &message, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -errno;
    const cmsghdr* const header = CMSG_FIRSTHDR(&message);
    if (header != nullptr && header->cmsg_type == TCP_CM_INQ) {
      int left = 0;
      std::memcpy(&left, CMSG_DATA(header), sizeof left);
      is_drained = left == 0;
    }
    return n;
  }
}

// A write that leaves no SIGPIPE behind, for descriptors that know no MSG_NOSIGNAL: the signal,
// which is for this thread alone, is held back and taken.
ssize_t write_without_signal(int fd, const void* from, std::size_t bytes) {
  sigset_t pipe, before, pending;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  sigpending(&pending);
  const bool was_pending = sigismember(&pending, SIGPIPE) == 1;
  pthread_sigmask(SIG_BLOCK, &pipe, &before);
  const ssize_t n = ::write(fd, from, bytes);
  const int number = errno;
  if (n < 0 && number == EPIPE && !was_pending) {
    const timespec at_once = {0, 0};
    while (sigtimedwait(&pipe, nullptr, &at_once) < 0 && errno == EINTR) {
    }
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = number;
  return n;
}

[[gnu::noinline]] ssize_t try_write(const net_core& core, const void* from, std::size_t bytes) {
  for (;;) {
    const ssize_t n = core.is_socket ? ::send(core.fd, from, bytes, MSG_NOSIGNAL)
                                     : write_without_signal(core.fd, from, bytes);
    if (n >= 0) return n;
    if (errno != EINTR) return -errno;
  }
}

// The thread may be blocked for long. Fewer bytes than asked for are no reason to wait.
ssize_t read_blocking(const net_core& core, void* to, std::size_t bytes) {
  const detail::blocking_scope scope;
  return try_read(core, to, bytes);
}
ssize_t write_blocking(const net_core& core, const void* from, std::size_t bytes) {
  const detail::blocking_scope scope;
  return try_write(core, from, bytes);
}

// One read of at least a byte, or the end. The caller has the reader's turn.
std::error_code read_some(net_core& core, void* to, std::size_t bytes, bool is_full,
                          std::size_t& got) {
  constexpr auto kSide = sched::poll_side::read;
  if (core.record == nullptr) {
    const ssize_t n = read_blocking(core, to, bytes);
    if (n < 0) return system_error_code(static_cast<int>(-n));
    got = static_cast<std::size_t>(n);
    return {};
  }
  if (core.is_drained && !sched::poll_is_worth_a_try(*core.record, kSide)) {
    if (const std::error_code failed = wait_for(core, kSide)) return failed;
  } else if (const std::error_code failed = to_error(sched::poll_prepare(*core.record, kSide))) {
    return failed;
  }
  for (;;) {
    bool is_drained = false;
    const ssize_t n = core.tells_what_is_left && (is_full || core.asks_for_left)
                          ? try_read_telling(core, to, bytes, is_drained)
                          : try_read(core, to, bytes);
    if (n >= 0) {
      got = static_cast<std::size_t>(n);
      core.was_filled = got == bytes;
      core.is_drained = is_drained || (core.is_drained_by_short_read && !core.was_filled);
      if (!core.was_filled) core.asks_for_left = false;  // a short read tells by itself
      return {};
    }
    if (n == -EAGAIN && core.was_filled) core.asks_for_left = true;
    if (n != -EAGAIN) return system_error_code(static_cast<int>(-n));
    if (const std::error_code failed = wait_for(core, kSide)) return failed;
  }
}

// One write of at least a byte. The caller has the writer's turn.
std::error_code write_some(net_core& core, const void* from, std::size_t bytes, std::size_t& put) {
  constexpr auto kSide = sched::poll_side::write;
  if (core.record == nullptr) {
    const ssize_t n = write_blocking(core, from, bytes);
    if (n < 0) return system_error_code(static_cast<int>(-n));
    put = static_cast<std::size_t>(n);
    return {};
  }
  if (const std::error_code failed = to_error(sched::poll_prepare(*core.record, kSide)))
    return failed;
  for (;;) {
    const ssize_t n = try_write(core, from, bytes);
    if (n >= 0) {
      put = static_cast<std::size_t>(n);
      return {};
    }
    if (n != -EAGAIN) return system_error_code(static_cast<int>(-n));
    if (const std::error_code failed = wait_for(core, kSide)) return failed;
  }
}

std::size_t read_until(net_core& core, char* to, std::size_t bytes, bool is_full,
                       std::error_code& failed) {
  std::size_t total = 0;
  do {
    std::size_t got = 0;
    failed = read_some(core, to + total, bytes - total, is_full, got);
    if (failed) break;
    event::emit::io_read(to + total, got);
    total += got;
    if (got == 0) {
      if (is_full && total != 0) failed = errc::unexpected_eof;
      break;
    }
  } while (is_full && total < bytes);
  return total;
}

}  // namespace
}  // namespace net

std::size_t detail::net_read(net_core* core, void* to, std::size_t bytes, bool is_full,
                             std::error_code& error) {
  std::size_t total = 0;
  std::error_code failed;
  {
    const net::turn mine(core, sched::poll_side::read);
    if (!mine)
      failed = net::errc::closed;
    else if (bytes != 0)
      total = net::read_until(*core, static_cast<char*>(to), bytes, is_full, failed);
  }
  net_report(failed, error, "read");
  return total;
}

std::size_t detail::net_write(net_core* core, const void* from, std::size_t bytes, bool is_whole,
                              std::error_code& error) {
  std::size_t total = 0;
  std::error_code failed;
  {
    const net::turn mine(core, sched::poll_side::write);
    if (!mine) failed = net::errc::closed;
    if (mine && bytes != 0) event::emit::io_written(from, bytes);
    while (!failed && total < bytes) {
      std::size_t put = 0;
      failed = net::write_some(*core, static_cast<const char*>(from) + total, bytes - total, put);
      total += put;
      if (!is_whole) break;
    }
  }
  net_report(failed, error, "write");
  return total;
}

}  // namespace vole
