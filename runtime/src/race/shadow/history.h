// SPDX-License-Identifier: Apache-2.0
// Call stacks as 32-bit numbers, so that every access on record keeps its whole stack.
//
// A stack is a path in a tree of (caller's stack, return address); equal paths are one node, kept
// for ever. Stacks are walked by frame pointers, from inside the detector's entry points.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vole::race {

using stack_id = std::uint32_t;                                      // 0: none was recorded
inline constexpr std::size_t kStackFramesMax = 64;                   // the innermost are kept
inline constexpr std::size_t kStackNodesMax = std::size_t{1} << 26;  // 1 GB; then new ones are 0
inline constexpr std::uintptr_t kCodeMin = 4096;  // no code lies in the first page

// Where a stack starts: an entry point's own frame and return address.
struct call_site {
  std::uintptr_t pc = 0;     // return address into the code that called the entry point
  std::uintptr_t frame = 0;  // the entry point's frame address: [frame] is its caller's frame
};
#define VOLE_CALL_SITE()                                                                  \
  (::vole::race::call_site{reinterpret_cast<std::uintptr_t>(__builtin_return_address(0)), \
                           reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0))})

// What a thread keeps of its last walks.
//
// A walk that meets a frame of the last one reads the frames outside it to see whether they are
// what they were: at addresses that it knows already, so that the loads need not wait for one
// another; and needs no look-up for them. Of places in the code it keeps which stack they ended in.
struct walk_cache {
  struct place {
    std::uintptr_t pc = 0;
    stack_id outer = 0;  // the stack of the call that the place is in
    stack_id stack = 0;
    // For the user of the cache: the id of the stack in a segment, and which that was.
    std::uint32_t id = 0, base = 0, generation = 0;
    std::uint64_t moment = 0;
  };
  static constexpr std::size_t kPlaces = 64;  // direct-mapped; a loop body has a dozen

  std::uint32_t depth = 0;    // 0: nothing to go by
  std::uintptr_t high = 0;    // of the stack
  std::uintptr_t beyond = 0;  // what the outermost frame has for its caller's frame
  // Frames of functions, outermost first; the return addresses in them; the stacks up to there.
  std::uintptr_t frames[kStackFramesMax] = {};
  std::uintptr_t pcs[kStackFramesMax] = {};
  stack_id ids[kStackFramesMax] = {};
  place places[kPlaces] = {};

  place& place_of(std::uintptr_t pc) noexcept { return places[(pc ^ pc >> 6) % kPlaces]; }
  // Whether the outermost `known` frames are what they were; all must lie in the present stack.
  bool is_unchanged(std::size_t known) const noexcept {
    const auto* words = reinterpret_cast<const std::uintptr_t*>(frames[0]);
    std::uintptr_t difference = (words[0] ^ beyond) | (words[1] ^ pcs[0]);
    for (std::size_t i = 1; i < known; ++i) {
      words = reinterpret_cast<const std::uintptr_t*>(frames[i]);
      difference |= (words[0] ^ frames[i - 1]) | (words[1] ^ pcs[i]);
    }
    return difference == 0;
  }
};

// The place of `site` in the cache, with its stack, if that needs no walk and no look-up; else
// null.
inline walk_cache::place* find_place(call_site site, std::uintptr_t high,
                                     walk_cache& cache) noexcept {
  if (cache.high != high || cache.depth == 0) return nullptr;
  const std::uint32_t innermost = cache.depth - 1;
  if (*reinterpret_cast<const std::uintptr_t*>(site.frame) != cache.frames[innermost])
    return nullptr;
  walk_cache::place& place = cache.place_of(site.pc);
  const bool is_it = place.pc == site.pc && place.outer == cache.ids[innermost];
  return is_it && cache.is_unchanged(cache.depth) ? &place : nullptr;
}

// Walks from `site` within the stack [low, high), after which find_place() finds it, and returns
// the stack's number. A frame outside the bounds ends the walk. No lock but when a stack is new;
// never malloc.
stack_id record_stack(call_site site, std::uintptr_t low, std::uintptr_t high, walk_cache& cache);
// The same by unwind tables, through code without frame pointers, for events that are rare: some
// microseconds. Frames inside `site.pc`'s are left out. May allocate: inside the detector only.
stack_id unwind_stack(call_site site, std::uintptr_t low, std::uintptr_t high);
// The number of a stack given as return addresses, innermost first.
stack_id intern_stack(const std::uintptr_t* pcs, std::size_t count);
// Writes the return addresses, innermost first; returns how many.
std::size_t load_stack(stack_id id, std::uintptr_t* pcs, std::size_t capacity);

// The number of `stack` with a word (below 2^62) attached to it: what else was so at that moment.
// `stack` itself once there are kTagsMax of them.
inline constexpr std::size_t kTagsMax = std::size_t{1} << 24;
stack_id tag_stack(stack_id stack, std::uint64_t word);
// Whether `id` has a word attached; then which, and to what. load_stack() sees through it.
bool find_tag(stack_id id, std::uint64_t& word, stack_id& stack);
stack_id untagged(stack_id id);
bool are_tags_exhausted() noexcept;

// The same walk without a number.
std::size_t walk_frames(call_site site, std::uintptr_t low, std::uintptr_t high,
                        std::uintptr_t* pcs, std::size_t capacity);

}  // namespace vole::race
