// SPDX-License-Identifier: Apache-2.0
// Points calls of libc's memory and string functions at the runtime's, which check what they touch.
//
// A name alone is not enough: the function must be libc's as the compiler knows it, with libc's
// parameters, and only declared here. What the optimizer evaluated or expanded is no call any more.
#include <llvm/ADT/StringSet.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Module.h>

#include "stages.h"

namespace vole::instrument {
namespace {

bool is_checked_by_runtime(llvm::StringRef name) {
  static const llvm::StringSet<> names = {
#define VOLE_ABI_LIBC(NAME) #NAME,
#include <vole/instrument_abi.def>
  };
  return names.contains(name);
}

// The libc function that call calls, if the runtime has its twin.
llvm::Function* checked_callee(const llvm::CallBase& call, const llvm::TargetLibraryInfo& library) {
  llvm::Function* callee = call.getCalledFunction();
  if (callee == nullptr || !callee->isDeclaration() || callee->isIntrinsic()) return nullptr;
  if (call.isMustTailCall() || !is_checked_by_runtime(callee->getName())) return nullptr;
  llvm::LibFunc function;
  return library.getLibFunc(*callee, function) ? callee : nullptr;
}

void redirect(llvm::CallBase& call, llvm::Function& callee) {
  llvm::Module& module = *call.getModule();
  call.setCalledFunction(
      module.getOrInsertFunction(("__vole_" + callee.getName()).str(), callee.getFunctionType()));
  // The runtime's may report, and so call back: only libc's own keeps these promises.
  call.removeFnAttr(llvm::Attribute::Memory);
  call.removeFnAttr(llvm::Attribute::NoSync);
  call.removeFnAttr(llvm::Attribute::NoCallback);
  call.removeFnAttr(llvm::Attribute::NoBuiltin);
  call.addFnAttr(llvm::Attribute::NoMerge);
  if (auto* plain = llvm::dyn_cast<llvm::CallInst>(&call))
    plain->setTailCallKind(llvm::CallInst::TCK_NoTail);
}

}  // namespace

void redirect_libc_calls(llvm::Function& function, const llvm::TargetLibraryInfo& library,
                         statistics& stats) {
  for (llvm::Instruction& inst : llvm::instructions(function)) {
    auto* call = llvm::dyn_cast<llvm::CallBase>(&inst);
    llvm::Function* callee = call != nullptr ? checked_callee(*call, library) : nullptr;
    if (callee == nullptr) continue;
    redirect(*call, *callee);
    ++stats.libc_calls;
  }
}

}  // namespace vole::instrument
