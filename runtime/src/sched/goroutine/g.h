// SPDX-License-Identifier: Apache-2.0
// The scheduler's view of a goroutine: its state, its stack, what it waits for.
//
// Records are never given back to the heap: a late futex wake or a census may still look at one
// (see registry.h). A finished goroutine's record is used again under a new id.
//
//   state     runs user code?  in a run queue?  who owns the stack and the plain fields
//   dead      no               no (free list)   the free list
//   runnable  no               yes, in one      the queue; for an adopted one its waking thread
//   running   yes              no               the thread that runs it
//   waiting   no               no               the object it waits in; whoever calls ready()
//   syscall   yes (blocking)   no               its thread; its processor may go
//
// Every change goes through change_state() in g_state.h, which refuses what its table does not
// allow. A census may freeze a goroutine in any living state: then each change waits for the thaw.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <exception>
#include <string_view>

#include "event/goroutine.h"
#include "event/wait_reason.h"
#include "fiber/context.h"
#include "fiber/stack.h"

namespace vole::sched {

struct bubble;
struct worker;

enum class g_state : std::uint32_t { dead, runnable, running, waiting, syscall };
inline constexpr std::uint32_t kGStates = 5;

// libstdc++'s __cxa_eh_globals: the exceptions being handled and in flight. Per thread for the C++
// runtime, per goroutine for us: swapped at each switch.
struct eh_globals {
  void* caught = nullptr;
  unsigned int uncaught = 0;
};

inline constexpr std::uint32_t kFrozenBit = 0x100;  // a census holds the state
inline constexpr std::size_t kNameBytesMax = 47;    // longer names are cut

struct g : event::goroutine {
  std::atomic<std::uint32_t> state_word{0};  // g_state, and kFrozenBit; see g_state.h
  std::atomic<bool> is_changing{false};      // likewise
  std::atomic<std::uint32_t> wake_word{0};   // adopted: what its thread sleeps on, see park.cpp

  // Owned as the table above says.
  g* next = nullptr;  // in the global queue or a free list
  std::size_t registry_index = 0;
  std::uintptr_t suspended_sp = 0;
  eh_globals eh;
  void* fake_stack = nullptr;  // AddressSanitizer's
  fiber::stack stack;
  void (*run)(void*) = nullptr;
  void* closure = nullptr;

  event::wait_reason reason = event::wait_reason::none;
  const void* wait_object = nullptr;
  std::int64_t waiting_since_ns = 0;
  bubble* in_bubble = nullptr;  // whose member it is; null: nobody's. Set once, before it can run
  bool is_durable = false;      // waiting: only its bubble can end that; see bubble/bubble.h
  std::uint32_t member_number = 0;                    // in a simulation; see sim/simulation.h
  const fiber::registers* adopted_context = nullptr;  // adopted and waiting: where its thread is

  pid_t thread_id = 0;               // running, syscall or adopted: its thread
  worker* locked_worker = nullptr;   // lock_os_thread: the only worker that may run it
  int lock_count = 0;                // lock_os_thread calls not yet undone
  int blocking_depth = 0;            // blocking() calls it is in
  std::exception_ptr goexit_signal;  // what flies while goexit unwinds this goroutine
  bool has_default_stack = false;
  bool is_fresh = false;      // has not run yet, and its maker had a processor
  std::uint8_t refusals = 0;  // checked mode: see must_move()
  std::uint8_t name_bytes = 0;
  char name_text[kNameBytesMax + 1] = {};

  std::string_view name() const { return {name_text, name_bytes}; }
};

inline g& as_g(event::goroutine* who) { return *static_cast<g*>(who); }

}  // namespace vole::sched
