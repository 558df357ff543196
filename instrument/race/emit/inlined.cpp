// SPDX-License-Identifier: Apache-2.0
// Checks that look for themselves: a load, a comparison and a branch, and the call out of line.
//
//   words = load (address + plane)        what is on record there; the plane's address is constant
//   if ((words ^ ids) & mask) cold(address)   ids and mask: the running segment, thread-local
//
// The segment is loaded at each check and never kept: a goroutine goes on on another thread after
// any call. That holds in the machine code, too: the load names the thread-local variable, which
// the back end folds into an %fs-relative operand and does not move over calls.
//
// The call keeps all registers (preserve_most), so that the code around it need not spill.
#include <llvm/IR/MDBuilder.h>
#include <llvm/IR/Module.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/ModuleUtils.h>

#include "../abi.h"
#include "emitter.h"

namespace vole::instrument {
namespace {

constexpr std::uint64_t kGranuleBytes = 4;  // of memory, for which a plane has a word
// Longer accesses are ranges: at 64 bytes the words to compare are more than the call costs.
constexpr std::uint64_t kInlineBytesMax = 32;

}  // namespace

// Every word that is loaded must be about bytes that are accessed, and no other.
bool emitter::can_inline(const access& item) const {
  const std::uint64_t size = item.size_bytes;
  if (item.address->getType()->getPointerAddressSpace() != 0) return false;
  if (size < kGranuleBytes) return (size == 1 || size == 2) && item.align_bytes >= size;
  return size % kGranuleBytes == 0 && size <= kInlineBytesMax && item.align_bytes >= kGranuleBytes;
}

// A field of the segment, as its first half or whole.
llvm::Value* emitter::segment_field(llvm::IRBuilder<>& builder, unsigned field, llvm::Type* type) {
  llvm::Type* pair = llvm::ArrayType::get(builder.getInt64Ty(), 2);
  auto* variable =
      llvm::cast<llvm::GlobalVariable>(module_.getOrInsertGlobal(abi::segment(), pair, [&] {
        auto* made =
            new llvm::GlobalVariable(module_, pair, false, llvm::GlobalValue::ExternalLinkage,
                                     nullptr, abi::segment(), nullptr,
                                     is_in_program_ ? llvm::GlobalValue::LocalExecTLSModel
                                                    : llvm::GlobalValue::InitialExecTLSModel);
        made->setDSOLocal(is_in_program_);
        made->setAlignment(llvm::Align(8));
        return made;
      }));
  llvm::Value* address = builder.CreateConstInBoundsGEP2_64(
      pair, builder.CreateThreadLocalAddress(variable), 0, field);
  return builder.CreateAlignedLoad(type, address, llvm::Align(8));
}

llvm::Value* emitter::plane_address(llvm::IRBuilder<>& builder, const access& item) {
  auto* variable = llvm::cast<llvm::GlobalVariable>(
      module_.getOrInsertGlobal(abi::plane(item.is_write), size_, [&] {
        auto* made =
            new llvm::GlobalVariable(module_, size_, false, llvm::GlobalValue::ExternalLinkage,
                                     nullptr, abi::plane(item.is_write));
        made->setDSOLocal(is_in_program_);
        return made;
      }));
  llvm::LoadInst* distance = builder.CreateAlignedLoad(size_, variable, llvm::Align(8));
  distance->setMetadata(llvm::LLVMContext::MD_invariant_load,
                        llvm::MDNode::get(module_.getContext(), {}));
  llvm::Value* address = builder.CreatePtrToInt(item.address, size_);
  if (item.size_bytes < kGranuleBytes) address = builder.CreateAnd(address, ~(kGranuleBytes - 1));
  return builder.CreateIntToPtr(builder.CreateAdd(address, distance), pointer_);
}

// Whether any of the words is not the running segment's.
llvm::Value* emitter::is_unknown(llvm::IRBuilder<>& builder, const access& item) {
  llvm::Value* words = plane_address(builder, item);
  const bool is_one_word = item.size_bytes <= kGranuleBytes;
  llvm::Type* type = is_one_word ? builder.getInt32Ty() : builder.getInt64Ty();
  llvm::Value* ids = segment_field(builder, 0, type);
  llvm::Value* differing = nullptr;
  const std::uint64_t bytes = std::max(item.size_bytes, kGranuleBytes);
  for (std::uint64_t offset = 0; offset < bytes;) {
    const std::uint64_t step = bytes - offset >= 8 ? 8 : 4;
    llvm::Value* place = builder.CreateConstGEP1_64(builder.getInt8Ty(), words, offset);
    llvm::Value* word = builder.CreateAlignedLoad(
        step == 8 ? builder.getInt64Ty() : builder.getInt32Ty(), place, llvm::Align(4));
    llvm::Value* difference = nullptr;
    if (step == 8 || is_one_word) {
      difference = builder.CreateXor(word, ids);
    } else {
      // A last single word: compared with the first half.
      llvm::Value* half = builder.CreateXor(word, builder.CreateTrunc(ids, builder.getInt32Ty()));
      difference = builder.CreateZExt(half, type);
    }
    differing = differing == nullptr ? difference : builder.CreateOr(differing, difference);
    offset += step;
  }
  differing = builder.CreateAnd(differing, segment_field(builder, 1, type));
  return builder.CreateICmpNE(differing, llvm::ConstantInt::get(type, 0));
}

void emitter::check_inline(const access& item) {
  ++(item.is_write ? stats_.writes : stats_.reads);
  ++stats_.inlined;
  builder_before builder(*item.at);
  llvm::Value* is_cold = is_unknown(builder, item);
  llvm::MDNode* weights = llvm::MDBuilder(module_.getContext()).createUnlikelyBranchWeights();
  llvm::Instruction* end =
      llvm::SplitBlockAndInsertIfThen(is_cold, item.at->getIterator(), false, weights);
  llvm::IRBuilder<> cold(end);
  cold.SetCurrentDebugLocation(builder.getCurrentDebugLocation());
  llvm::StringRef name = abi::cold_access(item.size_bytes, item.is_write);
  llvm::CallInst* made = name.empty()
                             ? call(cold, abi::cold_range(item.is_write), void_,
                                    {item.address, llvm::ConstantInt::get(size_, item.size_bytes)})
                             : call(cold, name, void_, {item.address});
  made->setCallingConv(llvm::CallingConv::PreserveMost);
  if (llvm::Function* callee = made->getCalledFunction()) {
    callee->setCallingConv(llvm::CallingConv::PreserveMost);
    // Not through a stub that binds at the first call, which would not keep the registers.
    callee->addFnAttr(llvm::Attribute::NonLazyBind);
    callee->addFnAttr(llvm::Attribute::Cold);
    callee->setDSOLocal(is_in_program_);
  }
}

void emitter::finish() {
  if (stats_.inlined == 0) return;
  llvm::getOrCreateSanitizerCtorAndInitFunctions(
      module_, "vole.module_start", abi::start(), {}, {},
      [&](llvm::Function* constructor, llvm::FunctionCallee) {
        llvm::appendToGlobalCtors(module_, constructor, 0);
      });
}

}  // namespace vole::instrument
