// SPDX-License-Identifier: Apache-2.0
// What decides order or time and comes from the machine, or, where schedules are controlled (sim/),
// from whoever controls them. now_ns() is declared in timer.h, for its users above.
#pragma once

#include <cstdint>

namespace vole::sched {

// A seed for one worker's choices (whom to steal from).
std::uint64_t random_seed();

// True: the caller's schedule is a controlled one, and decides which of `count` ready cases, two at
// least, its select takes.
bool decide_select(std::uint32_t count, std::uint32_t& answer) noexcept;
// True: likewise, nothing may depend on which processor the caller happens to be on.
bool is_simulated() noexcept;

}  // namespace vole::sched
