// SPDX-License-Identifier: Apache-2.0
// SIGQUIT as in Go: all goroutines, the registers, exit status 2.
#pragma once

#include <cstdint>

namespace vole::sched {

// Takes SIGQUIT over if its action is the default one and VOLE_DEBUG does not say sigquit=0. A
// handler that the program installs, before or after, stays; an ignored SIGQUIT stays ignored.
void watch_for_quit();

// How long the report may take before the process ends without it. For tests.
void set_quit_patience(std::int64_t ns) noexcept;

}  // namespace vole::sched
