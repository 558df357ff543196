// SPDX-License-Identifier: Apache-2.0
// Making and destroying the nodes of the tree.
#include "ctx/context_node.h"

#include <utility>

#include "base/check.h"
#include "chan/chan_core.h"
#include "event/emit.h"
#include "sched/park.h"
#include "sched/spawn.h"

namespace vole::detail {
namespace {

void on_deadline(sched::timer_entry& entry) {
  auto& node = static_cast<cancel_node&>(entry);
  cancel_tree(node, canceler::deadline, make_error_code(context_errc::deadline_exceeded),
              node.deadline_cause);
}

void destroy(cancel_node& node) {
  if (node.above != nullptr && !node.has_left) {
    const base::spin_guard guard(node.above->lock);
    if (node.is_listed) list_remove(node.above->first_child, node);
  }
  if (!node.is_disarmed) sched::cancel(node);  // also waits for a deadline that fires right now
  node.stop_listener.reset();                  // likewise for a stop request
  VOLE_ASSERT(node.first_child == nullptr);
  while (after_call* const call = node.first_call) {
    list_remove(node.first_call, *call);
    release(call);
  }
  node.stop_source.reset();
  // relaxed: nobody else is left
  if (chan_core* const done = node.done.load(std::memory_order_relaxed)) chan_release(done);
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

void set_deadline(cancel_node& node, deadline_request& request) {
  node.deadline = request.when;
  if (request.is_over) return;
  node.deadline_cause = std::move(request.cause);
  node.fire = &on_deadline;
  sched::bind_to_clock(node);
  node.deadline_ns = request.when.time_since_epoch().count();
  node.has_timer = true;
  sched::arm(node);
}

// False: the scope has ended.
bool list_under(cancel_node& above, cancel_node& node) {
  const base::spin_guard guard(above.lock);
  if (above.has_ended.load(std::memory_order_relaxed)) return false;  // relaxed: lock held
  // Its deadline may have come already.
  if (!node.has_left) list_push(above.first_child, node);
  return true;
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

cancel_node* make_cancel_node(context_node* parent, std::uint32_t holders,
                              deadline_request* deadline) {
  const event::goroutine* const self = sched::current();
  auto* const node = new cancel_node(holders);
  node->bubble_id = self->bubble_id;
  init_child(*node, parent);
  cancel_node* const above = node->scope;
  node->above = above;
  node->scope = node;
  if (above != nullptr) node->deadline = above->deadline;
  const bool is_deadline_own =
      deadline != nullptr &&
      (!node->deadline || above->bubble_id != node->bubble_id || deadline->when < *node->deadline);
  // The timer is set before anybody else knows the node.
  if (is_deadline_own) set_deadline(*node, *deadline);
  if (above != nullptr && !list_under(*above, *node)) {
    wait_for_end(*above);
    cancel_tree(*node, canceler::holder, above->error, above->cause);
  } else if (is_deadline_own && deadline->is_over) {
    cancel_tree(*node, canceler::holder, make_error_code(context_errc::deadline_exceeded),
                std::move(deadline->cause));
  }
  return node;
}

chan_core* done_channel(cancel_node& node) {
  // acquire: sees the channel
  if (chan_core* const made = node.done.load(std::memory_order_acquire)) return made;
  const chan_handle mine(chan_make(element<unit>::kOps, 0));
  mine.get()->bubble_id = node.bubble_id;  // whoever asks for it first
  bool has_ended;
  {
    const base::spin_guard guard(node.lock);
    // relaxed: lock held
    if (chan_core* const made = node.done.load(std::memory_order_relaxed)) return made;
    has_ended = node.has_ended.load(std::memory_order_relaxed);  // relaxed: lock held
    if (!has_ended) {
      chan_retain(mine.get());
      // release: pairs with the acquire above
      node.done.store(mine.get(), std::memory_order_release);
      return mine.get();
    }
  }
  wait_for_end(node);
  channel::close(*mine.get(), event::current());
  const base::spin_guard guard(node.lock);
  // relaxed: lock held
  if (chan_core* const made = node.done.load(std::memory_order_relaxed)) return made;
  chan_retain(mine.get());
  node.done.store(mine.get(), std::memory_order_release);  // release: as above
  return mine.get();
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
      // Who cancels, and who converts after us, uses what this goroutine has made.
      event::emit::once_done(&scope.stop_source);
    }
    object = scope.stop_source.object;
    has_ended = scope.has_ended.load(std::memory_order_relaxed);  // relaxed: lock held
  }
  event::emit::once_observed(&scope.stop_source);
  if (has_ended) wait_for_end(scope);
  return {object, has_ended};
}

}  // namespace vole::detail
