// SPDX-License-Identifier: Apache-2.0
// Finds loops whose accesses can be checked at once, as a range, before the loop starts.
//
// Why that is exact. In a loop that cannot acquire, release, throw or fail to end, all accesses of
// one place in the code belong to one segment of the goroutine and happen for certain once the loop
// is entered. Checking them together on entry is then rule 1 of eliminate.cpp, with the range as
// the earlier access, and it covers exactly the bytes that the loop accesses if
//   1. the loop runs a number of times that is known on entry, and leaves at one place only;
//   2. the access happens in every turn;
//   3. its address advances by a constant step, and its bytes in one turn, together with those of
//   other
//      accesses of the loop that advance with it (an unrolled or vectorised loop has several),
//      leave no gap to the bytes of the next turn. A step of zero is the same bytes every time.
//
// Innermost loops only. In an outer one the ranges of the inner loop are calls already.
#include <llvm/ADT/MapVector.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/Instructions.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "stages.h"

namespace vole::instrument {
namespace {

// An access of the loop that advances by a constant step.
struct walker {
  access* item;
  const llvm::SCEV* start;
  std::int64_t step;
  const llvm::SCEV* turns;  // how often the access happens, as a 64-bit number
};

class loop_finder {
 public:
  loop_finder(const loop_analyses& analyses, const llvm::Loop& loop,
              llvm::SmallVectorImpl<loop_range>& out, statistics& stats)
      : analyses_(analyses), loop_(loop), out_(out), stats_(stats) {}

  // Whether the loop satisfies what is asked of the loop itself.
  bool is_suitable();
  void add(access& item);
  void finish();

 private:
  const llvm::SCEV* turns_of(const llvm::BasicBlock& block) const;
  // The distance from one start to another, if it is a constant.
  std::optional<std::int64_t> distance(const walker& from, const walker& to) const;
  void emit(llvm::ArrayRef<walker> together, std::int64_t width);
  // Makes ranges of walkers that go in step: same step, turns and kind, at constant distances.
  void tile(llvm::MutableArrayRef<std::pair<std::int64_t, walker>> in_step);

  const loop_analyses& analyses_;
  const llvm::Loop& loop_;
  llvm::SmallVectorImpl<loop_range>& out_;
  statistics& stats_;
  const llvm::SCEV* back_edges_ = nullptr;
  llvm::SmallVector<walker, 8> walkers_;
};

bool loop_finder::is_suitable() {
  const llvm::BasicBlock* before = loop_.getLoopPreheader();
  if (before == nullptr || !llvm::isa<llvm::BranchInst>(before->getTerminator())) return false;
  if (loop_.getLoopLatch() == nullptr || loop_.getExitingBlock() == nullptr) return false;
  for (const llvm::BasicBlock* block : loop_.blocks()) {
    for (const llvm::Instruction& inst : *block) {
      if (!is_quiet(inst, analyses_.libcalls) ||
          !llvm::isGuaranteedToTransferExecutionToSuccessor(&inst)) {
        return false;
      }
    }
  }
  back_edges_ = analyses_.evolution.getBackedgeTakenCount(&loop_);
  return !llvm::isa<llvm::SCEVCouldNotCompute>(back_edges_);
}

// Null if the block is not run in every turn. The last turn ends at the exiting block.
const llvm::SCEV* loop_finder::turns_of(const llvm::BasicBlock& block) const {
  if (!analyses_.dominators.dominates(&block, loop_.getExitingBlock())) return nullptr;
  llvm::ScalarEvolution& evolution = analyses_.evolution;
  llvm::Type* wide = llvm::Type::getInt64Ty(block.getContext());
  if (evolution.getTypeSizeInBits(back_edges_->getType()) > 64) return nullptr;
  return evolution.getAddExpr(evolution.getNoopOrZeroExtend(back_edges_, wide),
                              evolution.getOne(wide));
}

void loop_finder::add(access& item) {
  const llvm::SCEV* turns = turns_of(*item.at->getParent());
  if (turns == nullptr) return;
  llvm::ScalarEvolution& evolution = analyses_.evolution;
  const llvm::SCEV* address = evolution.getSCEV(item.address);
  if (evolution.isLoopInvariant(address, &loop_)) {
    walkers_.push_back({&item, address, 0, turns});
    return;
  }
  auto* advancing = llvm::dyn_cast<llvm::SCEVAddRecExpr>(address);
  if (advancing == nullptr || advancing->getLoop() != &loop_ || !advancing->isAffine()) return;
  auto* step = llvm::dyn_cast<llvm::SCEVConstant>(advancing->getStepRecurrence(evolution));
  if (step == nullptr) return;
  walkers_.push_back({&item, advancing->getStart(), step->getAPInt().getSExtValue(), turns});
}

std::optional<std::int64_t> loop_finder::distance(const walker& from, const walker& to) const {
  auto* constant =
      llvm::dyn_cast<llvm::SCEVConstant>(analyses_.evolution.getMinusSCEV(to.start, from.start));
  if (constant == nullptr) return std::nullopt;
  return constant->getAPInt().getSExtValue();
}

void loop_finder::emit(llvm::ArrayRef<walker> together, std::int64_t width) {
  llvm::ScalarEvolution& evolution = analyses_.evolution;
  const walker& first = together.front();
  llvm::Type* wide = first.turns->getType();
  const llvm::SCEV* later_turns = evolution.getMinusSCEV(first.turns, evolution.getOne(wide));
  const llvm::SCEV* reach = evolution.getMulExpr(
      later_turns, evolution.getConstant(wide, static_cast<std::uint64_t>(std::abs(first.step))));
  loop_range range{loop_.getLoopPreheader()->getTerminator(), first.start, nullptr,
                   first.item->is_write, first.item->at};
  if (first.step < 0)
    range.start = evolution.getAddExpr(first.start, evolution.getNegativeSCEV(reach));
  range.length =
      evolution.getAddExpr(reach, evolution.getConstant(wide, static_cast<std::uint64_t>(width)));
  const llvm::SCEVExpander expander(evolution, evolution.getDataLayout(), "");
  if (!expander.isSafeToExpandAt(range.start, range.before) ||
      !expander.isSafeToExpandAt(range.length, range.before)) {
    return;
  }
  out_.push_back(range);
  ++stats_.loop_ranges;
  for (const walker& one : together) {
    one.item->dropped = true;
    ++stats_.omitted_in_loop_range;
  }
}

void loop_finder::tile(llvm::MutableArrayRef<std::pair<std::int64_t, walker>> in_step) {
  // Ties are broken by the order in the program: items point into one array.
  llvm::sort(in_step, [](const auto& a, const auto& b) {
    return std::pair(a.first, a.second.item) < std::pair(b.first, b.second.item);
  });
  std::int64_t step = std::abs(in_step.front().second.step);
  for (std::size_t begin = 0; begin < in_step.size();) {
    // A run of walkers without a gap between them.
    llvm::SmallVector<walker, 8> run;
    std::int64_t low = in_step[begin].first, high = low;
    std::size_t end = begin;
    for (; end < in_step.size() && (end == begin || in_step[end].first <= high); ++end) {
      run.push_back(in_step[end].second);
      high = std::max(high, in_step[end].first +
                                static_cast<std::int64_t>(in_step[end].second.item->size_bytes));
    }
    if (high - low >= step) emit(run, high - low);
    begin = end;
  }
}

void loop_finder::finish() {
  llvm::SmallVector<bool, 8> is_done(walkers_.size(), false);
  for (std::size_t i = 0; i < walkers_.size(); ++i) {
    if (is_done[i]) continue;
    llvm::SmallVector<std::pair<std::int64_t, walker>, 8> in_step;
    for (std::size_t j = i; j < walkers_.size(); ++j) {
      const walker& other = walkers_[j];
      if (is_done[j] || other.step != walkers_[i].step || other.turns != walkers_[i].turns ||
          other.item->is_write != walkers_[i].item->is_write) {
        continue;
      }
      if (std::optional<std::int64_t> offset = distance(walkers_[i], other)) {
        in_step.push_back({*offset, other});
        is_done[j] = true;
      }
    }
    tile(in_step);
  }
}

}  // namespace

void find_loop_ranges(const loop_analyses& analyses, llvm::MutableArrayRef<access> accesses,
                      llvm::SmallVectorImpl<loop_range>& out, statistics& stats) {
  llvm::MapVector<const llvm::Loop*, llvm::SmallVector<access*, 8>> by_loop;
  for (access& item : accesses) {
    if (item.dropped || item.form != access_form::sized) continue;
    const llvm::Loop* loop = analyses.loops.getLoopFor(item.at->getParent());
    if (loop != nullptr && loop->isInnermost()) by_loop[loop].push_back(&item);
  }
  for (auto& [loop, items] : by_loop) {
    loop_finder finder(analyses, *loop, out, stats);
    if (!finder.is_suitable()) continue;
    for (access* item : items) finder.add(*item);
    finder.finish();
  }
}

}  // namespace vole::instrument
