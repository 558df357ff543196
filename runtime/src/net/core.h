// SPDX-License-Identifier: Apache-2.0
// An open descriptor: what all handles of a connection, a listener or another descriptor share.
#pragma once

#include <vole/net.h>

#include <string>
#include <system_error>

#include "event/announced_count.h"
#include "net/address.h"
#include "net/fd_lock.h"
#include "sched/poller.h"

namespace vole::detail {

struct net_core {
  event::announced_count references;
  net::fd_lock lock;
  int fd = -1;                           // while there is a use
  sched::poll_record* record = nullptr;  // null: always ready, reads and writes block the thread
  bool is_socket = false;
  // TCP hands out all that is there: after a read of less than was asked for there is nothing left
  // until the next edge. (Not so for Unix sockets, where a message with descriptors ends a read.)
  bool is_drained_by_short_read = false;
  bool tells_what_is_left = false;  // TCP_INQ: a read can say how much more there is
  // By the last read; under the reader's turn.
  bool is_drained = false;
  bool was_filled = false;     // it got as much as it asked for
  bool asks_for_left = false;  // the reader keeps asking for just what has come
  net::endpoint local, remote;
  std::string path_to_remove;  // of a listener's Unix socket
};

}  // namespace vole::detail

namespace vole::net {

using detail::net_core;

std::error_code system_error_code(int number);

// A use of a descriptor for the time of a scope; not there when it is closed, or `core` is null.
class use {
 public:
  explicit use(net_core* core) : core_(core != nullptr && core->lock.enter() ? core : nullptr) {}
  ~use();
  use(const use&) = delete;
  use& operator=(const use&) = delete;
  explicit operator bool() const noexcept { return core_ != nullptr; }

 private:
  net_core* core_;
};

// The same for a side of it; may park.
class turn {
 public:
  turn(net_core* core, sched::poll_side side)
      : core_(core != nullptr && core->lock.enter(side) ? core : nullptr), side_(side) {}
  ~turn();
  turn(const turn&) = delete;
  turn& operator=(const turn&) = delete;
  explicit operator bool() const noexcept { return core_ != nullptr; }

 private:
  net_core* core_;
  sched::poll_side side_;
};

// Owns `fd`, which is non-blocking, and closes it when it fails. `may_block`: takes files, too, for
// which there is nothing to wait for.
net_core* open_core(int fd, bool may_block, std::error_code& failed);
// For a connected socket, with its ends; `remote` may be unknown.
net_core* open_socket(int fd, const endpoint& remote, std::error_code& failed);
std::error_code close_core(net_core* core);

// What prepare and wait say, as an error.
std::error_code to_error(sched::poll_status status);
// poll_wait() of a core with a record.
inline std::error_code wait_for(const net_core& core, sched::poll_side side) {
  return to_error(sched::poll_wait(*core.record, side));
}

void set_deadlines(net_core* core, time_point when, bool of_reads, bool of_writes,
                   std::error_code& error);
int number_of(net_core* core);

}  // namespace vole::net
