// SPDX-License-Identifier: Apache-2.0
// SIGPROF, the one signal that the profile room takes: timer ticks of the CPU profile, and requests
// to a thread for its own stack.
//
// The handler is installed at the first need and stays: a tick may arrive after its timer has gone,
// and the default action would end the process. Signals that are not vole's go to the handler that
// was there before, if it was one.
#pragma once

#include <csignal>

namespace vole::profile {

inline constexpr int kProfilingSignal = SIGPROF;

// What a queued signal carries in si_value, so that it is known to be ours.
enum class signal_purpose : int { tick = 0x766f6c65, stack_request = 0x766f6c66 };

// The two receivers. They run in the handler, with errno saved. Async-signal-safe.
using signal_receiver = void(siginfo_t* info, void* context);
void set_tick_receiver(signal_receiver* receiver) noexcept;
void set_stack_request_receiver(signal_receiver* receiver) noexcept;

// Installs the handler if it is not. Any thread. Throws std::system_error.
void install_profiling_signal();

}  // namespace vole::profile
