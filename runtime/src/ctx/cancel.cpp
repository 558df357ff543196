// SPDX-License-Identifier: Apache-2.0
// Ending a context and all below it.
#include <memory>
#include <utility>

#include "chan/chan_core.h"
#include "ctx/context_node.h"
#include "sched/park.h"
#include "sched/spawn.h"

namespace vole::detail {
namespace {

// What step 4 has to do, in the order in which it came.
struct aftermath {
  after_call* first_call = nullptr;
  after_call** last_call = &first_call;
  cancel_node* first_told = nullptr;  // nodes with a stop source, retained
};

// Steps 1 and 2. The children are retained and put before `rest`. False: somebody else has ended
// it, or is about to.
bool end_one(cancel_node& node, std::error_code error, const std::exception_ptr& cause,
             cancel_node*& rest, aftermath& after) {
  bool has_timer;
  {
    const base::spin_guard guard(node.lock);
    if (node.has_ended.load(std::memory_order_relaxed)) return false;  // relaxed: lock held
    has_timer = node.has_timer;
    node.error = error;
    node.cause = cause;
    while (cancel_node* const child = node.first_child) {
      list_remove(node.first_child, *child);
      if (!child->references.try_retain()) continue;  // its last handle is going
      child->next_to_cancel = rest;
      rest = child;
    }
    while (after_call* const call = node.first_call) {
      list_remove(node.first_call, *call);
      call->next = nullptr;
      *after.last_call = call;
      after.last_call = &call->next;
    }
    // release: pairs with the acquires of those who ask whether it has ended
    node.has_ended.store(true, std::memory_order_release);
  }
  channel::close(*node.done, event::current());
  if (has_timer) sched::cancel(node);
  return true;
}

// What has ended need not be told again by the scope above.
void leave_list(cancel_node& node) {
  if (node.above == nullptr) return;
  const base::spin_guard guard(node.above->lock);
  if (node.is_listed) list_remove(node.above->first_child, node);
}

bool has_stop_source(cancel_node& node) {
  const base::spin_guard guard(node.lock);
  return node.stop_source.object != nullptr;
}

// Runs the callbacks of std::stop_tokens, and gives up the reference.
void tell(void* argument) {
  const context_handle owner(static_cast<cancel_node*>(argument));
  auto& node = *static_cast<cancel_node*>(argument);
  node.request_stop(node.stop_source.object);
}

void finish(aftermath& after) {
  while (after_call* const call = after.first_call) {
    after.first_call = call->next;
    start(*call);
  }
  while (cancel_node* const node = after.first_told) {
    after.first_told = node->next_ended;
    if (event::current() != nullptr) {
      tell(node);
      continue;
    }
    sched::spawn_request request;  // on the timer thread
    request.run = &tell;
    request.closure = node;
    request.is_system = true;
    sched::spawn(request);
  }
}

}  // namespace

void wait_for_end(cancel_node& node) {
  element_slot<unit> nothing;
  chan_recv(node.done, &nothing.kept);
}

void cancel_tree(cancel_node& root, std::error_code error, std::exception_ptr cause) {
  aftermath after;
  const bool is_root_held = root.references.try_retain();  // not while its last handle goes
  cancel_node* rest = nullptr;
  cancel_node* ended = nullptr;  // by us, and retained
  const bool is_root_ended = end_one(root, error, cause, rest, after);
  if (is_root_ended && is_root_held) {
    root.next_ended = nullptr;
    ended = &root;
  }
  leave_list(root);
  while (cancel_node* const node = rest) {
    rest = node->next_to_cancel;
    if (end_one(*node, error, cause, rest, after)) {
      node->next_ended = ended;
      ended = node;
    } else {
      release(node);
    }
  }
  if (is_root_held && !is_root_ended) release(&root);
  // Everybody has ended: now the others may be told, and the references given up.
  while (cancel_node* const node = ended) {
    ended = node->next_ended;
    if (has_stop_source(*node)) {
      node->next_ended = after.first_told;
      after.first_told = node;
    } else {
      release(node);
    }
  }
  finish(after);
}

void context_cancel(context_node* node, std::exception_ptr cause) {
  sched::current();
  cancel_tree(*node->scope, make_error_code(context_errc::canceled), std::move(cause));
}

}  // namespace vole::detail
