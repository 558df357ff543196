// SPDX-License-Identifier: Apache-2.0
// Whose turn it is to poll: what workers call when they have nothing to do. The protocol stands in
// turn.cpp.
#pragma once

#include "sched/core/worker.h"

namespace vole::sched {

// For a worker with a processor and nothing to run: polls without blocking. Returns one goroutine
// to run; the others are in the processor's queue. Null when there is nothing, or somebody else
// polls.
g* poll_now(worker& self);

// For a worker with a processor, every now and then, though it has goroutines to run: polls without
// blocking unless an idle worker does. What became ready is at the end of the processor's queue.
void poll_beside_work(worker& self);

// For a worker without a processor that is on the idle list. When it is the one who should, polls
// until it is given a processor (then true: it has it, and perhaps goroutines in its queue and in
// worker::polled), or until something became ready for which it can get none (then false, and it is
// off the idle list). Also false, at once and still on the list, when it should sleep as usual.
enum class poll_outcome : std::uint8_t { not_mine, has_processor, is_off_list };
poll_outcome poll_while_idle(worker& self);

// Step W2: after a goroutine began to wait, or a processor became idle without its worker.
void poll_see_to_it();

}  // namespace vole::sched
