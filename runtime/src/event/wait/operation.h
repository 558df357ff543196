// SPDX-License-Identifier: Apache-2.0
// What kind of operation begins at a scheduling point; see operation_begun in event.def.
#pragma once

#include <cstdint>

namespace vole::event {

enum class operation : std::uint8_t {
  spawn,  // has just been done: the child may run
  yield,
  chan_send,
  chan_receive,
  chan_close,
  chan_look,  // len()
  select,
  lock,
  try_lock,
  unlock,
  group_add,  // done() too
  group_wait,
  once_call,
  cond_notify,
  map,
  pool,
  semaphore,
  context,
  timer,
  atomic,  // instrumented code only
};

}  // namespace vole::event
