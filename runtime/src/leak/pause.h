// SPDX-License-Identifier: Apache-2.0
// How a check waits between two looks: the leak room knows no scheduler, boot gives it one's sleep.
#pragma once

#include <cstdint>

namespace vole::leak {

using pause_function = void(std::int64_t ns);

// boot gives the scheduler's sleep, which lets other goroutines have the caller's processor.
void set_pause(pause_function* sleep);

// Waits `ns` nanoseconds: a goroutine by parking; a thread that is none, and everybody before
// set_pause(), by blocking the thread.
void pause(std::int64_t ns);

}  // namespace vole::leak
