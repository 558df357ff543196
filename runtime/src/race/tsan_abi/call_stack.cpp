// SPDX-License-Identifier: Apache-2.0
// Announced calls: __tsan_func_entry, __tsan_func_exit and longjmp.
#include "race/tsan_abi/call_stack.h"

#include <algorithm>
#include <atomic>

#include "race/interceptors/interceptors.h"
#include "race/shadow/arena.h"

namespace vole::race {
namespace {

constexpr std::uint32_t kCapacityMin = 16;

bool is_on_stack(const context& self, std::uintptr_t address) {
  return address >= self.stack_low && address < self.stack_high;
}

// Whose calls are announced here. Calls on a stack that is not its own (a signal's, a coroutine's)
// are not kept.
context* announcer(call_site site) {
  thread_state& thread = this_thread;
  context* self = thread.current;
  if (__builtin_expect(self == nullptr, 0)) self = current_context();
  return self != nullptr && is_on_stack(*self, site.frame) ? self : nullptr;
}

}  // namespace

call_stack::~call_stack() {
  if (calls_ != nullptr) arena_release(calls_, capacity_ * sizeof(announced_call));
}

void call_stack::grow() {
  const std::uint32_t capacity = std::max(kCapacityMin, capacity_ * 2);
  auto* fresh = static_cast<announced_call*>(arena_allocate(capacity * sizeof(announced_call)));
  std::copy_n(calls_, depth_, fresh);
  if (calls_ != nullptr) arena_release(calls_, capacity_ * sizeof(announced_call));
  calls_ = fresh;
  capacity_ = capacity;
}

bool call_stack::enter(call_site site, std::uintptr_t pc, std::uintptr_t high) {
  // A function's frame ends above where those that it calls announce themselves.
  while (depth_ != 0 && depth_ <= capacity_ && calls_[depth_ - 1].entered_at != 0 &&
         calls_[depth_ - 1].entered_at <= site.frame)
    pop();
  if (depth_ == capacity_ && capacity_ < kAnnouncedCallsMax && this_thread.inside == 0) {
    inside_guard guard;
    grow();
  }
  if (depth_ >= capacity_) {
    ++depth_;
    return false;
  }
  // A function that keeps a frame has its return address above it, and begins below its caller's.
  const std::uintptr_t frame = *reinterpret_cast<const std::uintptr_t*>(site.frame);
  const std::uintptr_t end = depth_ == 0 ? high : calls_[depth_ - 1].entered_at;
  const bool keeps_frame = frame > site.frame && frame <= high - 2 * sizeof(frame) && frame < end &&
                           frame % sizeof(frame) == 0 &&
                           reinterpret_cast<const std::uintptr_t*>(frame)[1] == pc;
  announced_call& fresh = calls_[depth_];
  fresh.entered_at = 0;
  // A signal's handler that runs between these lines finds a call that is not live.
  std::atomic_signal_fence(std::memory_order_seq_cst);  // seq_cst: for the compiler only
  ++depth_;
  frameless_ += keeps_frame ? 0 : 1;
  fresh.pc = pc;
  fresh.frame = keeps_frame ? frame : 0;
  std::atomic_signal_fence(std::memory_order_seq_cst);  // seq_cst: for the compiler only
  fresh.entered_at = site.frame;
  return keeps_frame;
}

void call_stack::pop() noexcept {
  --depth_;
  if (depth_ < capacity_ && calls_[depth_].frame == 0) --frameless_;
}

void call_stack::leave() noexcept {
  if (depth_ != 0) pop();
}

void call_stack::forget_all() noexcept {
  depth_ = frameless_ = 0;
  is_cut_ = true;
}

std::size_t call_stack::walk(call_site site, std::uintptr_t low, std::uintptr_t high,
                             std::uintptr_t* pcs, std::size_t capacity) const {
  std::uint32_t next = std::min(depth_, capacity_);
  while (next != 0 && calls_[next - 1].entered_at < site.frame) --next;  // dead
  // Where no frame pointer can be trusted: as if the innermost function kept none.
  std::size_t count = 0;
  if (is_cut_ || depth_ > capacity_) {
    pcs[count++] = site.pc;
    while (next != 0 && count < capacity) pcs[count++] = calls_[--next].pc;
    return count;
  }
  while (true) {
    std::uint32_t frameless = next;  // the innermost call that keeps no frame, plus one
    while (frameless != 0 && calls_[frameless - 1].frame != 0) --frameless;
    const std::uintptr_t end = frameless == 0 ? high : calls_[frameless - 1].entered_at;
    count += walk_frames(site, low, end, pcs + count, capacity - count);
    if (frameless == 0 || count == capacity) return count;
    next = frameless;
    while (next != 0 && calls_[next - 1].frame == 0 && count < capacity)
      pcs[count++] = calls_[--next].pc;
    if (next == 0 || count == capacity) return count;
    const announced_call& outer = calls_[--next];
    site = {outer.pc, outer.frame};
  }
}

}  // namespace vole::race

using vole::race::call_stack;
using vole::race::context;

VOLE_INTERCEPTOR void __tsan_func_entry(void* return_address) {
  const vole::race::call_site site = VOLE_CALL_SITE();
  context* self = vole::race::announcer(site);
  if (self == nullptr) return;
  if (__builtin_expect(self->calls == nullptr, 0)) {
    if (vole::race::this_thread.inside != 0) return;
    vole::race::inside_guard guard;
    self->calls = vole::race::arena_new<call_stack>();
  }
  if (!self->calls->enter(site, reinterpret_cast<std::uintptr_t>(return_address), self->stack_high))
    ++self->place_generation;
}

VOLE_INTERCEPTOR void __tsan_func_exit() {
  context* self = vole::race::announcer(VOLE_CALL_SITE());
  if (self != nullptr && self->calls != nullptr) self->calls->leave();
}

// longjmp leaves functions that do not say so.
#define VOLE_LONGJMP(NAME)                                                      \
  VOLE_INTERCEPTOR void vole_##NAME(void* to, int value) __asm__(#NAME);        \
  VOLE_INTERCEPTOR void vole_##NAME(void* to, int value) {                      \
    static constinit vole::race::next_definition<void(void*, int)> next(#NAME); \
    context* self = vole::race::this_thread.current;                            \
    if (self != nullptr && self->calls != nullptr) {                            \
      self->calls->forget_all();                                                \
      ++self->place_generation;                                                 \
    }                                                                           \
    next(to, value);                                                            \
    __builtin_unreachable();                                                    \
  }
VOLE_LONGJMP(longjmp)
VOLE_LONGJMP(_longjmp)
VOLE_LONGJMP(siglongjmp)
VOLE_LONGJMP(__longjmp_chk)
