// SPDX-License-Identifier: Apache-2.0
// What the leak room needs of rooms that it may not know: boot plugs both in before main.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace vole::leak {

// Waits `ns` nanoseconds by parking the calling goroutine, so that others have its processor.
// Until it is set, and on threads that are no goroutine, the thread sleeps.
using pause_function = void(std::int64_t ns);
void set_pause(pause_function* park);

// The return addresses of a goroutine that runs on another thread right now. False where it does
// not run there any more or the thread does not answer. Until it is set, such stacks are unknown.
using capture_function = bool(pid_t thread_id, std::uint64_t goroutine_id,
                              std::vector<std::uintptr_t>& pcs);
void set_capture(capture_function* capture);

}  // namespace vole::leak
