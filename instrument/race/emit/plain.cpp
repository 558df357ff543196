// SPDX-License-Identifier: Apache-2.0
// Turns plain accesses into calls of the race runtime.
//
// The calls stand right before the accesses, carry their line, and are never tail calls: the
// runtime takes the place of the access from its return address.
#include "emitter.h"

#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <llvm/TargetParser/Triple.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>

#include <algorithm>

#include "../abi.h"

namespace vole::instrument {

// A call without a line inside a function that has lines would be an error if it were inlined, and
// would take over its neighbour's line in a report: it gets line 0, "no line".
builder_before::builder_before(llvm::Instruction& inst) : llvm::IRBuilder<>(&inst) {
  if (getCurrentDebugLocation()) return;
  if (llvm::DISubprogram* program = inst.getFunction()->getSubprogram()) {
    SetCurrentDebugLocation(llvm::DILocation::get(inst.getContext(), 0, 0, program));
  }
}

emitter::emitter(llvm::Module& module, statistics& stats, bool wants_inline)
    : module_(module),
      stats_(stats),
      is_inline_(wants_inline && llvm::Triple(module.getTargetTriple()).isArch64Bit() &&
                 llvm::Triple(module.getTargetTriple()).isX86()),
      is_in_program_(module.getPICLevel() == llvm::PICLevel::NotPIC ||
                     module.getPIELevel() != llvm::PIELevel::Default),
      void_(llvm::Type::getVoidTy(module.getContext())),
      pointer_(llvm::PointerType::getUnqual(module.getContext())),
      size_(module.getDataLayout().getIntPtrType(module.getContext())),
      order_(llvm::Type::getInt32Ty(module.getContext())) {}

llvm::FunctionCallee emitter::entry_point(llvm::StringRef name, llvm::Type* result,
                                          llvm::ArrayRef<llvm::Type*> parameters) {
  llvm::FunctionCallee callee =
      module_.getOrInsertFunction(name, llvm::FunctionType::get(result, parameters, false));
  if (auto* function = llvm::dyn_cast<llvm::Function>(callee.getCallee())) {
    function->setDoesNotThrow();
    // The C ABI wants small integers extended by the caller; the int orders are 32 bits already.
    for (unsigned i = 0; i < parameters.size(); ++i) {
      if (parameters[i]->isIntegerTy() && parameters[i]->getIntegerBitWidth() < 32) {
        function->addParamAttr(i, llvm::Attribute::ZExt);
      }
    }
    if (result->isIntegerTy() && result->getIntegerBitWidth() < 32) {
      function->addRetAttr(llvm::Attribute::ZExt);
    }
  }
  return callee;
}

llvm::CallInst* emitter::call(llvm::IRBuilder<>& builder, llvm::StringRef name, llvm::Type* result,
                              llvm::ArrayRef<llvm::Value*> arguments) {
  llvm::SmallVector<llvm::Type*, 5> types;
  for (llvm::Value* argument : arguments) types.push_back(argument->getType());
  llvm::FunctionCallee callee = entry_point(name, result, types);
  llvm::CallInst* made = builder.CreateCall(callee, arguments);
  if (auto* function = llvm::dyn_cast<llvm::Function>(callee.getCallee())) {
    made->setAttributes(function->getAttributes());
  }
  made->setTailCallKind(llvm::CallInst::TCK_NoTail);
  made->addFnAttr(llvm::Attribute::NoMerge);  // two lines' checks merged would have no line
  return made;
}

void emitter::check_range(llvm::IRBuilder<>& builder, llvm::Value* address, llvm::Value* length,
                          bool is_write) {
  ++(is_write ? stats_.write_ranges : stats_.read_ranges);
  call(builder, abi::range(is_write), void_, {address, builder.CreateZExtOrTrunc(length, size_)});
}

void emitter::check_sized(const access& item) {
  if (is_inline_ && can_inline(item)) return check_inline(item);
  builder_before builder(*item.at);
  std::uint64_t size = item.size_bytes;
  llvm::StringRef name = abi::access(size, item.is_write);
  if (name.empty() || item.align_bytes < std::min<std::uint64_t>(size, 8)) {
    check_range(builder, item.address, llvm::ConstantInt::get(size_, size), item.is_write);
    return;
  }
  ++(item.is_write ? stats_.writes : stats_.reads);
  call(builder, name, void_, {item.address});
}

// A lane that the mask leaves out gets a range of 0 bytes: no branch is needed.
void emitter::check_lanes(const access& item) {
  builder_before builder(*item.at);
  auto* mask_type = llvm::cast<llvm::FixedVectorType>(item.mask->getType());
  llvm::Type* byte = builder.getInt8Ty();
  for (unsigned lane = 0; lane < mask_type->getNumElements(); ++lane) {
    llvm::Value* is_on = builder.CreateExtractElement(item.mask, lane);
    if (item.mask_is_inverted) is_on = builder.CreateNot(is_on);
    if (auto* known = llvm::dyn_cast<llvm::ConstantInt>(is_on); known && known->isZero()) continue;
    llvm::Value* length = builder.CreateSelect(
        is_on, llvm::ConstantInt::get(size_, item.size_bytes), llvm::ConstantInt::get(size_, 0));
    llvm::Value* address =
        item.address->getType()->isVectorTy()
            ? builder.CreateExtractElement(item.address, lane)
            : builder.CreateConstGEP1_64(byte, item.address, lane * item.size_bytes);
    check_range(builder, address, length, item.is_write);
  }
}

void emitter::check_loops(llvm::ArrayRef<loop_range> ranges, llvm::ScalarEvolution& evolution) {
  llvm::SCEVExpander expander(evolution, module_.getDataLayout(), "vole.range");
  for (const loop_range& range : ranges) {
    llvm::Value* address = expander.expandCodeFor(range.start, pointer_, range.before);
    llvm::Value* length = expander.expandCodeFor(range.length, size_, range.before);
    builder_before builder(*range.before);
    if (const llvm::DebugLoc& line = range.line->getDebugLoc()) {
      builder.SetCurrentDebugLocation(line);
    }
    check_range(builder, address, length, range.is_write);
  }
}

void emitter::check(const access& item) {
  switch (item.form) {
    case access_form::sized:
      return check_sized(item);
    case access_form::range: {
      builder_before builder(*item.at);
      return check_range(builder, item.address, item.length, item.is_write);
    }
    case access_form::lanes:
      return check_lanes(item);
    case access_form::vptr: {
      builder_before builder(*item.at);
      ++stats_.vptr_writes;
      call(builder, abi::vptr(), void_, {item.address, item.new_vptr});
      return;
    }
  }
}

}  // namespace vole::instrument
