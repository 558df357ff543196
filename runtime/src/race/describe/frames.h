// SPDX-License-Identifier: Apache-2.0
// Stacks as reports show them: with names, and without what the reader did not write.
#pragma once

#include <string>
#include <vector>

#include "format/race_report.h"
#include "race/shadow/history.h"

namespace vole::race {

struct named_frame {
  format::race_frame shown;
  bool is_own = false, is_std = false, is_unknown = false;
};

// All frames, those of inlined calls too, innermost first.
std::vector<named_frame> frames_of(stack_id stack);

// Takes away the detector's and the runtime's frames at either end, whatever called main, and the
// library's machinery under a thread's function. If nothing is left, all stay.
void trim(std::vector<named_frame>& frames);

format::race_stack shown(const std::vector<named_frame>& frames);
// The same, trimmed, from the first frame on that is no library's, which called what the stack is
// about. Empty if there is none.
format::race_stack shown_from_caller(stack_id stack, std::size_t frames_max = kStackFramesMax);

// The program's own functions, as race ids know them: no library's, which differ between its
// versions, and without the numbers of lambdas and clones, which shift when others are added.
std::vector<std::string> names_for_id(const std::vector<named_frame>& frames);

// "file.cpp:12" of the innermost of the program's own frames; the function where no file is known.
std::string own_place(const std::vector<named_frame>& frames);

}  // namespace vole::race
