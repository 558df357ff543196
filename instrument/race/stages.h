// SPDX-License-Identifier: Apache-2.0
// The stages of the race pass that decide what to check. Only redirect_libc_calls() changes an
// instruction.
#pragma once

#include <llvm/ADT/ArrayRef.h>
#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/ADT/SmallVector.h>

#include "access.h"
#include "statistics.h"

namespace llvm {
class DominatorTree;
class Function;
class Loop;
class LoopInfo;
class Module;
class ScalarEvolution;
class TargetLibraryInfo;
}  // namespace llvm

namespace vole::instrument {

using function_set = llvm::SmallPtrSetImpl<const llvm::Function*>;

// The functions of module that are left alone for what the module says about them: the annotation
// "vole.norace", or that they choose an ifunc's implementation, which happens before the runtime's
// own symbols are bound.
llvm::SmallPtrSet<const llvm::Function*, 8> norace_functions(const llvm::Module& module);

// Whether the accesses of function are to be left alone: no body here, naked, an attribute or an
// annotation of its own that says so.
bool is_exempt(const llvm::Function& function, const function_set& norace);

// Appends the plain accesses of function that could take part in a race, in the order of the
// instructions, and counts in stats those it leaves out, by reason. A few instructions give two
// accesses (memcpy reads, then writes).
void select_accesses(llvm::Function& function, llvm::SmallVectorImpl<access>& out,
                     statistics& stats);

// Appends the atomic instructions and fences of function that the runtime must perform, and counts
// those it leaves out.
void select_atomics(llvm::Function& function, llvm::SmallVectorImpl<llvm::Instruction*>& out,
                    statistics& stats);

// Sets dropped on each access that another one of accesses covers, and counts them in stats.
// accesses are those of function, in the order of its instructions.
void eliminate_covered(llvm::Function& function, const llvm::TargetLibraryInfo& library,
                       llvm::MutableArrayRef<access> accesses, statistics& stats);

// Whether inst can neither release nor acquire.
bool is_quiet(const llvm::Instruction& inst, const llvm::TargetLibraryInfo& library);

// Points the calls of libc's memory and string functions in function at the runtime's twins of
// them. Comes last: the other stages know libc's functions by their names.
void redirect_libc_calls(llvm::Function& function, const llvm::TargetLibraryInfo& library,
                         statistics& stats);

struct loop_analyses {
  const llvm::TargetLibraryInfo& libcalls;
  const llvm::LoopInfo& loops;
  const llvm::DominatorTree& dominators;
  llvm::ScalarEvolution& evolution;
};

// Appends to out one range for each set of accesses that walk through memory without gaps in a loop
// that does nothing but compute; sets dropped on these accesses and counts them.
void find_loop_ranges(const loop_analyses& analyses, llvm::MutableArrayRef<access> accesses,
                      llvm::SmallVectorImpl<loop_range>& out, statistics& stats);

}  // namespace vole::instrument
