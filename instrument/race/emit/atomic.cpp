// SPDX-License-Identifier: Apache-2.0
// Turns atomic instructions into calls of the race runtime, which performs them.
//
// Operations that the runtime has no entry for (min, max, floating point, wrapping ones) first
// become a compare-exchange loop, by LLVM's own expansion; its first load, which LLVM makes a plain
// one, is made a relaxed atomic one, as otherwise it would be a data race of our own making.
#include <llvm/CodeGen/AtomicExpandUtils.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/AtomicOrdering.h>

#include "../abi.h"
#include "emitter.h"

namespace vole::instrument {
namespace {

// The unsigned integer that carries a value of type to the runtime.
llvm::Type* carrier_of(llvm::Type* type, const llvm::Module& module) {
  return llvm::IntegerType::get(
      type->getContext(),
      static_cast<unsigned>(module.getDataLayout().getTypeStoreSizeInBits(type).getFixedValue()));
}

llvm::Value* order_constant(llvm::IRBuilder<>& builder, llvm::AtomicOrdering order) {
  return builder.getInt32(static_cast<unsigned>(llvm::toCABI(order)));
}

llvm::StringRef operation_name(llvm::AtomicRMWInst::BinOp operation) {
  switch (operation) {
    case llvm::AtomicRMWInst::Xchg:
      return "exchange";
    case llvm::AtomicRMWInst::Add:
      return "fetch_add";
    case llvm::AtomicRMWInst::Sub:
      return "fetch_sub";
    case llvm::AtomicRMWInst::And:
      return "fetch_and";
    case llvm::AtomicRMWInst::Or:
      return "fetch_or";
    case llvm::AtomicRMWInst::Xor:
      return "fetch_xor";
    case llvm::AtomicRMWInst::Nand:
      return "fetch_nand";
    default:
      return "";
  }
}

void replace(llvm::Instruction& inst, llvm::Value* result) {
  if (result != nullptr) {
    result->takeName(&inst);
    inst.replaceAllUsesWith(result);
  }
  inst.eraseFromParent();
}

}  // namespace

void emitter::replace_load(llvm::LoadInst& load) {
  builder_before builder(load);
  llvm::Type* bits = carrier_of(load.getType(), module_);
  llvm::Value* got = call(builder, abi::atomic_load(bits->getIntegerBitWidth()), bits,
                          {load.getPointerOperand(), order_constant(builder, load.getOrdering())});
  replace(load, builder.CreateBitOrPointerCast(got, load.getType()));
}

void emitter::replace_store(llvm::StoreInst& store) {
  builder_before builder(store);
  llvm::Value* value = store.getValueOperand();
  llvm::Type* bits = carrier_of(value->getType(), module_);
  call(builder, abi::atomic_store(bits->getIntegerBitWidth()), void_,
       {store.getPointerOperand(), builder.CreateBitOrPointerCast(value, bits),
        order_constant(builder, store.getOrdering())});
  replace(store, nullptr);
}

void emitter::replace_fence(llvm::FenceInst& fence) {
  builder_before builder(fence);
  call(builder, abi::fence(), void_, {order_constant(builder, fence.getOrdering())});
  replace(fence, nullptr);
}

void emitter::replace_exchange(llvm::AtomicCmpXchgInst& exchange) {
  builder_before builder(exchange);
  llvm::Type* type = exchange.getNewValOperand()->getType();
  llvm::Type* bits = carrier_of(type, module_);
  llvm::Value* expected = builder.CreateBitOrPointerCast(exchange.getCompareOperand(), bits);
  llvm::Value* desired = builder.CreateBitOrPointerCast(exchange.getNewValOperand(), bits);
  llvm::Value* old = call(builder, abi::atomic_compare_exchange(bits->getIntegerBitWidth()), bits,
                          {exchange.getPointerOperand(), expected, desired,
                           order_constant(builder, exchange.getSuccessOrdering()),
                           order_constant(builder, exchange.getFailureOrdering())});
  llvm::Value* succeeded = builder.CreateICmpEQ(old, expected);
  llvm::Value* pair = llvm::PoisonValue::get(exchange.getType());
  pair = builder.CreateInsertValue(pair, builder.CreateBitOrPointerCast(old, type), 0);
  replace(exchange, builder.CreateInsertValue(pair, succeeded, 1));
}

void emitter::replace_modify(llvm::AtomicRMWInst& modify) {
  llvm::Type* bits = carrier_of(modify.getType(), module_);
  llvm::StringRef name =
      abi::atomic_modify(bits->getIntegerBitWidth(), operation_name(modify.getOperation()));
  if (name.empty()) return expand_modify(modify);
  builder_before builder(modify);
  llvm::Value* operand = builder.CreateBitOrPointerCast(modify.getValOperand(), bits);
  llvm::Value* old =
      call(builder, name, bits,
           {modify.getPointerOperand(), operand, order_constant(builder, modify.getOrdering())});
  replace(modify, builder.CreateBitOrPointerCast(old, modify.getType()));
}

void emitter::expand_modify(llvm::AtomicRMWInst& modify) {
  ++stats_.atomics_expanded;
  llvm::BasicBlock* before = modify.getParent();
  llvm::Value* address = modify.getPointerOperand();
  llvm::AtomicCmpXchgInst* exchange = nullptr;
  auto make_exchange = [&](llvm::IRBuilderBase& builder, llvm::Value* pointer, llvm::Value* loaded,
                           llvm::Value* desired, llvm::Align align, llvm::AtomicOrdering order,
                           llvm::SyncScope::ID scope, llvm::Value*& success, llvm::Value*& old) {
    llvm::Type* type = desired->getType();
    llvm::Type* bits = carrier_of(type, module_);
    exchange = builder.CreateAtomicCmpXchg(
        pointer, builder.CreateBitOrPointerCast(loaded, bits),
        builder.CreateBitOrPointerCast(desired, bits), align, order,
        llvm::AtomicCmpXchgInst::getStrongestFailureOrdering(order), scope);
    success = builder.CreateExtractValue(exchange, 1);
    old = builder.CreateBitOrPointerCast(builder.CreateExtractValue(exchange, 0), type);
  };
  llvm::expandAtomicRMWToCmpXchg(&modify, make_exchange);
  // The expansion ends the block with the first load, the last instruction before the branch.
  for (llvm::Instruction& inst : llvm::make_early_inc_range(llvm::reverse(*before))) {
    auto* load = llvm::dyn_cast<llvm::LoadInst>(&inst);
    if (load == nullptr || load->getPointerOperand() != address) continue;
    load->setAtomic(llvm::AtomicOrdering::Monotonic);
    replace_load(*load);
    break;
  }
  replace_exchange(*exchange);
}

void emitter::replace_atomic(llvm::Instruction& inst) {
  if (auto* fence = llvm::dyn_cast<llvm::FenceInst>(&inst)) {
    ++stats_.fences;
    return replace_fence(*fence);
  }
  ++stats_.atomics;
  if (auto* load = llvm::dyn_cast<llvm::LoadInst>(&inst)) return replace_load(*load);
  if (auto* store = llvm::dyn_cast<llvm::StoreInst>(&inst)) return replace_store(*store);
  if (auto* modify = llvm::dyn_cast<llvm::AtomicRMWInst>(&inst)) return replace_modify(*modify);
  replace_exchange(llvm::cast<llvm::AtomicCmpXchgInst>(inst));
}

}  // namespace vole::instrument
