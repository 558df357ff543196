// SPDX-License-Identifier: Apache-2.0
// Decides which functions and which memory accesses the race pass instruments.
//
// An access is left out only when no execution can make it half of a race, or when the race it
// could be half of lies outside what the detector speaks about (thread-local variables, which
// goroutines of one worker share by design). Every reason has its counter.
//
// Rejected: leaving out a fresh heap object's accesses until the object escapes. Its initialisation
// does race with a reader that got the pointer without synchronisation, the classic broken
// publication; so only an allocation that never escapes at all is left out.
#include "stages.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/Analysis/AliasAnalysis.h>
#include <llvm/Analysis/CaptureTracking.h>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/DataLayout.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Module.h>

#include <optional>

namespace vole::instrument {
namespace {

using counter = std::uint64_t statistics::*;

// Names and sections of variables that the compiler itself makes and that nothing else touches:
// counters of profile and coverage builds, llvm's own tables.
bool is_compiler_metadata(const llvm::GlobalVariable& global) {
  llvm::StringRef name = global.getName();
  if (name.starts_with("llvm.") || name.starts_with("__llvm_") || name.starts_with("__prof")) {
    return true;
  }
  if (name.starts_with("__sancov_")) return true;
  return global.hasSection() && global.getSection().contains("__llvm_prf");
}

// Whether the load reads a vtable pointer out of an object, by the type tag that the frontend puts
// on it. Optimised builds only: without optimisation there are no tags.
bool is_vtable_access(const llvm::Instruction& inst) {
  const llvm::MDNode* tag = inst.getMetadata(llvm::LLVMContext::MD_tbaa);
  return tag != nullptr && tag->isTBAAVtableAccess();
}

// Whether value is the address of a class's vtable, as constructors and destructors store it.
bool is_vtable_address(const llvm::Value& value) {
  auto* global = llvm::dyn_cast<llvm::GlobalVariable>(value.stripInBoundsConstantOffsets());
  return global != nullptr && global->getName().starts_with("_ZTV");
}

// Whether value is the address of a thread's own variable that a function has given: errno, or what
// the compiler's wrappers of thread_local variables with initialisers return.
bool is_thread_local_address(const llvm::Value& value) {
  auto* call = llvm::dyn_cast<llvm::CallBase>(&value);
  const llvm::Function* callee = call != nullptr ? call->getCalledFunction() : nullptr;
  if (callee == nullptr) return false;
  return callee->getName() == "__errno_location" || callee->getName().starts_with("_ZTW");
}

// Notes whether anything takes an object's address away. LLVM counts two uses that do not: a
// by-value argument, where the callee sees a copy, and the address of a volatile load or store.
struct escape_tracker : llvm::CaptureTracker {
  void tooManyUses() override { escapes = true; }
  bool captured(const llvm::Use* use) override {
    auto* call = llvm::dyn_cast<llvm::CallBase>(use->getUser());
    if (call != nullptr && call->isArgOperand(use) &&
        call->isByValArgument(call->getArgOperandNo(use))) {
      return false;
    }
    if (llvm::isa<llvm::LoadInst>(use->getUser())) return false;
    auto* store = llvm::dyn_cast<llvm::StoreInst>(use->getUser());
    if (store != nullptr && use->getOperandNo() == llvm::StoreInst::getPointerOperandIndex()) {
      return false;
    }
    escapes = true;
    return true;
  }
  bool escapes = false;
};

// The lanes of a vector load that the source reads, if they are fewer than all.
//
// The optimizer turns a masked load from memory that is known to exist into a whole load and a
// select, which the mark of the function does not stop (InstCombine, LLVM 19). The lanes that the
// select throws away were never read by the source, or their values are not used, as if they had
// been optimised away.
struct lane_mask {
  llvm::Value* mask = nullptr;  // null: all lanes
  bool is_inverted = false;
};

lane_mask lanes_used(llvm::LoadInst& load) {
  if (!llvm::isa<llvm::FixedVectorType>(load.getType())) return {};
  lane_mask found;
  for (llvm::User* user : load.users()) {
    auto* choice = llvm::dyn_cast<llvm::SelectInst>(user);
    if (choice == nullptr || choice->getParent() != load.getParent()) return {};
    llvm::Value* mask = choice->getCondition();
    bool is_inverted = choice->getFalseValue() == &load;
    if (!mask->getType()->isVectorTy() || choice->getTrueValue() == choice->getFalseValue()) {
      return {};
    }
    if (found.mask != nullptr && (found.mask != mask || found.is_inverted != is_inverted))
      return {};
    found = {mask, is_inverted};
  }
  // The check stands before the load, so the mask must be known there.
  auto* maker = llvm::dyn_cast_or_null<llvm::Instruction>(found.mask);
  bool is_late =
      maker != nullptr && maker->getParent() == load.getParent() && load.comesBefore(maker);
  return is_late ? lane_mask() : found;
}

class selector {
 public:
  selector(llvm::Function& function, llvm::SmallVectorImpl<access>& out, statistics& stats)
      : layout_(function.getDataLayout()), out_(out), stats_(stats) {}

  void visit(llvm::Instruction& inst);

 private:
  // The reason to leave out every access whose address derives from address; none when it may race.
  std::optional<counter> reason_to_omit(const llvm::Value& address, bool is_write);
  bool omitted(const llvm::Instruction& inst, const llvm::Value& address, bool is_write);
  bool is_private(const llvm::Value& object);

  void visit_load(llvm::LoadInst& load);
  void visit_store(llvm::StoreInst& store);
  void visit_memory_intrinsic(llvm::AnyMemIntrinsic& intrinsic);
  void visit_by_value_arguments(llvm::CallBase& call);
  void visit_masked(llvm::IntrinsicInst& intrinsic);
  void add_sized(llvm::Instruction& at, llvm::Value& address, bool is_write, llvm::TypeSize size,
                 llvm::Align align);
  void add_lanes(llvm::Instruction& at, llvm::Value& address, bool is_write, llvm::Type* vector,
                 lane_mask lanes);
  void add_range(llvm::Instruction& at, llvm::Value& address, bool is_write, llvm::Value& length);

  const llvm::DataLayout& layout_;
  llvm::SmallVectorImpl<access>& out_;
  statistics& stats_;
  llvm::DenseMap<const llvm::Value*, bool> private_;  // objects looked at so far
};

bool selector::is_private(const llvm::Value& object) {
  auto [entry, is_new] = private_.try_emplace(&object, false);
  if (is_new) {
    escape_tracker tracker;
    llvm::PointerMayBeCaptured(&object, &tracker);
    entry->second = !tracker.escapes;
  }
  return entry->second;
}

std::optional<counter> selector::reason_to_omit(const llvm::Value& address, bool is_write) {
  if (address.getType()->isPtrOrPtrVectorTy() && address.getType()->getPointerAddressSpace() != 0) {
    return &statistics::omitted_address_space;
  }
  if (address.isSwiftError()) return &statistics::omitted_address_space;
  const llvm::Value* object = llvm::getUnderlyingObject(&address, 0);
  if (auto* global = llvm::dyn_cast<llvm::GlobalVariable>(object)) {
    if (global->isThreadLocal()) return &statistics::omitted_thread_local;
    if (is_compiler_metadata(*global)) return &statistics::omitted_metadata;
    if (global->isConstant() && !is_write) return &statistics::omitted_constant;
    return std::nullopt;
  }
  if (auto* call = llvm::dyn_cast<llvm::IntrinsicInst>(object)) {
    if (call->getIntrinsicID() == llvm::Intrinsic::threadlocal_address) {
      return &statistics::omitted_thread_local;
    }
  }
  if (is_thread_local_address(*object)) return &statistics::omitted_thread_local;
  auto* argument = llvm::dyn_cast<llvm::Argument>(object);
  if (llvm::isa<llvm::AllocaInst>(object) || (argument != nullptr && argument->hasByValAttr())) {
    if (is_private(*object)) return &statistics::omitted_local;
  } else if (llvm::isNoAliasCall(object) && is_private(*object)) {
    return &statistics::omitted_fresh;
  }
  if (!is_write) {
    if (auto* load = llvm::dyn_cast<llvm::LoadInst>(object); load && is_vtable_access(*load)) {
      return &statistics::omitted_vtable;
    }
  }
  return std::nullopt;
}

bool selector::omitted(const llvm::Instruction& inst, const llvm::Value& address, bool is_write) {
  std::optional<counter> reason;
  if (inst.hasMetadata(llvm::LLVMContext::MD_nosanitize)) {
    reason = &statistics::omitted_marked;
  } else if (!is_write && inst.hasMetadata(llvm::LLVMContext::MD_invariant_load)) {
    reason = &statistics::omitted_constant;
  } else {
    reason = reason_to_omit(address, is_write);
  }
  if (reason) ++(stats_.**reason);
  return reason.has_value();
}

void selector::add_sized(llvm::Instruction& at, llvm::Value& address, bool is_write,
                         llvm::TypeSize size, llvm::Align align) {
  if (size.isScalable() || size.isZero()) return;
  access item{&at, &address, is_write};
  item.size_bytes = size.getFixedValue();
  item.align_bytes = align.value();
  out_.push_back(item);
}

void selector::add_range(llvm::Instruction& at, llvm::Value& address, bool is_write,
                         llvm::Value& length) {
  access item{&at, &address, is_write, access_form::range};
  item.length = &length;
  out_.push_back(item);
}

void selector::add_lanes(llvm::Instruction& at, llvm::Value& address, bool is_write,
                         llvm::Type* vector, lane_mask lanes) {
  access item{&at, &address, is_write, access_form::lanes};
  item.size_bytes = layout_.getTypeStoreSize(vector->getScalarType()).getFixedValue();
  item.mask = lanes.mask;
  item.mask_is_inverted = lanes.is_inverted;
  out_.push_back(item);
}

void selector::visit_load(llvm::LoadInst& load) {
  if (load.isAtomic() || omitted(load, *load.getPointerOperand(), false)) return;
  if (lane_mask lanes = lanes_used(load); lanes.mask != nullptr) {
    add_lanes(load, *load.getPointerOperand(), false, load.getType(), lanes);
    return;
  }
  add_sized(load, *load.getPointerOperand(), false, layout_.getTypeStoreSize(load.getType()),
            load.getAlign());
}

void selector::visit_store(llvm::StoreInst& store) {
  llvm::Value& address = *store.getPointerOperand();
  if (store.isAtomic() || omitted(store, address, true)) return;
  llvm::Value& value = *store.getValueOperand();
  if (value.getType()->isPointerTy() && (is_vtable_access(store) || is_vtable_address(value))) {
    access item{&store, &address, true, access_form::vptr};
    item.new_vptr = &value;
    out_.push_back(item);
    return;
  }
  add_sized(store, address, true, layout_.getTypeStoreSize(value.getType()), store.getAlign());
}

void selector::visit_memory_intrinsic(llvm::AnyMemIntrinsic& intrinsic) {
  llvm::Value& length = *intrinsic.getLength();
  auto add = [&](llvm::Value& address, bool is_write, llvm::MaybeAlign align) {
    if (omitted(intrinsic, address, is_write)) return;
    if (auto* constant = llvm::dyn_cast<llvm::ConstantInt>(&length)) {
      add_sized(intrinsic, address, is_write, llvm::TypeSize::getFixed(constant->getZExtValue()),
                align.valueOrOne());
    } else {
      add_range(intrinsic, address, is_write, length);
    }
  };
  if (auto* transfer = llvm::dyn_cast<llvm::AnyMemTransferInst>(&intrinsic)) {
    add(*transfer->getRawSource(), false, transfer->getSourceAlign());
  }
  add(*intrinsic.getRawDest(), true, intrinsic.getDestAlign());
}

void selector::visit_by_value_arguments(llvm::CallBase& call) {
  for (unsigned i = 0; i < call.arg_size(); ++i) {
    if (!call.isByValArgument(i)) continue;
    llvm::Value& address = *call.getArgOperand(i);
    if (omitted(call, address, false)) continue;
    add_sized(call, address, false, layout_.getTypeAllocSize(call.getParamByValType(i)),
              call.getParamAlign(i).valueOrOne());
  }
}

void selector::visit_masked(llvm::IntrinsicInst& intrinsic) {
  llvm::Value* address = nullptr;
  llvm::Value* mask = nullptr;
  llvm::Type* type = intrinsic.getType();
  bool is_write = false;
  switch (intrinsic.getIntrinsicID()) {
    case llvm::Intrinsic::masked_load:
    case llvm::Intrinsic::masked_gather:
      address = intrinsic.getArgOperand(0);
      mask = intrinsic.getArgOperand(2);
      break;
    case llvm::Intrinsic::masked_store:
    case llvm::Intrinsic::masked_scatter:
      type = intrinsic.getArgOperand(0)->getType();
      address = intrinsic.getArgOperand(1);
      mask = intrinsic.getArgOperand(3);
      is_write = true;
      break;
    case llvm::Intrinsic::masked_expandload:
    case llvm::Intrinsic::masked_compressstore:
      ++stats_.omitted_exotic;
      return;
    default:
      if (llvm::Function::isTargetIntrinsic(intrinsic.getIntrinsicID()) &&
          intrinsic.mayReadOrWriteMemory())
        ++stats_.omitted_exotic;
      return;
  }
  if (!llvm::isa<llvm::FixedVectorType>(type) || omitted(intrinsic, *address, is_write)) return;
  add_lanes(intrinsic, *address, is_write, type, {mask, false});
}

void selector::visit(llvm::Instruction& inst) {
  if (auto* load = llvm::dyn_cast<llvm::LoadInst>(&inst)) return visit_load(*load);
  if (auto* store = llvm::dyn_cast<llvm::StoreInst>(&inst)) return visit_store(*store);
  if (auto* memory = llvm::dyn_cast<llvm::AnyMemIntrinsic>(&inst)) {
    return visit_memory_intrinsic(*memory);
  }
  if (auto* intrinsic = llvm::dyn_cast<llvm::IntrinsicInst>(&inst)) return visit_masked(*intrinsic);
  if (auto* call = llvm::dyn_cast<llvm::CallBase>(&inst)) visit_by_value_arguments(*call);
}

// Whether the runtime can perform an atomic operation of this type at this alignment.
bool is_lock_free(const llvm::DataLayout& layout, llvm::Type* type, llvm::Align align) {
  llvm::TypeSize size = layout.getTypeStoreSize(type);
  if (size.isScalable()) return false;
  std::uint64_t bytes = size.getFixedValue();
  return (bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8 || bytes == 16) &&
         align.value() >= bytes && layout.getTypeSizeInBits(type).getFixedValue() == bytes * 8;
}

}  // namespace

llvm::SmallPtrSet<const llvm::Function*, 8> norace_functions(const llvm::Module& module) {
  llvm::SmallPtrSet<const llvm::Function*, 8> found;
  for (const llvm::GlobalIFunc& chosen : module.ifuncs()) {
    found.insert(chosen.getResolverFunction());
  }
  auto* table = module.getGlobalVariable("llvm.global.annotations");
  if (table == nullptr || !table->hasInitializer()) return found;
  auto* rows = llvm::dyn_cast<llvm::ConstantArray>(table->getInitializer());
  if (rows == nullptr) return found;
  for (const llvm::Use& row : rows->operands()) {
    auto* fields = llvm::dyn_cast<llvm::ConstantStruct>(row.get());
    if (fields == nullptr || fields->getNumOperands() < 2) continue;
    auto* function = llvm::dyn_cast<llvm::Function>(fields->getOperand(0)->stripPointerCasts());
    auto* text = llvm::dyn_cast<llvm::GlobalVariable>(fields->getOperand(1)->stripPointerCasts());
    if (function == nullptr || text == nullptr || !text->hasInitializer()) continue;
    auto* bytes = llvm::dyn_cast<llvm::ConstantDataArray>(text->getInitializer());
    if (bytes == nullptr || !bytes->isCString()) continue;
    if (bytes->getAsCString() == "vole.norace") found.insert(function);
  }
  return found;
}

bool is_exempt(const llvm::Function& function, const function_set& norace) {
  return function.isDeclaration() || function.hasAvailableExternallyLinkage() ||
         function.hasFnAttribute(llvm::Attribute::Naked) ||
         function.hasFnAttribute(llvm::Attribute::DisableSanitizerInstrumentation) ||
         norace.contains(&function);
}

void select_accesses(llvm::Function& function, llvm::SmallVectorImpl<access>& out,
                     statistics& stats) {
  selector visitor(function, out, stats);
  for (llvm::Instruction& inst : llvm::instructions(function)) visitor.visit(inst);
}

void select_atomics(llvm::Function& function, llvm::SmallVectorImpl<llvm::Instruction*>& out,
                    statistics& stats) {
  const llvm::DataLayout& layout = function.getDataLayout();
  for (llvm::Instruction& inst : llvm::instructions(function)) {
    if (!inst.isAtomic()) continue;
    if (llvm::getAtomicSyncScopeID(&inst) == llvm::SyncScope::SingleThread) {
      ++stats.omitted_signal_fence;
      continue;
    }
    llvm::Value* address = nullptr;
    llvm::Type* type = nullptr;
    llvm::Align align;
    auto note = [&](auto& operation, llvm::Type* operand_type) {
      address = operation.getPointerOperand();
      type = operand_type;
      align = operation.getAlign();
    };
    if (auto* load = llvm::dyn_cast<llvm::LoadInst>(&inst)) note(*load, load->getType());
    if (auto* rmw = llvm::dyn_cast<llvm::AtomicRMWInst>(&inst)) note(*rmw, rmw->getType());
    if (auto* store = llvm::dyn_cast<llvm::StoreInst>(&inst)) {
      note(*store, store->getValueOperand()->getType());
    }
    if (auto* exchange = llvm::dyn_cast<llvm::AtomicCmpXchgInst>(&inst)) {
      note(*exchange, exchange->getNewValOperand()->getType());
    }
    if (llvm::isa<llvm::FenceInst>(inst)) {
      out.push_back(&inst);
    } else if (address == nullptr || !is_lock_free(layout, type, align)) {
      ++stats.omitted_atomic;
    } else if (address->getType()->getPointerAddressSpace() != 0) {
      ++stats.omitted_address_space;
    } else if (inst.hasMetadata(llvm::LLVMContext::MD_nosanitize)) {
      ++stats.omitted_marked;
    } else {
      out.push_back(&inst);
    }
  }
}

}  // namespace vole::instrument
