// SPDX-License-Identifier: Apache-2.0
// Connections and other descriptors whose waits park the goroutine (`IO wait`), not the thread.
//
//   vole::net::listener server = vole::net::listen("tcp", "127.0.0.1:0");
//   for (;;) {
//     vole::net::conn c = server.accept();
//     vole::go([c] {
//       char buffer[4096];
//       while (std::size_t n = c.read(buffer)) c.write({buffer, n});
//     });
//   }
//
// Errors: every function takes a std::error_code as its last argument, which is set, to none on
// success. Without it, it throws std::system_error with that code. What may come back anywhere:
// errc::closed (somebody has called close()), errc::timeout (a deadline has passed; it compares
// equal to std::errc::timed_out), and what the system says. Never a SIGPIPE:
// std::errc::broken_pipe.
//
// Handles: copies are the same connection, and may be used by several goroutines at once: reads
// take turns, and so do writes; a read and a write go on side by side. The last handle to go closes
// it.
//
// Happens before: every write to a descriptor before every later read from any, as in Go: what came
// in may have been sent by this program.
#pragma once

#include <vole/context.h>
#include <vole/detail/annotations.h>
#include <vole/detail/net_core.h>
#include <vole/time.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

namespace vole::net {

enum class errc {
  closed = 1,       // "use of closed network connection"
  timeout,          // "i/o timeout"; == std::errc::timed_out
  unknown_network,  // "unknown network"
  missing_port,     // "missing port in address"
  unknown_port,     // "unknown port"
  no_such_host,     // "no such host"
  no_deadline,      // "file type does not support deadline"
  unexpected_eof,   // "unexpected EOF"
};
std::error_code make_error_code(errc e) noexcept;

}  // namespace vole::net

template <>
struct std::is_error_code_enum<vole::net::errc> : std::true_type {};

namespace vole::net {

// The error_code that stands for "throw": the default of every function here. Don't touch.
std::error_code& throws() noexcept;

// For set_deadline: none.
inline constexpr time_point no_deadline = time_point::max();

// Where a listener listens, or one end of a connection.
struct address {
  std::string network;     // "tcp" or "unix"; empty: unknown
  std::string host;        // "127.0.0.1", "::1"; for unix the path ("@name": an abstract one)
  std::uint16_t port = 0;  // tcp

  // "127.0.0.1:80", "[::1]:80", "/run/socket": what dial() takes.
  std::string text() const;
};

// What conn and descriptor have in common.
class stream {
 public:
  explicit operator bool() const noexcept { return core_.get() != nullptr; }

  // Waits until there is something to read and reads it, at most what `to` holds. 0: the end (the
  // other side has closed, or closed its writing half), or `to` is empty.
  VOLE_PARKS std::size_t read(std::span<char> to, std::error_code& error = throws()) const {
    return detail::net_read(core_.get(), to.data(), to.size(), false, error);
  }
  VOLE_PARKS std::size_t read(std::span<std::byte> to, std::error_code& error = throws()) const {
    return detail::net_read(core_.get(), to.data(), to.size(), false, error);
  }
  // Fills `to`. When the end comes first: errc::unexpected_eof, or no error and 0 when nothing was
  // there at all. Returns what was read, also when it fails.
  VOLE_PARKS std::size_t read_full(std::span<char> to, std::error_code& error = throws()) const {
    return detail::net_read(core_.get(), to.data(), to.size(), true, error);
  }
  VOLE_PARKS std::size_t read_full(std::span<std::byte> to,
                                   std::error_code& error = throws()) const {
    return detail::net_read(core_.get(), to.data(), to.size(), true, error);
  }

  // Writes all of it. Returns what was written: less only when it fails.
  VOLE_PARKS std::size_t write(std::string_view from, std::error_code& error = throws()) const {
    return detail::net_write(core_.get(), from.data(), from.size(), true, error);
  }
  VOLE_PARKS std::size_t write(std::span<const std::byte> from,
                               std::error_code& error = throws()) const {
    return detail::net_write(core_.get(), from.data(), from.size(), true, error);
  }
  // Waits until something can be written, and writes as much as fits.
  VOLE_PARKS std::size_t write_some(std::string_view from,
                                    std::error_code& error = throws()) const {
    return detail::net_write(core_.get(), from.data(), from.size(), false, error);
  }
  VOLE_PARKS std::size_t write_some(std::span<const std::byte> from,
                                    std::error_code& error = throws()) const {
    return detail::net_write(core_.get(), from.data(), from.size(), false, error);
  }

  // Ends reads and writes that wait, with errc::closed, and returns when the descriptor is closed
  // and its number free. A second time: errc::closed.
  VOLE_PARKS void close(std::error_code& error = throws()) const;

  // From when on reads, writes or both fail with errc::timeout, those that wait included. It holds
  // until it is set again: no_deadline, or a later one. A write that fails may have written a part.
  void set_deadline(time_point when, std::error_code& error = throws()) const;
  void set_read_deadline(time_point when, std::error_code& error = throws()) const;
  void set_write_deadline(time_point when, std::error_code& error = throws()) const;

  // The descriptor's number, -1 when closed. It stays non-blocking, and this object's to close.
  int native_handle() const noexcept;

 protected:
  stream() = default;
  explicit stream(detail::net_core* owned) noexcept : core_(owned) {}
  detail::net_handle<detail::net_core> core_;  // none: as closed
};

// A connection: TCP (Nagle's algorithm off, keep-alive on) or Unix-domain.
class conn : public stream {
 public:
  conn() = default;
  explicit conn(detail::net_core* owned) noexcept : stream(owned) {}

  // The other side reads the end after what was written; reading goes on. (shutdown)
  void close_write(std::error_code& error = throws()) const;
  void set_no_delay(bool is_on, std::error_code& error = throws()) const;

  address local_address() const;   // also when it is closed
  address remote_address() const;  // likewise
};

// Any other descriptor: a pipe, an eventfd, a terminal, an inotify queue, a socket of one's own.
class descriptor : public stream {
 public:
  descriptor() = default;
  // Owns `fd` from now on, also when it fails, and makes it non-blocking: so does everybody else
  // see it who shares the open file. Regular files, for which there is nothing to wait for in the
  // kernel, are read and written in vole::blocking(), and know no deadlines.
  explicit descriptor(int fd, std::error_code& error = throws());
};

class listener {
 public:
  listener() = default;
  explicit listener(detail::net_core* owned) noexcept : core_(owned) {}
  explicit operator bool() const noexcept { return core_.get() != nullptr; }

  // Waits for the next connection.
  VOLE_PARKS conn accept(std::error_code& error = throws()) const;
  // Ends the accepts that wait, with errc::closed. Connections go on. Removes the path of a Unix
  // socket. Returns when the address is free again.
  VOLE_PARKS void close(std::error_code& error = throws()) const;
  void set_deadline(time_point when, std::error_code& error = throws()) const;  // of accept
  net::address address() const;  // with the port that was chosen for port 0
  int native_handle() const noexcept;

 private:
  detail::net_handle<detail::net_core> core_;
};

// `network` is "tcp", "tcp4", "tcp6" or "unix"; `address` is "host:port", "[v6 address]:port",
// ":port" (every address of this machine; to dial: this machine) or a path. Names of hosts and
// services are looked up in vole::blocking().
VOLE_PARKS listener listen(std::string_view network, std::string_view address,
                           std::error_code& error = throws());

// Connects; tries the addresses of a host one after the other, and fails with the first one's
// error.
VOLE_PARKS inline conn dial(std::string_view network, std::string_view address,
                            std::error_code& error = throws()) {
  std::error_code failed;
  conn made(detail::net_dial(nullptr, network, address, failed));
  detail::net_report(failed, error, "dial", network, address);
  return made;
}

// Gives up, also looking up the host, when ctx ends, with ctx.err(). ctx does not end the
// connection.
VOLE_PARKS inline conn dial(const context& ctx, std::string_view network, std::string_view address,
                            std::error_code& error = throws()) {
  std::error_code failed = ctx.err();
  conn made;
  if (!failed) {
    const detail::net_handle<detail::dial_core> dialing(detail::dial_make());
    const auto stop = after_func(ctx, [dialing] { detail::dial_abort(dialing.get()); });
    made = conn(detail::net_dial(dialing.get(), network, address, failed));
    stop();
    if (failed && ctx.err()) failed = ctx.err();
  }
  detail::net_report(failed, error, "dial", network, address);
  return made;
}

}  // namespace vole::net
