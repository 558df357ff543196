// SPDX-License-Identifier: Apache-2.0
// Where channels were closed: what a report of a second close, or of a send, wants to show. One
// entry for each closed channel that still exists.
#pragma once

#include <cstdint>

#include "race/shadow/history.h"

namespace vole::race {

struct origin {
  std::uint32_t actor_index = 0;  // 0: not known
  stack_id stack = 0;
};

void note_origin(const void* object, origin from);
origin origin_of(const void* object);
void forget_origin(const void* object);

}  // namespace vole::race
