// SPDX-License-Identifier: Apache-2.0
// VOLE_DEBUG: what the runtime is asked to tell about itself, as GODEBUG.
//
// A list of NAME=VALUE with commas: `VOLE_DEBUG=schedtrace=1000,sigquit=0`. A bare `1` stands for
// `fallbacks=1`. docs/RUNTIME_SETTINGS.md has the table.
#pragma once

#include <string_view>

namespace vole::base {

struct debug_options {
  bool says_fallbacks = false;   // fallbacks=1: says what it does without on this machine
  int schedtrace_ms = 0;         // schedtrace=N: a line about the scheduler every N ms; 0: none
  bool has_scheddetail = false;  // scheddetail=1: that line goes on with each processor and worker
  bool handles_sigquit = true;   // sigquit=0: SIGQUIT keeps its default action
  bool measures_stacks = false;  // stacks=1: at exit, how deep stacks were used, by creation
  bool follows_machine = true;   // updatemaxprocs=0: max_procs stays what it was at the start
};

// Unknown names and values that are no number leave their option as it is. `complaint`, if not
// null, becomes the first item that was not understood. Async-signal-safe.
debug_options parse_debug_options(std::string_view text,
                                  std::string_view* complaint = nullptr) noexcept;

// The environment's, read once; says on stderr what it did not understand. Any thread.
const debug_options& debug() noexcept;

}  // namespace vole::base
