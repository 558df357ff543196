// SPDX-License-Identifier: Apache-2.0
// Drops checks that another check makes redundant; the second stage of the race pass.
#pragma once

#include <llvm/ADT/ArrayRef.h>

#include "access.h"
#include "statistics.h"

namespace llvm {
class Function;
class TargetLibraryInfo;
}  // namespace llvm

namespace vole::instrument {

// Sets dropped on each access that another one of accesses covers, and counts them in stats.
// accesses are those of function, in the order of its instructions. Changes no instruction.
void eliminate_covered(llvm::Function& function, const llvm::TargetLibraryInfo& library,
                       llvm::MutableArrayRef<access> accesses, statistics& stats);

}  // namespace vole::instrument
