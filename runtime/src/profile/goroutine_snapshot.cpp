// SPDX-License-Identifier: Apache-2.0
// Visits the census and unwinds each goroutine while it is frozen.
#include "profile/goroutine_snapshot.h"

#include <algorithm>
#include <memory>

#include "base/clock.h"
#include "profile/stack_capture.h"
#include "symbol/unwind.h"

namespace vole::profile {
namespace {

struct visit {
  std::int64_t now_ns = 0;
  std::vector<goroutine_record> records;
  std::uintptr_t
      pcs[kTracebackFramesMax];  // not on the visitor's stack, which may be a goroutine's
};

symbol::stack_bounds bounds_of(const event::goroutine& who, std::uintptr_t sp) {
  if (sp < who.stack_low || sp >= who.stack_high) return {};
  return {who.stack_low, who.stack_high};
}

void take_stack(visit& here, const event::goroutine_view& view, goroutine_record& record) {
  event::goroutine& who = *view.self;
  if (view.is_caller) {
    const std::size_t depth = symbol::unwind_here(here.pcs, kTracebackFramesMax);
    record.pcs.assign(here.pcs, here.pcs + depth);
    record.labels = labels_of(who);
    record.has_stack = true;
  } else if (view.has_context) {
    const std::size_t depth =
        symbol::unwind(symbol::registers::of(view.context), bounds_of(who, view.context.sp),
                       here.pcs, kTracebackFramesMax);
    record.pcs.assign(here.pcs, here.pcs + depth);
    record.labels = labels_of(who);
    record.has_stack = true;
  } else if (view.thread_id != 0) {
    captured_stack captured;
    if (!capture_stack(view.thread_id, who.id, captured)) return;
    record.pcs = std::move(captured.pcs);
    record.labels = std::move(captured.labels);
    record.has_stack = true;
  }
}

// Everything but the stack.
void fill(goroutine_record& record, const event::goroutine_view& view, std::int64_t now_ns) {
  record.id = view.self->id;
  record.parent_id = view.self->parent_id;
  record.creation_pc = view.self->creation_pc;
  record.state = view.state;
  record.is_caller = view.is_caller;
  record.is_locked_to_thread = view.is_locked_to_thread;
  record.name = view.name;
  record.address = reinterpret_cast<std::uintptr_t>(view.self);
  record.thread_id = view.thread_id;
  record.bubble_id = view.bubble_id;
  record.is_durable = view.is_durable;
  if (view.state == event::goroutine_state::waiting) record.reason = view.reason;
  if (view.waiting_since_ns != 0)
    record.waited_ns = std::max<std::int64_t>(now_ns - view.waiting_since_ns, 0);
}

void visit_one(void* argument, const event::goroutine_view& view) {
  auto& here = *static_cast<visit*>(argument);
  if (view.state == event::goroutine_state::dead) return;
  goroutine_record& record = here.records.emplace_back();
  fill(record, view, here.now_ns);
  take_stack(here, view, record);
}

}  // namespace

goroutine_record snapshot_of_caller() {
  goroutine_record record;
  symbol::stack_bounds bounds;
  event::goroutine_view view;
  if (event::view_of_caller(view)) {
    fill(record, view, 0);
    record.labels = labels_of(*view.self);
    bounds = {view.self->stack_low, view.self->stack_high};
  }
  record.state = event::goroutine_state::running;
  record.is_caller = true;
  record.has_stack = true;
  symbol::prepare_unwind();
  record.pcs.resize(kTracebackFramesMax);
  record.pcs.resize(symbol::unwind_here(record.pcs.data(), kTracebackFramesMax, 0, bounds));
  return record;
}

std::vector<goroutine_record> snapshot_of_all(bool with_system) {
  symbol::prepare_unwind();
  const auto here = std::make_unique<visit>();
  here->now_ns = base::monotonic_ns();
  event::for_each_goroutine(&visit_one, here.get(), with_system);
  return std::move(here->records);
}

}  // namespace vole::profile
