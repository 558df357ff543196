// SPDX-License-Identifier: Apache-2.0
// The part of a goroutine that every room may know: identity, stack bounds, and a word for each
// listener.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/thread/thread_word.h"

VOLE_DECLARE_THREAD_WORD(vole_current_goroutine)

namespace vole::event {

// Each listener owns one word of every goroutine, written only by its handlers.
enum class listener_slot : std::uint8_t { race, profile, leak, trace };
inline constexpr std::size_t kListenerSlots = 4;

struct goroutine {
  std::uint64_t id = 0;         // main is 1; never reused
  std::uint64_t parent_id = 0;  // 0: adopted, or made by the runtime itself
  std::uintptr_t creation_pc =
      0;  // return address into the code that called go(); 0 for adopted ones
  std::uintptr_t stack_low = 0;  // bounds of the stack, [low, high); 0 where unknown
  std::uintptr_t stack_high = 0;
  bool is_system = false;       // the runtime's own: left out of counts, dumps and leak checks
  bool is_adopted = false;      // a foreign thread's goroutine: bound to that thread
  std::uint32_t bubble_id = 0;  // the synctest bubble that it belongs to; 0: none
  const struct wait_source* waits_on = nullptr;  // while it waits: see wait/source.h
  void* listener_data[kListenerSlots] = {};

  void*& data(listener_slot slot) { return listener_data[static_cast<std::size_t>(slot)]; }
};

// The goroutine that runs on this thread, or null: a thread that never used the runtime, or the
// scheduler itself. Never cached across a park by the compiler. Async-signal-safe.
inline goroutine* current() noexcept {
  return static_cast<goroutine*>(VOLE_READ_THREAD_WORD(vole_current_goroutine));
}
// Called by sched at each switch, on the thread concerned.
inline void set_current(goroutine* self) noexcept {
  VOLE_WRITE_THREAD_WORD(vole_current_goroutine, self);
}

}  // namespace vole::event
