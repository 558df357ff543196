// SPDX-License-Identifier: Apache-2.0
// Runs the stages of the race pass on a module: marks before the optimizer, instruments after it.
//
//   1. At the start of the pipeline every function is marked. Those to be instrumented get
//      sanitize_thread, which keeps the optimizer from inventing reads (hoisting a load above the
//      test that guards it), and which it does not inline into functions without the mark. Those
//      that are exempt must not be inlined into others, where they would lose their exemption.
//   2. At the end, when what the optimizer removed is gone: select, eliminate, emit.
//
// Both keep frame pointers and forbid tail calls in code of their own accord, since the runtime
// walks the frames: an object built without the driver's flags is still unwound.
#include "pass.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/PassManager.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Transforms/Utils/LoopSimplify.h>

#include "emit/emitter.h"
#include "stages.h"

namespace vole::instrument {
namespace {

void keep_unwindable(llvm::Function& function) {
  function.addFnAttr("frame-pointer", "all");
  function.addFnAttr("disable-tail-calls", "true");
}

// Instrumented functions call the runtime, which writes memory and synchronises: what the optimizer
// had found out about them no longer holds. Only after all are instrumented, since elimination
// asks.
void forget_promises(llvm::Module& module, const function_set& norace) {
  for (llvm::Function& function : module) {
    if (is_exempt(function, norace)) continue;
    function.removeFnAttr(llvm::Attribute::Memory);
    function.removeFnAttr(llvm::Attribute::NoSync);
  }
}

struct mark_pass : llvm::PassInfoMixin<mark_pass> {
  llvm::PreservedAnalyses run(llvm::Module& module, llvm::ModuleAnalysisManager&) {
    auto norace = norace_functions(module);
    for (llvm::Function& function : module) {
      if (function.isDeclaration()) continue;
      if (function.hasFnAttribute(llvm::Attribute::Naked)) continue;
      keep_unwindable(function);
      if (is_exempt(function, norace)) {
        if (function.hasAvailableExternallyLinkage()) continue;
        function.removeFnAttr(llvm::Attribute::AlwaysInline);
        function.addFnAttr(llvm::Attribute::NoInline);
      } else {
        function.addFnAttr(llvm::Attribute::SanitizeThread);
      }
    }
    return llvm::PreservedAnalyses::none();
  }
  static bool isRequired() { return true; }
};

class instrument_pass : public llvm::PassInfoMixin<instrument_pass> {
 public:
  explicit instrument_pass(race_options options) : options_(options) {}

  llvm::PreservedAnalyses run(llvm::Module& module, llvm::ModuleAnalysisManager& modules) {
    auto& functions =
        modules.getResult<llvm::FunctionAnalysisManagerModuleProxy>(module).getManager();
    auto norace = norace_functions(module);
    statistics stats;
    emitter out(module, stats, options_.is_inline);
    for (llvm::Function& function : module) {
      if (function.isDeclaration()) continue;
      if (is_exempt(function, norace)) {
        if (!function.hasAvailableExternallyLinkage()) ++stats.omitted_function;
        continue;
      }
      // Functions that appeared on the way (module constructors, outlined parts) have no mark yet.
      keep_unwindable(function);
      instrument(function, functions, out, stats);
    }
    out.finish();
    forget_promises(module, norace);
    if (options_.print_statistics) stats.print(llvm::errs(), module.getSourceFileName());
    return llvm::PreservedAnalyses::none();
  }
  static bool isRequired() { return true; }

 private:
  void instrument(llvm::Function& function, llvm::FunctionAnalysisManager& analyses, emitter& out,
                  statistics& stats) const {
    llvm::SmallVector<access, 64> accesses;
    llvm::SmallVector<llvm::Instruction*, 8> atomics;
    select_accesses(function, accesses, stats);
    select_atomics(function, atomics, stats);
    auto& library = analyses.getResult<llvm::TargetLibraryAnalysis>(function);
    if (options_.eliminate) {
      eliminate_covered(function, library, accesses, stats);
      auto& evolution = analyses.getResult<llvm::ScalarEvolutionAnalysis>(function);
      loop_analyses loops{library, analyses.getResult<llvm::LoopAnalysis>(function),
                          analyses.getResult<llvm::DominatorTreeAnalysis>(function), evolution};
      llvm::SmallVector<loop_range, 8> ranges;
      find_loop_ranges(loops, accesses, ranges, stats);
      out.check_loops(ranges, evolution);
    }
    for (const access& item : accesses) {
      if (!item.dropped) out.check(item);
    }
    for (llvm::Instruction* inst : atomics) out.replace_atomic(*inst);
    redirect_libc_calls(function, library, stats);
    ++stats.functions;
  }

  race_options options_;
};

}  // namespace

void add_race_passes(llvm::PassBuilder& builder, race_options options) {
  builder.registerPipelineStartEPCallback(
      [](llvm::ModulePassManager& passes, llvm::OptimizationLevel) {
        passes.addPass(mark_pass());
      });
  builder.registerOptimizerLastEPCallback(
      [options](llvm::ModulePassManager& passes, llvm::OptimizationLevel level) {
        // Ranges of loops are checked in the block before the loop, which the optimizer's last
        // steps have often merged away.
        if (level != llvm::OptimizationLevel::O0) {
          passes.addPass(llvm::createModuleToFunctionPassAdaptor(llvm::LoopSimplifyPass()));
        }
        passes.addPass(instrument_pass(options));
      });
}

}  // namespace vole::instrument
