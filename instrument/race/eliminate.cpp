// SPDX-License-Identifier: Apache-2.0
// Drops checks that another check of the same goroutine makes redundant, without losing a race.
//
// Why dropping is exact. A check records the access under the goroutine's clock, which grows only
// when the goroutine releases (unlocks, sends, stores atomically ...). Let E be an earlier and L a
// later access of one goroutine, and E at least as strong: a write or L a read, and covering L's
// bytes.
//   1. Keep E, drop L, if E runs before L on every path and no release can lie between. Let O be an
//      access of another goroutine that races with L. O does not happen before L, so not before E
//      either. E does not happen before O: that needs a release after E, which is then after L too,
//      so L would happen before O. So O races with E, which is checked. Acquires may lie between.
//   2. Keep L, drop E (here L is the stronger: a read, then a write of the same bytes), if L
//   follows
//      E for certain and no acquire can lie between, by the mirror of the argument above.
// An access may itself be dropped in favour of one that is dropped: both rules only ever point to
// checks in the same region, so the chain ends at one that is kept.
//
// Rule 1 is applied across blocks, by the usual forward data flow "available on all paths". Rule 2
// stays inside one block, and any operation that can acquire, may throw or may not return ends the
// region.
//
// In a loop an address has a new value each time round. That needs no care: available on all paths
// means that E dominates L, and so E ran after the address was last computed, if L uses the same
// value.
//
// The report of a race then names the line of the check that was kept.
#include "stages.h"

#include <llvm/ADT/BitVector.h>
#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/PostOrderIterator.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/CFG.h>
#include <llvm/IR/DataLayout.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>

namespace vole::instrument {
namespace {

// Beyond this many candidates in one function the data flow across blocks is skipped: its cost is
// blocks times candidates. 4096 bits are 512 bytes for each block; at twice that a function of 10
// 000 blocks needs 10 MB, at half of it generated parsers start to lose eliminations.
constexpr std::size_t kCandidatesMax = 4096;

// Library functions that neither release nor acquire: they touch their arguments' memory or the
// allocator's own, whose locks order nothing of the program's. Not operator new and delete, which a
// program may replace by functions that lock.
bool is_quiet_library_function(const llvm::CallBase& call, const llvm::TargetLibraryInfo& library) {
  llvm::LibFunc function;
  if (!library.getLibFunc(call, function)) return false;
  switch (function) {
    case llvm::LibFunc_malloc:
    case llvm::LibFunc_calloc:
    case llvm::LibFunc_free:
    case llvm::LibFunc_memchr:
    case llvm::LibFunc_memcmp:
    case llvm::LibFunc_memcpy:
    case llvm::LibFunc_memmove:
    case llvm::LibFunc_memset:
    case llvm::LibFunc_bcmp:
    case llvm::LibFunc_strchr:
    case llvm::LibFunc_strcmp:
    case llvm::LibFunc_strlen:
    case llvm::LibFunc_strncmp:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool is_quiet(const llvm::Instruction& inst, const llvm::TargetLibraryInfo& library) {
  if (inst.isAtomic()) return false;
  auto* call = llvm::dyn_cast<llvm::CallBase>(&inst);
  if (call == nullptr) return true;
  if (call->hasFnAttr(llvm::Attribute::NoSync) || call->doesNotAccessMemory()) return true;
  if (llvm::isa<llvm::AnyMemIntrinsic>(call) || llvm::isa<llvm::DbgInfoIntrinsic>(call))
    return true;
  return is_quiet_library_function(*call, library);
}

namespace {

// Whether inst can release: end a segment of the goroutine, so that a later access is another one
// to the rest of the world. An atomic load cannot, and neither can a call that only reads.
bool may_release(const llvm::Instruction& inst, const llvm::TargetLibraryInfo& library) {
  if (is_quiet(inst, library) || llvm::isa<llvm::LoadInst>(inst)) return false;
  auto* call = llvm::dyn_cast<llvm::CallBase>(&inst);
  return call == nullptr || !call->onlyReadsMemory();
}

// Where a sized access lies: a base and a constant distance from it.
struct place {
  const llvm::Value* base;
  std::int64_t offset;
  std::uint64_t size;

  bool covers(const place& other) const {
    return base == other.base && offset <= other.offset &&
           offset + static_cast<std::int64_t>(size) >=
               other.offset + static_cast<std::int64_t>(other.size);
  }
};

place place_of(const access& item, const llvm::DataLayout& layout) {
  llvm::APInt offset(layout.getIndexTypeSizeInBits(item.address->getType()), 0);
  const llvm::Value* base =
      item.address->stripAndAccumulateConstantOffsets(layout, offset, /*AllowNonInbounds=*/true);
  return {base, offset.getSExtValue(), item.size_bytes};
}

class eliminator {
 public:
  eliminator(llvm::Function& function, const llvm::TargetLibraryInfo& library,
             llvm::MutableArrayRef<access> accesses, statistics& stats);

  void run();

 private:
  // Calls on_access(index) and on_instruction(inst), in order, for what block holds.
  template <class OnAccess, class OnInstruction>
  void walk(const llvm::BasicBlock& block, OnAccess on_access, OnInstruction on_instruction);
  void drop_reads_before_writes(const llvm::BasicBlock& block);
  void drop_covered(const llvm::BasicBlock& block, const llvm::BitVector& available_in);
  // What is available at block's end, given what is available at its start.
  llvm::BitVector transfer(const llvm::BasicBlock& block, llvm::BitVector available);
  void solve();
  bool stronger(std::size_t kept, std::size_t candidate) const;

  llvm::Function& function_;
  const llvm::TargetLibraryInfo& library_;
  llvm::MutableArrayRef<access> accesses_;
  statistics& stats_;
  llvm::SmallVector<place, 64> places_;
  llvm::DenseMap<const llvm::Instruction*, llvm::SmallVector<std::size_t, 2>> at_;  // sized ones
  llvm::DenseMap<const llvm::Value*, llvm::SmallVector<std::size_t, 4>> same_base_;
  llvm::DenseMap<const llvm::BasicBlock*, llvm::BitVector> out_;
};

eliminator::eliminator(llvm::Function& function, const llvm::TargetLibraryInfo& library,
                       llvm::MutableArrayRef<access> accesses, statistics& stats)
    : function_(function), library_(library), accesses_(accesses), stats_(stats) {
  const llvm::DataLayout& layout = function.getDataLayout();
  for (std::size_t i = 0; i < accesses.size(); ++i) {
    places_.push_back({nullptr, 0, 0});
    if (accesses[i].form != access_form::sized) continue;
    places_[i] = place_of(accesses[i], layout);
    at_[accesses[i].at].push_back(i);
    same_base_[places_[i].base].push_back(i);
  }
}

bool eliminator::stronger(std::size_t kept, std::size_t candidate) const {
  return (accesses_[kept].is_write || !accesses_[candidate].is_write) &&
         places_[kept].covers(places_[candidate]);
}

template <class OnAccess, class OnInstruction>
void eliminator::walk(const llvm::BasicBlock& block, OnAccess on_access,
                      OnInstruction on_instruction) {
  for (const llvm::Instruction& inst : block) {
    if (auto found = at_.find(&inst); found != at_.end()) {
      for (std::size_t index : found->second) on_access(index);
    }
    on_instruction(inst);
  }
}

void eliminator::drop_reads_before_writes(const llvm::BasicBlock& block) {
  llvm::SmallVector<std::size_t, 8>
      upcoming;  // writes of the region, the latest in the block first
  for (const llvm::Instruction& inst : llvm::reverse(block)) {
    if (!is_quiet(inst, library_) || !llvm::isGuaranteedToTransferExecutionToSuccessor(&inst)) {
      upcoming.clear();
    }
    auto found = at_.find(&inst);
    if (found == at_.end()) continue;
    for (std::size_t index : llvm::reverse(found->second)) {
      if (accesses_[index].is_write) {
        upcoming.push_back(index);
      } else if (llvm::any_of(upcoming,
                              [&](std::size_t write) { return stronger(write, index); })) {
        accesses_[index].dropped = true;
        ++stats_.omitted_read_before_write;
      }
    }
  }
}

llvm::BitVector eliminator::transfer(const llvm::BasicBlock& block, llvm::BitVector available) {
  walk(
      block, [&](std::size_t index) { available.set(index); },
      [&](const llvm::Instruction& inst) {
        if (may_release(inst, library_)) available.reset();
      });
  return available;
}

// The greatest solution of: in = intersection of the predecessors' out, out = transfer(in).
void eliminator::solve() {
  llvm::ReversePostOrderTraversal<llvm::Function*> order(&function_);
  for (const llvm::BasicBlock* block : order) {
    out_[block] = llvm::BitVector(accesses_.size(), block != &function_.getEntryBlock());
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (const llvm::BasicBlock* block : order) {
      llvm::BitVector in(accesses_.size(), block != &function_.getEntryBlock());
      for (const llvm::BasicBlock* before : llvm::predecessors(block)) {
        if (auto found = out_.find(before); found != out_.end()) in &= found->second;
      }
      llvm::BitVector out = transfer(*block, std::move(in));
      if (out != out_[block]) {
        out_[block] = std::move(out);
        changed = true;
      }
    }
  }
}

void eliminator::drop_covered(const llvm::BasicBlock& block, const llvm::BitVector& available_in) {
  llvm::BitVector available = available_in;
  walk(
      block,
      [&](std::size_t index) {
        bool is_covered = llvm::any_of(same_base_[places_[index].base], [&](std::size_t earlier) {
          return earlier != index && available.test(earlier) && stronger(earlier, index);
        });
        if (is_covered && !accesses_[index].dropped) {
          accesses_[index].dropped = true;
          ++stats_.omitted_covered;
        }
        available.set(index);
      },
      [&](const llvm::Instruction& inst) {
        if (may_release(inst, library_)) available.reset();
      });
}

void eliminator::run() {
  for (const llvm::BasicBlock& block : function_) drop_reads_before_writes(block);
  bool across_blocks = accesses_.size() <= kCandidatesMax;
  if (across_blocks) solve();
  for (const llvm::BasicBlock& block : function_) {
    llvm::BitVector in(accesses_.size(), false);
    bool is_entry = &block == &function_.getEntryBlock();
    if (across_blocks && !is_entry && out_.contains(&block)) {
      in.set();
      for (const llvm::BasicBlock* before : llvm::predecessors(&block)) {
        if (auto found = out_.find(before); found != out_.end()) in &= found->second;
      }
    }
    drop_covered(block, in);
  }
}

}  // namespace

void eliminate_covered(llvm::Function& function, const llvm::TargetLibraryInfo& library,
                       llvm::MutableArrayRef<access> accesses, statistics& stats) {
  if (accesses.size() < 2) return;
  eliminator(function, library, accesses, stats).run();
}

}  // namespace vole::instrument
