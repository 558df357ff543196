// SPDX-License-Identifier: Apache-2.0
// The runtime's own threads: starting them, and telling them from the program's.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "sched/goroutine/g.h"

namespace vole::sched {

// Starts a detached thread of the runtime. False when the system has none left. It must call
// enter_own_thread() first.
bool start_own_thread(void* (*body)(void*), void* argument);

// Fatal in the child of a fork(), where the runtime's threads are missing: what would wait for
// ever.
void refuse_forked_child();

// Names the calling thread and makes it known as the runtime's own. Returns its id.
pid_t enter_own_thread(const char* name);

// True when each thread of the process is the runtime's own, a diagnoser's (its name begins with
// "vole:"), or in `adopted` (sorted). Reads /proc/self/task; false when that can't be read.
bool has_only_known_threads(const pid_t* adopted, std::size_t adopted_count);

// What the kernel says of the thread just now: 'R' it runs or waits for a core, 'S' it sleeps,
// 'D' it waits for the disk or the like; 'X' when it is gone.
char thread_state(pid_t thread);

// The C++ runtime's exception globals of the calling thread; fixed for its life.
eh_globals* thread_eh_globals() noexcept;

// The calling thread's own stack.
void read_thread_stack(std::uintptr_t& low, std::uintptr_t& high);

}  // namespace vole::sched
