// SPDX-License-Identifier: Apache-2.0
// All goroutines as plain data, each frozen in its state during its visit.
#include "sched/goroutine/census.h"

#include <cstring>

#include "event/census.h"
#include "sched/core/scheduler.h"
#include "sched/goroutine/g_state.h"
#include "sched/goroutine/registry.h"

namespace vole::sched {
namespace {

event::goroutine_state translated(g_state state) {
  switch (state) {
    case g_state::dead:
      return event::goroutine_state::dead;
    case g_state::runnable:
      return event::goroutine_state::runnable;
    case g_state::running:
      return event::goroutine_state::running;
    case g_state::waiting:
      return event::goroutine_state::waiting;
    case g_state::syscall:
      return event::goroutine_state::syscall;
  }
  return event::goroutine_state::dead;
}

event::saved_context translated(const fiber::registers& from) {
  event::saved_context to;
  to.pc = from.pc;
  to.sp = from.sp;
  to.fp = from.fp;
  static_assert(sizeof to.callee_saved == sizeof from.callee_saved);
  std::memcpy(to.callee_saved, from.callee_saved, sizeof to.callee_saved);
  return to;
}

// `record` is frozen in `state`.
event::goroutine_view view_of(g& record, g_state state) {
  event::goroutine_view view;
  view.self = &record;
  view.state = translated(state);
  view.name = record.name();
  view.is_locked_to_thread = record.lock_count > 0;
  view.is_caller = &record == event::current();
  view.bubble_id = record.bubble_id;
  const bool is_on_thread = state == g_state::running || state == g_state::syscall;
  if (record.is_adopted || is_on_thread) view.thread_id = record.thread_id;
  if (state == g_state::waiting) {
    view.reason = record.reason;
    view.is_durable = record.bubble_id != 0 && record.is_durable;
    view.wait_object = record.wait_object;
    view.waiting_since_ns = record.waiting_since_ns;
    if (record.waits_on != nullptr) record.waits_on->describe(*record.waits_on, view.waits_for);
  }
  if (is_on_thread) return view;
  if (!record.is_adopted) {
    view.has_context = true;
    view.context = translated(fiber::read_suspended(record.suspended_sp));
  } else if (state == g_state::waiting) {
    view.has_context = true;
    view.context = translated(*record.adopted_context);
  }
  return view;
}

void for_each(void (*visit)(void*, const event::goroutine_view&), void* argument,
              bool with_system) {
  const census_scope scope;
  for (const g_reference& who : living_goroutines()) {
    g_state state = g_state::dead;
    if (!freeze_state(*who.record, who.id, state)) continue;
    if (with_system || !who.record->is_system) visit(argument, view_of(*who.record, state));
    thaw_state(*who.record);
  }
}

std::size_t count() { return count_goroutines(); }

bool of_caller(event::goroutine_view& view) {
  event::goroutine* const self = event::current();
  if (self == nullptr) return false;
  view = view_of(as_g(self), g_state::running);
  return true;
}

std::string_view name_of(const event::goroutine& who) { return static_cast<const g&>(who).name(); }

constexpr event::census_provider kProvider = {&for_each, &count, &of_caller, &name_of};

}  // namespace

void provide_census() { event::set_census_provider(kProvider); }

}  // namespace vole::sched
