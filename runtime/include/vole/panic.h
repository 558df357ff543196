// SPDX-License-Identifier: Apache-2.0
// Misuse that Go's panic can recover from: exceptions with Go's texts. One that no goroutine
// catches ends the process as Go's panic does: `panic: TEXT`, a blank line, the traceback,
// status 2.
//
//   try {
//     jobs.send(1);
//   } catch (const vole::send_on_closed_channel& p) {
//     std::puts(p.what());  // send on closed channel
//   }
#pragma once

#include <stdexcept>
#include <string>

namespace vole {

struct panic : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct send_on_closed_channel : panic {
  send_on_closed_channel() : panic("send on closed channel") {}
};
struct close_of_closed_channel : panic {
  close_of_closed_channel() : panic("close of closed channel") {}
};
struct close_of_nil_channel : panic {
  close_of_nil_channel() : panic("close of nil channel") {}
};
struct negative_wait_group_counter : panic {
  negative_wait_group_counter() : panic("sync: negative WaitGroup counter") {}
};
// Goroutines that can never go on, where that is an error of a part of the program only (synctest).
// A deadlock of the whole process is fatal and no exception.
struct deadlock : panic {
  deadlock() : panic("deadlock") {}
  explicit deadlock(const std::string& text) : panic(text) {}
};

}  // namespace vole
