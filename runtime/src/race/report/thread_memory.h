// SPDX-License-Identifier: Apache-2.0
// Memory that is a thread's by the language: its thread_local variables.
#pragma once

#include <cstdint>

namespace vole::race {

// True when `address` lies in a thread_local of the calling thread's. Some microseconds; takes the
// dynamic linker's lock.
bool is_thread_local_here(std::uintptr_t address);

}  // namespace vole::race
