// SPDX-License-Identifier: Apache-2.0
// The tree of contexts.
//
// There are value nodes and nodes that can end. A node holds a reference to its parent, so the way
// up is always there. The way down is needed only to cancel: a node that can end lists its children
// that can end, without holding them, and its after_func calls, which it does hold. Whoever finds a
// child in the list, under the node's lock, retains it unless its last reference is gone already;
// a child whose own end has come leaves the list under that lock.
//
// How a node ends (cancel_tree in cancel.cpp):
//   1. under its lock: error and cause are set, once for all, and the calls are taken out of their
//      list; it is announced, which is the edge from cancel() to all who learn of it;
//   2. its done channel is closed, if anybody has asked for one: err() and cause() wait for that
//      when they see 1. A channel that is asked for later is made closed;
//   3. the children end the same way, by a stack and not by recursion: trees may be deep. They stay
//      in the list, and one that has ended already is walked through as well, since somebody else
//      may still be at it: so everything below has ended when cancel() returns;
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
  explicit context_node(std::uint32_t holders = 1) : references(holders) {}

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
  explicit cancel_node(std::uint32_t holders) : context_node(holders) {}

  base::spin_lock lock{base::lock_rank::context};
  std::atomic<chan_core*> done{nullptr};  // one reference; made under the lock, when asked for

  // Set once: is_settled when all below has ended; is_told in step 2, or in 1 when there is no
  // channel; the rest in step 1. has_ended is read without the lock; what is below it is set
  // before.
  std::atomic<bool> is_settled{false};
  std::atomic<bool> is_told{false};
  std::atomic<bool> has_ended{false};
  std::error_code error;
  std::exception_ptr cause;

  // Set when it is made.
  cancel_node* above = nullptr;  // the scope of the parent, in whose list it is; null: none
  std::optional<time_point> deadline;
  std::exception_ptr deadline_cause;
  std::uint32_t bubble_id = 0;  // the synctest bubble whose clock it goes by; 0: none
  bool has_timer = false;
  bool has_listeners = false;  // a stop source as it ended; by the one who ended it
  bool is_disarmed = false;    // by one with a reference; the deadline's own fire is not running

  // The lists, under the lock; a child's links and is_listed are under the lock of `above`.
  cancel_node* first_child = nullptr;
  after_call* first_call = nullptr;
  cancel_node* next = nullptr;
  cancel_node* previous = nullptr;
  bool is_listed = false;
  bool has_left = false;  // set under that lock by one with a reference: it is listed no more
  cancel_node* next_ended = nullptr;  // used by the one who ended it

  kept_object stop_source;  // under the lock
  void (*request_stop)(void*) = nullptr;
  kept_object stop_listener;
};

// Waits until step 2 is done, and announces it. The caller has seen has_ended.
void wait_for_end(cancel_node& node);

// The done channel, without a reference for the caller.
chan_core* done_channel(cancel_node& node);

struct deadline_request {
  time_point when;
  std::exception_ptr cause;
  bool is_over = false;  // it has passed already
};

// Makes a node that can end, with `holders` references, and lists it with its scope, or ends it if
// that has ended. `deadline`, or null: its own, if that comes before its scope's.
cancel_node* make_cancel_node(context_node* parent, std::uint32_t holders = 1,
                              deadline_request* deadline = nullptr);

// Who ends a tree: one who holds a reference to the root, or the root's own timer.
enum class canceler : std::uint8_t { holder, deadline };

// Ends `root` and everything below. Returns when all have ended.
void cancel_tree(cancel_node& root, canceler by, std::error_code error, std::exception_ptr cause);

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
