// SPDX-License-Identifier: Apache-2.0
// Making and destroying the nodes of the tree.
#include "ctx/context_node.h"

#include <utility>

#include "base/check.h"
#include "event/emit.h"
#include "sched/park.h"
#include "sched/spawn.h"

namespace vole::detail {
namespace {

void on_deadline(sched::timer_entry& entry) {
  auto& node = static_cast<cancel_node&>(entry);
  cancel_tree(node, make_error_code(context_errc::deadline_exceeded), node.deadline_cause);
}

void destroy(cancel_node& node) {
  if (node.above != nullptr) {
    const base::spin_guard guard(node.above->lock);
    if (node.is_listed) list_remove(node.above->first_child, node);
  }
  sched::cancel(node);         // also waits for a deadline that fires right now
  node.stop_listener.reset();  // likewise for a stop request
  VOLE_ASSERT(node.first_child == nullptr);
  while (after_call* const call = node.first_call) {
    list_remove(node.first_call, *call);
    release(call);
  }
  node.stop_source.reset();
  chan_release(node.done);
  event::emit::object_destroyed(&node, sizeof node);
  delete &node;
}

// Destroys `node`, whose last reference is gone, and what it alone has held.
void destroy_chain(context_node* node) {
  for (;;) {
    context_node* const parent = node->parent;
    if (node->scope == node) {
      destroy(static_cast<cancel_node&>(*node));
    } else {
      if (node->value != nullptr) node->destroy_value(node->value);
      event::emit::object_destroyed(node, sizeof *node);
      delete node;
    }
    if (parent == nullptr || !parent->references.release()) return;
    node = parent;
  }
}

void init_child(context_node& made, context_node* parent) {
  if (parent == nullptr) return;
  parent->references.retain();
  made.parent = parent;
  made.scope = parent->scope;
}

}  // namespace

void retain(context_node* node) noexcept { node->references.retain(); }

void release(context_node* node) noexcept {
  if (!node->references.release()) return;
  if (event::current() != nullptr) return destroy_chain(node);
  // On the timer thread: the values are the user's, whose destructors may wait.
  sched::spawn_request request;
  request.run = [](void* last) { destroy_chain(static_cast<context_node*>(last)); };
  request.closure = node;
  request.is_system = true;
  sched::spawn(request);
}

cancel_node* make_cancel_node(context_node* parent) {
  sched::current();
  auto* const node = new cancel_node;
  node->done = chan_make(element<unit>::kOps, 0);
  init_child(*node, parent);
  cancel_node* const above = node->scope;
  node->above = above;
  node->scope = node;
  if (above == nullptr) return node;
  node->deadline = above->deadline;
  {
    const base::spin_guard guard(above->lock);
    if (!above->has_ended.load(std::memory_order_relaxed)) {  // relaxed: lock held
      list_push(above->first_child, *node);
      return node;
    }
  }
  wait_for_end(*above);
  cancel_tree(*node, above->error, above->cause);
  return node;
}

void set_deadline(cancel_node& node, time_point deadline, std::exception_ptr cause) {
  node.deadline = deadline;
  if (deadline <= steady_clock::now()) {
    cancel_tree(node, make_error_code(context_errc::deadline_exceeded), std::move(cause));
    return;
  }
  node.deadline_cause = std::move(cause);
  node.fire = &on_deadline;
  node.deadline_ns = deadline.time_since_epoch().count();
  // Its scope may end it meanwhile: the timer is armed and disarmed under the lock's protection.
  bool has_ended;
  {
    const base::spin_guard guard(node.lock);
    has_ended = node.has_ended.load(std::memory_order_relaxed);  // relaxed: lock held
    node.has_timer = !has_ended;
    if (!has_ended) sched::arm(node);
  }
}

context_node* context_make_cancelable() { return make_cancel_node(nullptr); }

context_node* context_make_value(context_node* parent, const void* key, void* value,
                                 void (*destroy)(void*)) {
  auto* const node = new context_node;
  init_child(*node, parent);
  node->key = key;
  node->value = value;
  node->destroy_value = destroy;
  return node;
}

const void* context_value(const context_node* node, const void* key) noexcept {
  for (; node != nullptr; node = node->parent)
    if (node->key == key) return node->value;
  return nullptr;
}

bool context_can_end(const context_node* node) noexcept {
  return node != nullptr && node->scope != nullptr;
}

void context_keep(context_node* node, void* object, void (*destroy)(void*)) {
  node->scope->stop_listener = {object, destroy};
}

kept_stop context_keep_stop(context_node* node, void* object, void (*request)(void*),
                            void (*destroy)(void*)) {
  sched::current();
  cancel_node& scope = *node->scope;
  bool has_ended;
  {
    const base::spin_guard guard(scope.lock);
    if (scope.stop_source.object == nullptr) {
      scope.request_stop = request;
      scope.stop_source = {object, destroy};
    }
    object = scope.stop_source.object;
    has_ended = scope.has_ended.load(std::memory_order_relaxed);  // relaxed: lock held
  }
  if (has_ended) wait_for_end(scope);
  return {object, has_ended};
}

}  // namespace vole::detail
