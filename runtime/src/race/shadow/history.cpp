// SPDX-License-Identifier: Apache-2.0
// The depot of stacks and the frame-pointer walk.
#include "race/shadow/history.h"

#include <algorithm>
#include <atomic>

#include "race/context.h"
#include "race/shadow/arena.h"
#include "race/tsan_abi/call_stack.h"
#include "symbol/unwind.h"

namespace vole::race {
namespace {

struct stack_node {
  std::uintptr_t pc;
  stack_id parent;  // the caller's stack; of a tag, what it is attached to
  stack_id next;    // in the bucket's chain
};
static_assert(sizeof(stack_node) == 16);

constexpr std::size_t kBuckets = std::size_t{1} << 21;  // 8 MB of address space
// In place of a pc: the rest is a tag's word. No address of user space has this bit.
constexpr std::uint64_t kTagBit = std::uint64_t{1} << 63;

std::atomic<std::size_t> tags_used{0};

struct depot {
  std::atomic<stack_id>* buckets = nullptr;
  stack_node* nodes = nullptr;
  std::atomic<stack_id> used{1};  // 0 means "no stack"
};

depot& the_depot() {
  static constinit std::atomic<depot*> instance{nullptr};
  // acquire: pairs with the exchange below; sees the arrays
  depot* found = instance.load(std::memory_order_acquire);
  if (__builtin_expect(found != nullptr, 1)) return *found;
  auto* fresh = arena_new<depot>();
  fresh->buckets =
      static_cast<std::atomic<stack_id>*>(reserve_address_space(kBuckets * sizeof(stack_id)));
  fresh->nodes =
      static_cast<stack_node*>(reserve_address_space(kStackNodesMax * sizeof(stack_node)));
  // acq_rel: publishes the arrays, or sees the other thread's
  if (instance.compare_exchange_strong(found, fresh, std::memory_order_acq_rel)) return *fresh;
  return *found;  // two threads were first; the loser's address space stays untouched
}

std::size_t bucket_of(stack_id parent, std::uintptr_t pc) {
  const std::uint64_t mixed =
      (pc ^ static_cast<std::uint64_t>(parent) << 33 ^ parent) * 0x9e3779b97f4a7c15;
  return mixed >> 43;
}
static_assert(kBuckets == std::size_t{1} << (64 - 43));

stack_id child_of(stack_id parent, std::uintptr_t pc, bool& is_new) {
  depot& all = the_depot();
  std::atomic<stack_id>& bucket = all.buckets[bucket_of(parent, pc)];
  stack_id seen_head = 0, fresh = 0;
  // acquire: pairs with the release of whoever put a node in front; sees its fields
  stack_id head = bucket.load(std::memory_order_acquire);
  while (true) {
    for (stack_id id = head; id != seen_head; id = all.nodes[id].next) {
      if (all.nodes[id].pc == pc && all.nodes[id].parent == parent) return id;
    }
    if (fresh == 0) {
      // relaxed: only the number matters, the node is published by the bucket
      fresh = all.used.fetch_add(1, std::memory_order_relaxed);
      if (fresh >= kStackNodesMax) {
        all.used.store(kStackNodesMax, std::memory_order_relaxed);  // relaxed: stays full
        return 0;
      }
    }
    all.nodes[fresh] = {pc, parent, head};
    seen_head = head;  // what was there has been compared already
    // release: publishes the node; acquire on failure: sees the nodes put in front meanwhile
    if (bucket.compare_exchange_strong(head, fresh, std::memory_order_release,
                                       std::memory_order_acquire)) {
      is_new = true;
      return fresh;
    }
  }
}

stack_id child_of(stack_id parent, std::uintptr_t pc) {
  bool is_new = false;
  return child_of(parent, pc, is_new);
}

}  // namespace

std::size_t walk_frames(call_site site, std::uintptr_t low, std::uintptr_t high,
                        std::uintptr_t* pcs, std::size_t capacity) {
  if (capacity == 0) return 0;
  std::size_t count = 0;
  pcs[count++] = site.pc;
  std::uintptr_t below = site.frame;
  if (below < low || below >= high) return count;
  std::uintptr_t frame = *reinterpret_cast<const std::uintptr_t*>(below);
  while (count < capacity) {
    const bool is_inside = frame > below && frame <= high - 2 * sizeof(std::uintptr_t);
    if (!is_inside || frame % sizeof(std::uintptr_t) != 0) break;
    const auto* words = reinterpret_cast<const std::uintptr_t*>(frame);
    if (words[1] < kCodeMin) break;
    pcs[count++] = words[1];
    below = frame;
    frame = words[0];
  }
  return count;
}

namespace {

std::uintptr_t word_at(std::uintptr_t address) {
  return *reinterpret_cast<const std::uintptr_t*>(address);
}
std::uintptr_t return_address_in(std::uintptr_t frame) {
  return word_at(frame + sizeof(std::uintptr_t));
}

// Whether `frame`, found in the frame at `below`, is one: further out, in the stack, with a caller.
bool is_frame(std::uintptr_t frame, std::uintptr_t below, std::uintptr_t high) {
  return frame > below && frame <= high - 2 * sizeof(std::uintptr_t) &&
         frame % sizeof(std::uintptr_t) == 0 && return_address_in(frame) >= kCodeMin;
}

// The stack whose innermost frame is the one that [below] names, with the cache brought up to it.
// kNoStack where it has too many frames for the cache.
constexpr stack_id kNoStack = ~stack_id{0};
stack_id outer_stack(std::uintptr_t below, std::uintptr_t high, walk_cache& cache) {
  std::uintptr_t fresh[kStackFramesMax];
  std::size_t fresh_count = 0;
  std::size_t known = cache.high == high ? cache.depth : 0;
  bool is_known = false;
  std::uintptr_t frame = word_at(below);
  for (; is_frame(frame, below, high); below = frame, frame = word_at(frame)) {
    while (known > 0 && cache.frames[known - 1] < frame) --known;
    if (known > 0 && cache.frames[known - 1] == frame) {
      is_known = cache.is_unchanged(known);
      if (is_known) break;
      known = 0;
    }
    if (fresh_count + known == kStackFramesMax - 1) {
      cache.depth = 0;
      return kNoStack;
    }
    fresh[fresh_count++] = frame;
  }
  if (!is_known) {
    known = 0;
    cache.beyond = frame;
  }
  stack_id id = known == 0 ? 0 : cache.ids[known - 1];
  std::size_t depth = known;
  bool is_path_known = true;  // what the cache has of it is right whatever stack it is from
  for (std::size_t i = fresh_count; i-- > 0; ++depth) {
    const std::uintptr_t pc = return_address_in(fresh[i]);
    is_path_known = is_path_known && depth < cache.depth && cache.pcs[depth] == pc;
    if (!is_path_known) {
      cache.ids[depth] = child_of(id, pc);
      cache.pcs[depth] = pc;
    }
    id = cache.ids[depth];
    cache.frames[depth] = fresh[i];
  }
  cache.depth = static_cast<std::uint32_t>(depth);
  cache.high = high;
  return id;
}

}  // namespace

stack_id record_stack(call_site site, std::uintptr_t low, std::uintptr_t high, walk_cache& cache) {
  if (site.frame < low || site.frame >= high) return intern_stack(&site.pc, 1);
  const context* self = this_thread.current;
  if (self != nullptr && self->calls != nullptr && self->calls->has_frameless()) {
    std::uintptr_t pcs[kStackFramesMax];
    return intern_stack(pcs, self->calls->walk(site, low, high, pcs, kStackFramesMax));
  }
  const stack_id outer = outer_stack(site.frame, high, cache);
  if (outer == kNoStack) {  // the innermost frames are kept
    std::uintptr_t pcs[kStackFramesMax];
    return intern_stack(pcs, walk_frames(site, low, high, pcs, kStackFramesMax));
  }
  walk_cache::place& place = cache.place_of(site.pc);
  if (place.pc != site.pc || place.outer != outer)
    place = {site.pc, outer, child_of(outer, site.pc), 0, 0, 0, 0};
  return place.stack;
}

stack_id unwind_stack(call_site site, std::uintptr_t low, std::uintptr_t high) {
  constexpr std::size_t kOwnFramesMax = 16;
  std::uintptr_t pcs[kStackFramesMax + kOwnFramesMax];
  symbol::prepare_unwind();
  const std::size_t count =
      symbol::unwind_here(pcs, kStackFramesMax + kOwnFramesMax, 0, {low, high});
  std::size_t first = 0;
  while (first < count && pcs[first] != site.pc) ++first;
  if (first == count) return intern_stack(&site.pc, 1);
  return intern_stack(pcs + first, std::min(count - first, kStackFramesMax));
}

stack_id intern_stack(const std::uintptr_t* pcs, std::size_t count) {
  stack_id id = 0;
  for (std::size_t i = count; i-- > 0;) id = child_of(id, pcs[i]);
  return id;
}

std::size_t load_stack(stack_id id, std::uintptr_t* pcs, std::size_t capacity) {
  depot& all = the_depot();
  std::size_t count = 0;
  for (id = untagged(id); id != 0 && count < capacity; id = all.nodes[id].parent)
    pcs[count++] = all.nodes[id].pc;
  return count;
}

stack_id tag_stack(stack_id stack, std::uint64_t word) {
  if (are_tags_exhausted()) return stack;
  bool is_new = false;
  const stack_id tagged = child_of(stack, word | kTagBit, is_new);
  if (is_new) tags_used.fetch_add(1, std::memory_order_relaxed);  // relaxed: a count
  return tagged == 0 ? stack : tagged;
}

bool find_tag(stack_id id, std::uint64_t& word, stack_id& stack) {
  if (id == 0) return false;
  const stack_node& node = the_depot().nodes[id];
  if ((node.pc & kTagBit) == 0) return false;
  word = node.pc & ~kTagBit;
  stack = node.parent;
  return true;
}

stack_id untagged(stack_id id) {
  std::uint64_t word = 0;
  while (find_tag(id, word, id)) {
  }
  return id;
}

bool are_tags_exhausted() noexcept {
  return tags_used.load(std::memory_order_relaxed) >= kTagsMax;  // relaxed: a count
}

}  // namespace vole::race
