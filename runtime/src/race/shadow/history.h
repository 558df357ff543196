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

// What a thread keeps of its last walk: unchanged outer frames need no look-up.
struct walk_cache {
  std::uint32_t depth = 0;
  stack_id ids[kStackFramesMax] = {};  // outermost first
  std::uintptr_t pcs[kStackFramesMax] = {};
};

// Walks from `site` within the stack [low, high) and returns the stack's number. A frame outside
// the bounds ends the walk. No lock but when a stack is new; never malloc.
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
