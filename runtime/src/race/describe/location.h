// SPDX-License-Identifier: Apache-2.0
// What the memory is that two goroutines met at.
#pragma once

#include <cstdint>
#include <string>

#include "format/race_report.h"
#include "race/describe/actors.h"

namespace vole::race {

// `own_frame`: a frame address on the stack of the goroutine that reports, whose actor is `self`.
format::race_location describe_location(std::uintptr_t address, std::uint32_t self,
                                        std::uintptr_t own_frame, actor_list& actors,
                                        const live_goroutines& living);

// The name of the variable at `address`, or "".
std::string variable_at(std::uintptr_t address);

}  // namespace vole::race
