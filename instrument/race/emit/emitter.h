// SPDX-License-Identifier: Apache-2.0
// Turns accesses and atomic instructions into calls of the race runtime; the last stage of the
// pass.
#pragma once

#include <llvm/IR/DerivedTypes.h>
#include <llvm/IR/IRBuilder.h>

#include "../access.h"
#include "../statistics.h"

namespace llvm {
class Function;
class Module;
class ScalarEvolution;
}  // namespace llvm

namespace vole::instrument {

// A builder that inserts before inst and gives what it makes inst's line.
class builder_before : public llvm::IRBuilder<> {
 public:
  explicit builder_before(llvm::Instruction& inst);
};

// Writes the calls of one module; declares each entry point on its first use.
class emitter {
 public:
  // wants_inline: checks look for themselves before they call, where the target allows it.
  emitter(llvm::Module& module, statistics& stats, bool wants_inline);

  // Puts the check of each range before its loop. Must come before any other change of the
  // function, since evolution describes it as it was.
  void check_loops(llvm::ArrayRef<loop_range> ranges, llvm::ScalarEvolution& evolution);

  // Puts the check of item right before its instruction. Ignores item.dropped.
  void check(const access& item);

  // Replaces an atomic load, store, read-modify-write, compare-exchange or fence by the call that
  // performs it. May split the block of a read-modify-write that the runtime has no entry for.
  void replace_atomic(llvm::Instruction& inst);

  // Once, when all is emitted: sees to it that the runtime is ready before the module's code runs.
  void finish();

 private:
  llvm::FunctionCallee entry_point(llvm::StringRef name, llvm::Type* result,
                                   llvm::ArrayRef<llvm::Type*> parameters);
  llvm::CallInst* call(llvm::IRBuilder<>& builder, llvm::StringRef name, llvm::Type* result,
                       llvm::ArrayRef<llvm::Value*> arguments);
  void check_sized(const access& item);
  bool can_inline(const access& item) const;
  void check_inline(const access& item);
  llvm::Value* segment_field(llvm::IRBuilder<>& builder, unsigned field, llvm::Type* type);
  llvm::Value* plane_address(llvm::IRBuilder<>& builder, const access& item);
  llvm::Value* is_unknown(llvm::IRBuilder<>& builder, const access& item);
  void check_range(llvm::IRBuilder<>& builder, llvm::Value* address, llvm::Value* length,
                   bool is_write);
  void check_lanes(const access& item);

  void replace_load(llvm::LoadInst& load);
  void replace_store(llvm::StoreInst& store);
  void replace_fence(llvm::FenceInst& fence);
  void replace_exchange(llvm::AtomicCmpXchgInst& exchange);
  void replace_modify(llvm::AtomicRMWInst& modify);
  void expand_modify(llvm::AtomicRMWInst& modify);

  llvm::Module& module_;
  statistics& stats_;
  bool is_inline_;
  bool is_in_program_;  // the code can't end up in a shared library
  llvm::Type* void_;
  llvm::Type* pointer_;
  llvm::Type* size_;
  llvm::Type* order_;
};

}  // namespace vole::instrument
