// SPDX-License-Identifier: Apache-2.0
// Decides which functions and which memory accesses the race pass instruments; the first stage of
// the pass.
#pragma once

#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/ADT/SmallVector.h>

#include "access.h"
#include "statistics.h"

namespace llvm {
class Function;
class Module;
}  // namespace llvm

namespace vole::instrument {

// The functions of module that are left alone for what the module says about them: the annotation
// "vole.norace", or that they choose an ifunc's implementation, which happens before the runtime's
// own symbols are bound.
llvm::SmallPtrSet<const llvm::Function*, 8> norace_functions(const llvm::Module& module);

// Whether the accesses of function are to be left alone: no body here, naked, an attribute or an
// annotation of its own that says so.
bool is_exempt(const llvm::Function& function,
               const llvm::SmallPtrSetImpl<const llvm::Function*>& norace);

// Appends the plain accesses of function that could take part in a race, in the order of the
// instructions, and counts in stats those it leaves out, by reason. A few instructions give two
// accesses (memcpy reads, then writes). Changes nothing.
void select_accesses(llvm::Function& function, llvm::SmallVectorImpl<access>& out,
                     statistics& stats);

// Appends the atomic instructions and fences of function that the runtime must perform, and counts
// those it leaves out. Changes nothing.
void select_atomics(llvm::Function& function, llvm::SmallVectorImpl<llvm::Instruction*>& out,
                    statistics& stats);

}  // namespace vole::instrument
