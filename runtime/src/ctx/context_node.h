// SPDX-License-Identifier: Apache-2.0
// The tree of contexts.
//
// There are value nodes and nodes that can end. A node holds a reference to its parent, so the way
// up is always there. The way down is needed only to cancel: a node that can end lists its children
// that can end, without holding them, and its after_func calls, which it does hold. Whoever takes a
// child from the list, under the node's lock, retains it unless its last reference is gone already;
// a child whose end has come leaves the list under that lock.
//
// How a node ends (cancel_tree in cancel.cpp):
//   1. under its lock: error and cause are set, once for all, and the children and calls are taken
//      out of the lists;
//   2. its done channel is closed: that is the edge from cancel() to everybody who learns of it, so
//      err() and cause() wait for it when they see 1;
//   3. the children end the same way, by a list and not by recursion: trees may be deep;
//   4. when all have ended: after_func calls are started and std::stop_tokens are told.
// All of it by the goroutine that cancels, or by the timer thread at a deadline; that one never
// runs the user's functions, but makes goroutines for them.
#pragma once

#include <vole/context.h>

#include <atomic>
#include <cstdint>
#include <exception>
#include <optional>
#include <system_error>

#include "base/spin_lock.h"
#include "event/announced_count.h"
#include "sched/timer.h"

namespace vole::detail {

struct cancel_node;

struct context_node {
  event::announced_count references;
  context_node* parent = nullptr;  // one reference, or null
  cancel_node* scope = nullptr;    // the nearest that can end, from this node up; null: none
  // A value node's, otherwise null.
  const void* key = nullptr;
  void* value = nullptr;
  void (*destroy_value)(void*) = nullptr;
};

// In a scope's list of calls; see after_func.cpp.
struct after_call {
  event::announced_count references;
  after_call* next = nullptr;
  after_call* previous = nullptr;
  bool is_listed = false;  // under the scope's lock; the list has a reference
  void (*run)(void*) = nullptr;
  void (*destroy)(void*) = nullptr;
  void* closure = nullptr;
  std::uintptr_t creation_pc = 0;
};

// An object of the header's, kept for the node's life.
struct kept_object {
  void* object = nullptr;
  void (*destroy)(void*) = nullptr;
  void reset() {
    if (object != nullptr) destroy(object);
    object = nullptr;
  }
};

struct cancel_node : context_node, sched::timer_entry {
  base::spin_lock lock{base::lock_rank::context};
  chan_core* done = nullptr;  // one reference

  // Set once, in step 1. has_ended is read without the lock; what is below it is set before.
  std::atomic<bool> has_ended{false};
  std::error_code error;
  std::exception_ptr cause;

  // Set when it is made.
  cancel_node* above = nullptr;  // the scope of the parent, in whose list it is; null: none
  std::optional<time_point> deadline;
  std::exception_ptr deadline_cause;
  bool has_timer = false;

  // The lists, under the lock; a child's links and is_listed are under the lock of `above`.
  cancel_node* first_child = nullptr;
  after_call* first_call = nullptr;
  cancel_node* next = nullptr;
  cancel_node* previous = nullptr;
  bool is_listed = false;
  cancel_node* next_to_cancel = nullptr;  // used by the one who took it from its list
  cancel_node* next_ended = nullptr;      // used by the one who ended it

  kept_object stop_source;  // under the lock
  void (*request_stop)(void*) = nullptr;
  kept_object stop_listener;
};

// Waits until step 2 is done. The caller has seen has_ended.
void wait_for_end(cancel_node& node);

// Makes a node that can end, lists it with its scope, or ends it if that has ended.
cancel_node* make_cancel_node(context_node* parent);
// Sets its timer. Once, before anybody else knows the node.
void set_deadline(cancel_node& node, time_point deadline, std::exception_ptr cause);

// Ends `root` and everything below. Returns when all have ended.
void cancel_tree(cancel_node& root, std::error_code error, std::exception_ptr cause);

// Starts a call that has been taken from its list, with the list's reference. `self` may be null.
void start(after_call& call);

template <class Item>
void list_push(Item*& first, Item& item) {
  item.previous = nullptr;
  item.next = first;
  if (first != nullptr) first->previous = &item;
  first = &item;
  item.is_listed = true;
}

template <class Item>
void list_remove(Item*& first, Item& item) {
  (item.previous != nullptr ? item.previous->next : first) = item.next;
  if (item.next != nullptr) item.next->previous = item.previous;
  item.is_listed = false;
}

}  // namespace vole::detail
