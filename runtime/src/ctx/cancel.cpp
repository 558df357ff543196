// SPDX-License-Identifier: Apache-2.0
// Ending a context and all below it.
#include <memory>
#include <utility>
#include <vector>

#include "chan/chan_core.h"
#include "ctx/context_node.h"
#include "sched/park.h"
#include "sched/spawn.h"

namespace vole::detail {
namespace {

// One walk over a tree that ends.
struct ending {
  std::error_code error;
  std::exception_ptr cause;
  std::vector<cancel_node*> rest;  // to be visited; each retained
  // What step 4 has to do, in the order in which it came.
  after_call* first_call = nullptr;
  after_call** last_call = &first_call;
  cancel_node* first_told = nullptr;  // ended by this walk, with a stop source; retained
  bool is_complete = true;            // whatever was visited has ended for everybody to see
};

// Step 1, and noting the children to visit. False: somebody else has done it.
bool end_locked(cancel_node& node, ending& walk, chan_core*& done) VOLE_REQUIRES(node.lock) {
  for (cancel_node* child = node.first_child; child != nullptr; child = child->next)
    if (child->references.try_retain()) walk.rest.push_back(child);  // or its last handle is going
  if (node.has_ended.load(std::memory_order_relaxed)) return false;  // relaxed: lock held
  node.error = walk.error;
  node.cause = walk.cause;
  while (after_call* const call = node.first_call) {
    list_remove(node.first_call, *call);
    call->next = nullptr;
    *walk.last_call = call;
    walk.last_call = &call->next;
  }
  node.has_listeners = node.stop_source.object != nullptr;
  if (event::current() != nullptr) event::emit::once_done(&node.has_ended);
  done = node.done.load(std::memory_order_relaxed);  // relaxed: lock held
  // relaxed: has_ended comes after
  if (done == nullptr) node.is_told.store(true, std::memory_order_relaxed);
  // release: pairs with the acquires of those who ask whether it has ended
  node.has_ended.store(true, std::memory_order_release);
  return true;
}

// Steps 1 and 2. False: somebody else has done them, or is about to and can't be waited for here.
bool end_one(cancel_node& node, canceler by, ending& walk) {
  chan_core* done = nullptr;
  bool is_ours, is_leaf;
  {
    const base::spin_guard guard(node.lock);
    is_ours = end_locked(node, walk, done);
    is_leaf = node.first_child == nullptr;  // and none will come
  }
  if (!is_ours) {
    if (event::current() != nullptr)
      wait_for_end(node);
    else if (!node.is_told.load(std::memory_order_acquire))  // acquire: see wait_for_end()
      walk.is_complete = false;
    return false;
  }
  if (done != nullptr) {
    channel::close(*done, event::current());
    node.is_told.store(true, std::memory_order_release);  // release: after the close
  }
  if (node.has_timer && by == canceler::holder) {
    sched::cancel(node);
    node.is_disarmed = true;
  }
  if (is_leaf)
    node.is_settled.store(true, std::memory_order_release);  // release: as in cancel_tree
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
void keep_or_release(cancel_node& node, bool is_ours, ending& walk) {
  if (!is_ours || !node.has_listeners) return release(&node);
  node.next_ended = walk.first_told;
  walk.first_told = &node;
}

// Runs the callbacks of std::stop_tokens, and gives up the reference.
void tell(void* argument) {
  const context_handle owner(static_cast<cancel_node*>(argument));
  auto& node = *static_cast<cancel_node*>(argument);
  event::emit::once_observed(&node.stop_source);
  node.request_stop(node.stop_source.object);
}

void finish(ending& walk) {
  while (after_call* const call = walk.first_call) {
    walk.first_call = call->next;
    start(*call);
  }
  while (cancel_node* const node = walk.first_told) {
    walk.first_told = node->next_ended;
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
  event::emit::operation_begun(event::operation::context, &root);
  // acquire: whoever ended all of it has seen to everything
  if (root.is_settled.load(std::memory_order_acquire)) return;
  // The timer has no reference, and the last handle may be going: then there are no children.
  const bool is_root_held = by == canceler::holder || root.references.try_retain();
  ending walk;
  walk.error = error;
  walk.cause = std::move(cause);
  const bool is_root_ours = end_one(root, by, walk);
  while (!walk.rest.empty()) {
    cancel_node* const node = walk.rest.back();
    walk.rest.pop_back();
    keep_or_release(*node, end_one(*node, canceler::holder, walk), walk);
  }
  if (is_root_held) {
    if (is_root_ours) leave_list(root);
    // release: all that is below has ended
    if (walk.is_complete) root.is_settled.store(true, std::memory_order_release);
    if (by == canceler::holder && is_root_ours && root.has_listeners) root.references.retain();
    if (by == canceler::deadline || (is_root_ours && root.has_listeners))
      keep_or_release(root, is_root_ours, walk);
  }
  finish(walk);
}

void context_cancel(context_node* node, std::exception_ptr cause) {
  sched::current();
  cancel_tree(*node->scope, canceler::holder, make_error_code(context_errc::canceled),
              std::move(cause));
}

}  // namespace vole::detail
