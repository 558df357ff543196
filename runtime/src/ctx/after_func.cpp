// SPDX-License-Identifier: Apache-2.0
// after_func: functions that the end of a context starts.
//
// A call is in the list of the scope that it waits for, which holds a reference to it. Whoever
// takes it out of the list has that reference: the end of the context, to start it, or stop, to
// drop it.
#include "ctx/context_node.h"
#include "event/emit.h"
#include "sched/park.h"
#include "sched/spawn.h"

namespace vole::detail {
namespace {

struct released_at_end {
  after_call* call;
  ~released_at_end() { release(call); }
};

void run_call(void* argument) {
  const released_at_end owner{static_cast<after_call*>(argument)};
  event::emit::timer_fired(owner.call, event::current());
  owner.call->run(owner.call->closure);
}

}  // namespace

void retain(after_call* call) noexcept { call->references.retain(); }

void release(after_call* call) noexcept {
  if (!call->references.release()) return;
  call->destroy(call->closure);
  event::emit::object_destroyed(call, sizeof *call);
  delete call;
}

void start(after_call& call) {
  sched::spawn_request request;
  request.run = &run_call;
  request.closure = &call;
  request.creation_pc = call.creation_pc;
  sched::spawn(request);
}

[[gnu::noinline]] after_call* after_make(context_node* node, void (*run)(void*),
                                         void (*destroy)(void*), void* closure) {
  sched::current();
  auto* const call = new after_call;
  call->run = run;
  call->destroy = destroy;
  call->closure = closure;
  call->creation_pc = reinterpret_cast<std::uintptr_t>(__builtin_return_address(0));
  if (node == nullptr || node->scope == nullptr) return call;  // never started
  cancel_node& scope = *node->scope;
  event::emit::timer_armed(call);
  call->references.retain();
  {
    const base::spin_guard guard(scope.lock);
    if (!scope.has_ended.load(std::memory_order_relaxed)) {  // relaxed: lock held
      list_push(scope.first_call, *call);
      return call;
    }
  }
  wait_for_end(scope);
  start(*call);
  return call;
}

bool after_stop(after_call* call, context_node* node) {
  sched::current();
  if (node == nullptr || node->scope == nullptr) {
    // Nothing will ever start it; the first stop has prevented that, as it were.
    const bool is_first = !call->is_listed;
    call->is_listed = true;
    return is_first;
  }
  cancel_node& scope = *node->scope;
  {
    const base::spin_guard guard(scope.lock);
    if (!call->is_listed) return false;
    list_remove(scope.first_call, *call);
  }
  release(call);
  return true;
}

}  // namespace vole::detail
