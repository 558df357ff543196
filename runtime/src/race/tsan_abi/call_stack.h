// SPDX-License-Identifier: Apache-2.0
// The calls of functions that announce them (__tsan_func_entry and __tsan_func_exit), for the
// stacks of code without frame pointers.
//
// A stack is walked by frame pointers as long as all announced functions keep them. While one that
// keeps none is live, what the register of the frame pointer holds in it is anything, so:
//   1. frames below it (of what it called) are walked by frame pointers up to where it begins;
//   2. its own return address is the announced one;
//   3. the walk goes on at the next announced call further out, by frame pointers if it keeps them.
// Callers between 2 and 3 that do not announce themselves are left out. No frame is made up.
//
// What was left by longjmp is not announced. An entry is dead once the stack has shrunk above where
// it was made; a longjmp that we see forgets them all, and frame pointers are not used from then
// on.
#pragma once

#include <cstddef>
#include <cstdint>

#include "race/shadow/history.h"

namespace vole::race {

struct announced_call {
  std::uintptr_t entered_at = 0;  // just below the function's frame; 0: not all written yet
  std::uintptr_t pc = 0;          // where it returns to
  std::uintptr_t frame = 0;       // its frame pointer; 0: keeps none
};

class call_stack {
 public:
  call_stack() = default;
  ~call_stack();
  call_stack(const call_stack&) = delete;
  call_stack& operator=(const call_stack&) = delete;

  // `site`: that of the announcement's entry point; `pc`: where the function returns to. Async-
  // signal-safe unless the stack has to grow. False: the function keeps no frame pointer, so that
  // stacks which were found by frame pointers alone are no longer to be trusted.
  bool enter(call_site site, std::uintptr_t pc, std::uintptr_t high);
  void leave() noexcept;
  void forget_all() noexcept;

  // Whether frame pointers alone do not tell.
  bool has_frameless() const noexcept { return frameless_ != 0 || is_cut_ || depth_ > capacity_; }
  // Return addresses, innermost first, as walk_frames() has them.
  std::size_t walk(call_site site, std::uintptr_t low, std::uintptr_t high, std::uintptr_t* pcs,
                   std::size_t capacity) const;

 private:
  void pop() noexcept;
  void grow();

  announced_call* calls_ = nullptr;
  std::uint32_t capacity_ = 0;
  std::uint32_t depth_ = 0;  // may exceed the capacity: then the innermost are not known
  std::uint32_t frameless_ = 0;
  bool is_cut_ = false;
};

// How many calls of one goroutine or thread are known at most: 1.5 MB. The innermost of deeper ones
// are left out.
inline constexpr std::uint32_t kAnnouncedCallsMax = 1u << 16;

// Keeps this folder's object files in the link.
void install_tsan_abi();
// Ends the process if the shared library of ThreadSanitizer's own runtime is in it, too; a static
// one does not link. To be called before libtsan's interceptors are: they do not come up beside
// ours.
void refuse_libtsan() noexcept;

}  // namespace vole::race
