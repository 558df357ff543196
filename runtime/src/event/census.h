// SPDX-License-Identifier: Apache-2.0
// All goroutines as plain data: sched provides it, leak and profile read it, neither meets the
// other.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "event/goroutine.h"
#include "event/wait/source.h"
#include "event/wait_reason.h"

namespace vole::event {

enum class goroutine_state : std::uint8_t { runnable, running, syscall, waiting, dead };

// "runnable", "running", "syscall", "waiting", "dead": Go's status words.
std::string_view text(goroutine_state state) noexcept;

// The registers that unwinding needs, of a goroutine that does not run. x86-64: rip rsp rbp rbx
// r12..r15; aarch64: pc sp x29 x19..x28 (and lr in pc).
struct saved_context {
  std::uintptr_t pc = 0, sp = 0, fp = 0;
  std::uintptr_t callee_saved[10] = {};  // x86-64: rbx, r12, r13, r14, r15; aarch64: x19..x28
};

// One goroutine, valid only during the visit.
struct goroutine_view {
  goroutine* self = nullptr;
  goroutine_state state = goroutine_state::dead;
  wait_reason reason = wait_reason::none;
  const void* wait_object = nullptr;
  std::int64_t waiting_since_ns = 0;  // base::monotonic_ns() at the park; 0 when it does not wait
  wait_detail waits_for;              // whose lock, until when, which descriptor; as far as known
  std::string_view name;              // from vole::spawn{name}; empty when not given
  bool is_locked_to_thread = false;
  bool is_durable = false;      // waits for nothing outside of its synctest bubble
  std::uint64_t bubble_id = 0;  // its synctest bubble; 0: none
  bool is_caller = false;       // the goroutine that asked for the census
  pid_t thread_id = 0;          // the thread that it runs on or is bound to; 0: none
  bool has_context = false;  // `context` is valid: it is frozen off-CPU for the time of the visit
  saved_context context;
};

struct census_provider {
  // Calls `visit` for each goroutine, in rising id, the runtime's own only if asked for. Each one
  // that does not run is kept from running during its own visit (not longer): a visit must be
  // short, must not park, and must not wake goroutines.
  void (*for_each)(void (*visit)(void* argument, const goroutine_view& view), void* argument,
                   bool with_system);
  // The user's goroutines that are alive.
  std::size_t (*count)();
  // The calling goroutine; false on a thread that has none.
  bool (*of_caller)(goroutine_view& view) = nullptr;
  // The name that vole::spawn gave it; by whoever may read the goroutine.
  std::string_view (*name_of)(const goroutine& who) = nullptr;
};

// sched gives itself; before that the census is empty.
void set_census_provider(const census_provider& provider);

void for_each_goroutine(void (*visit)(void* argument, const goroutine_view& view), void* argument,
                        bool with_system = false);
std::size_t goroutine_count();
bool view_of_caller(goroutine_view& view);
std::string_view name_of(const goroutine& who);  // empty: it has none

}  // namespace vole::event
