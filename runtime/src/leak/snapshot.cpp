// SPDX-License-Identifier: Apache-2.0
// Looking: the census, reduced to suspects.
#include "leak/snapshot.h"

#include <algorithm>
#include <atomic>

#include "base/clock.h"
#include "leak/hooks.h"
#include "symbol/unwind.h"

namespace vole::leak {
namespace {

constinit std::atomic<capture_function*> given_capture{nullptr};

struct visit {
  const suspects& who;
  bool with_stacks;
  std::int64_t now_ns;
  snapshot seen;
};

bool is_suspect(const suspects& who, const event::goroutine_view& view) {
  if (view.is_caller || view.state == event::goroutine_state::dead) return false;
  // main's end is the program's; if it waits for ever that is a deadlock, which is another's story.
  if (view.self->id == 1) return false;
  // A foreign thread is the business of whoever made it, as long as it does not hang in vole.
  if (view.self->is_adopted && (view.state != event::goroutine_state::waiting ||
                                !event::is_blocked_on_goroutines(view.reason)))
    return false;
  if (who.ignored.knows(view.self->id)) return false;
  return who.scope == 0 || is_in_scope(*view.self, who.scope);
}

void visit_one(void* argument, const event::goroutine_view& view) {
  auto& here = *static_cast<visit*>(argument);
  if (!is_suspect(here.who, view)) return;
  sighting one;
  one.id = view.self->id;
  one.parent_id = view.self->parent_id;
  one.creation_pc = view.self->creation_pc;
  one.state = view.state;
  one.reason =
      view.state == event::goroutine_state::waiting ? view.reason : event::wait_reason::none;
  one.wait_object = view.wait_object;
  if (view.waiting_since_ns != 0)
    one.waited_ns = std::max<std::int64_t>(here.now_ns - view.waiting_since_ns, 0);
  one.name = view.name;
  one.is_locked_to_thread = view.is_locked_to_thread;
  if (!view.has_context) one.thread_id = view.thread_id;
  if (here.with_stacks && view.has_context) {
    std::uintptr_t pcs[kStackDepthMax];
    const std::size_t depth =
        symbol::unwind(symbol::registers::of(view.context),
                       {view.self->stack_low, view.self->stack_high}, pcs, kStackDepthMax);
    one.stack = here.seen.stacks.index_of({pcs, depth});
  }
  here.seen.goroutines.push_back(std::move(one));
}

// The stacks of those that run: after the visit, since a thread takes its time to answer.
void capture_running(snapshot& seen) {
  capture_function* const capture =
      given_capture.load(std::memory_order_acquire);  // acquire: pairs with set_capture
  if (capture == nullptr) return;
  for (sighting& one : seen.goroutines) {
    std::vector<std::uintptr_t> pcs;
    if (one.thread_id != 0 && capture(one.thread_id, one.id, pcs))
      one.stack = seen.stacks.index_of(pcs);
  }
}

}  // namespace

std::uint32_t stack_pool::index_of(std::span<const std::uintptr_t> pcs) {
  const auto [place, is_new] =
      indices_.try_emplace(std::vector<std::uintptr_t>(pcs.begin(), pcs.end()),
                           static_cast<std::uint32_t>(stacks_.size()));
  if (is_new) stacks_.push_back(&place->first);
  return place->second;
}

void set_capture(capture_function* capture) {
  given_capture.store(capture,
                      std::memory_order_release);  // release: pairs with the acquire above
}

snapshot look(const suspects& who, bool with_stacks) {
  if (with_stacks) symbol::prepare_unwind();
  visit here{who, with_stacks, base::monotonic_ns(), {}};
  event::for_each_goroutine(&visit_one, &here);
  if (with_stacks) capture_running(here.seen);
  return std::move(here.seen);
}

}  // namespace vole::leak
