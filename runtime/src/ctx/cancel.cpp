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
bool end_one(cancel_node& node, canceler by, std::error_code error, const std::exception_ptr& cause,
             cancel_node*& rest, aftermath& after) {
  chan_core* done;
  {
    const base::spin_guard guard(node.lock);
    if (node.has_ended.load(std::memory_order_relaxed)) return false;  // relaxed: lock held
    node.error = error;
    node.cause = cause;
    while (cancel_node* const child = node.first_child) {
      list_remove(node.first_child, *child);
      if (!child->references.try_retain()) continue;  // its last handle is going
      child->has_left = true;
      child->next_to_cancel = rest;
      rest = child;
    }
    while (after_call* const call = node.first_call) {
      list_remove(node.first_call, *call);
      call->next = nullptr;
      *after.last_call = call;
      after.last_call = &call->next;
    }
    node.has_listeners = node.stop_source.object != nullptr;
    if (event::current() != nullptr) event::emit::once_done(&node.has_ended);
    done = node.done.load(std::memory_order_relaxed);                          // relaxed: lock held
    if (done == nullptr) node.is_told.store(true, std::memory_order_relaxed);  // relaxed: see below
    // release: pairs with the acquires of those who ask whether it has ended
    node.has_ended.store(true, std::memory_order_release);
  }
  if (done != nullptr) {
    channel::close(*done, event::current());
    node.is_told.store(true, std::memory_order_release);  // release: after the close
  }
  if (node.has_timer && by == canceler::holder) {
    sched::cancel(node);
    node.is_disarmed = true;
  }
  return true;
}

// What has ended need not be told again by the scope above.
void leave_list(cancel_node& node) {
  if (node.above == nullptr) return;
  const base::spin_guard guard(node.above->lock);
  if (node.is_listed) list_remove(node.above->first_child, node);
  node.has_left = true;
}

// What is done with a reference to a node that has ended: its listeners need it yet.
void keep_or_release(cancel_node& node, bool is_ours, cancel_node*& kept) {
  if (!is_ours || !node.has_listeners) return release(&node);
  node.next_ended = kept;
  kept = &node;
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
  // acquire: pairs with the release in end_one()
  if (!node.is_told.load(std::memory_order_acquire)) {
    element_slot<unit> nothing;
    // relaxed: there is one, or has_ended would have come with is_told
    chan_recv(node.done.load(std::memory_order_relaxed), &nothing.kept);
  }
  if (event::current() != nullptr) event::emit::once_observed(&node.has_ended);
}

void cancel_tree(cancel_node& root, canceler by, std::error_code error, std::exception_ptr cause) {
  // acquire: whoever ended it has set everything
  if (root.has_ended.load(std::memory_order_acquire)) return;
  // The timer has no reference, and the last handle may be going.
  const bool is_root_held = by == canceler::holder || root.references.try_retain();
  aftermath after;
  cancel_node* rest = nullptr;
  cancel_node* ended = nullptr;  // by us, with listeners, and retained
  const bool is_root_ended = end_one(root, by, error, cause, rest, after);
  if (is_root_held && is_root_ended) leave_list(root);
  while (cancel_node* const node = rest) {
    rest = node->next_to_cancel;
    const bool is_ours = end_one(*node, canceler::holder, error, cause, rest, after);
    keep_or_release(*node, is_ours, ended);
  }
  if (is_root_held) {
    if (by == canceler::holder && is_root_ended && root.has_listeners) root.references.retain();
    if (by == canceler::deadline || (is_root_ended && root.has_listeners))
      keep_or_release(root, is_root_ended, ended);
  }
  // Everybody has ended: now the others may be told.
  after.first_told = ended;
  finish(after);
}

void context_cancel(context_node* node, std::exception_ptr cause) {
  sched::current();
  cancel_tree(*node->scope, canceler::holder, make_error_code(context_errc::canceled),
              std::move(cause));
}

}  // namespace vole::detail
