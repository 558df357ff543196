// SPDX-License-Identifier: Apache-2.0
// What a test and its keeper share.
#pragma once

#include <exception>

#include "sched/bubble/bubble.h"

namespace vole::synctest {

struct running_test {
  sched::bubble& in;
  event::goroutine* caller = nullptr;  // in test(); parked when the keeper has its first turn
  void (*body)(void* f) = nullptr;
  void* f = nullptr;
  // Written by the body's goroutine, which is a member, and read in the keeper's turns and after.
  bool has_body_ended = false;
  std::exception_ptr failure;  // what left the body
};

// The keeper's goroutine, given a running_test. It readies the caller when nobody in the bubble can
// go on any more, and ends.
void keep(void* test);

}  // namespace vole::synctest
