// SPDX-License-Identifier: Apache-2.0
// Every happens-before edge of the runtime, in one table: an announcement of event.def on the left,
// what it means to the clocks on the right, and above it the sentence of the Go memory model
// (go.dev/ref/mem, version of June 6, 2022) or of the package's documentation that says so.
//
//   acquire        the current goroutine learns what the object holds
//   release_store  the object holds the goroutine's past, and only that: where the goroutine has
//                  acquired what was there before
//   release_merge  the object's clock is joined with the goroutine's past
//
// What is no edge is written down, too: a switch, a park, a ready, a goroutine's end.
#include <algorithm>
#include <utility>

#include "event/census.h"
#include "event/listener.h"
#include "race/access_check.h"
#include "race/context.h"
#include "race/describe/actors.h"
#include "race/describe/misuse.h"
#include "race/listener.h"
#include "race/notes/lock_edges.h"
#include "race/notes/origins.h"
#include "race/shadow/shadow_map.h"
#include "race/sync_object.h"

namespace vole::race {
namespace {

using event::goroutine;
using event::listener_slot;
using event::lock_mode;

// The context of a goroutine. One that was made before the listener was attached gets it now.
context& of(goroutine* who) {
  void*& data = who->data(listener_slot::race);
  if (data == nullptr) {
    context* fresh = make_context(nullptr, 0);
    fresh->stack_low = who->stack_low;
    fresh->stack_high = who->stack_high;
    actor& self = actor_at(fresh->actor_index);
    self.goroutine_id = who->id;
    self.stack_low = who->stack_low;
    self.stack_high = who->stack_high;
    if (who->is_system) mark_system(*fresh);
    data = fresh;
  }
  return *static_cast<context*>(data);
}

template <class F>
void with_current(F f) {
  inside_guard guard;
  if (context* self = running_context()) f(*self);
}

// What the current goroutine does with one object; `site` is the announcement's.
void acquire_from(const void* object, sync_op op, call_site site) {
  with_current([&](context& self) {
    const sync_scope scope(&self, op, object, site);
    sync_acquire(self, sync_key::of(object));
  });
}
void release_merge_to(const void* object, sync_op op, call_site site) {
  with_current([&](context& self) {
    const sync_scope scope(&self, op, object, site);
    sync_release_merge(self, sync_key::of(object));
  });
}

// A send or receive of `self` that used a slot: whoever used it before, and whoever does next.
void use_slot(goroutine* self, const void* chan, std::size_t slot, sync_op op, call_site site) {
  inside_guard guard;
  context& who = of(self);
  const bool is_here = &who == running_context();
  const sync_scope scope(&who, op, chan, is_here ? site : call_site{});
  const sync_key key = sync_key::of(chan, sync_role::chan_slot, slot);
  sync_acquire(who, key);
  sync_release_store(who, key);
}

// The stack from the code that called go() on; `pc` is the return address into it.
stack_id creation_stack(const context& creator, std::uintptr_t pc, call_site site) {
  std::uintptr_t pcs[kStackFramesMax];
  const std::size_t count =
      walk_frames(site, creator.stack_low, creator.stack_high, pcs, kStackFramesMax);
  for (std::size_t i = 0; i < count; ++i) {
    if (pcs[i] == pc) return intern_stack(pcs + i, count - i);
  }
  return pc == 0 ? intern_stack(pcs, count) : intern_stack(&pc, 1);
}

void on_created(goroutine* child, std::uintptr_t pc, call_site site) {
  inside_guard guard;
  context* creator = running_context();
  const stack_id stack = creator == nullptr ? (pc == 0 ? 0 : intern_stack(&pc, 1))
                                            : creation_stack(*creator, pc, site);
  const sync_scope scope(creator, sync_op::go, nullptr, site);
  context* fresh = make_context(creator, stack);
  fresh->stack_low = child->stack_low;
  fresh->stack_high = child->stack_high;
  actor& who = actor_at(fresh->actor_index);
  who.goroutine_id = child->id;
  who.name = intern_name(event::name_of(*child));
  who.stack_low = child->stack_low;
  who.stack_high = child->stack_high;
  if (child->is_system) mark_system(*fresh);
  child->data(listener_slot::race) = fresh;
}

// A thread that made accesses before it used the runtime has a context already: it goes on.
void on_adopted(goroutine* self) {
  thread_state& thread = this_thread;
  thread.is_runtime_thread = false;
  set_current(nullptr);
  if (thread.of_thread == nullptr) make_thread_context();
  set_current(thread.of_thread);
  self->data(listener_slot::race) = thread.of_thread;
  actor_at(thread.of_thread->actor_index).goroutine_id = self->id;
}

void on_finished(goroutine* self) {
  auto* mine = static_cast<context*>(self->data(listener_slot::race));
  self->data(listener_slot::race) = nullptr;
  thread_state& thread = this_thread;
  if (mine == nullptr) return;
  if (self->is_adopted) {  // the thread goes on; its context ends with it
    if (thread.of_thread == mine) set_current(mine);
    return;
  }
  inside_guard guard;
  if (thread.current == mine) set_current(nullptr);
  retire_context(mine);
  forget_accesses(self->stack_low, self->stack_high);
  sync_forget_range(self->stack_low, self->stack_high);
}

void on_runtime_thread() {
  thread_state& thread = this_thread;
  thread.is_runtime_thread = true;
  set_current(nullptr);
  if (context* mine = std::exchange(thread.of_thread, nullptr)) retire_context(mine);
}

void note_close(const context& self, const void* chan, call_site site) {
  const stack_id stack = record_stack(site, self.stack_low, self.stack_high, this_thread.walks);
  note_origin(chan, {self.actor_index, stack});
}

// Its address is the object of all input and output.
constexpr char all_io = 0;

// The one of the two that runs here knows its place; the other one is parked.
void exchange(context& sender, context& receiver, const void* chan, call_site site) {
  const context* here = running_context();
  released_clock past_of_sender, past_of_receiver;
  {
    const sync_scope scope(&sender, sync_op::send, chan, here == &sender ? site : call_site{});
    past_of_sender = release(sender);
  }
  {
    const sync_scope scope(&receiver, sync_op::receive, chan,
                           here == &receiver ? site : call_site{});
    past_of_receiver = release(receiver);
  }
  acquire(sender, past_of_receiver);
  acquire(receiver, past_of_sender);
}

}  // namespace

// clang-format off
constexpr event::listener kRules = {
  // ---- lifecycle
  // "The go statement that starts a new goroutine is synchronized before the start of the
  // goroutine's execution."
  .goroutine_created = [](goroutine* child, std::uintptr_t pc) {
    on_created(child, pc, VOLE_CALL_SITE());
  },
  // No edge: the thread goes on under another name.
  .goroutine_adopted = [](goroutine* self) { inside_guard guard; on_adopted(self); },
  // No edge: being run after another goroutine, or by the same thread, orders nothing.
  .goroutine_resumed = [](goroutine* self) { set_current(&of(self)); },
  .goroutine_paused = [](goroutine*) { set_current(nullptr); },
  // No edge by themselves: whoever wakes whom for a reason announces the reason.
  .goroutine_parked = nullptr,
  .goroutine_readied = nullptr,
  // "The exit of a goroutine is not guaranteed to be synchronized before any event in the
  // program."
  .goroutine_finished = [](goroutine* self) { on_finished(self); },
  // A thread of the runtime runs goroutines and has no past of its own.
  .thread_started = [] { inside_guard guard; on_runtime_thread(); },
  .thread_stopping = nullptr,

  // ---- channels
  // "A send on a channel is synchronized before the completion of the corresponding receive from
  // that channel." And: "The kth receive on a channel with capacity C is synchronized before the
  // completion of the k+Cth send from that channel." Slot by slot the two are the same rule:
  // whoever used the slot before is acquired, and the next one acquires us.
  .chan_sent = [](goroutine* self, const void* chan, std::size_t slot) {
    use_slot(self, chan, slot, sync_op::send, VOLE_CALL_SITE());
  },
  .chan_received = [](goroutine* self, const void* chan, std::size_t slot) {
    use_slot(self, chan, slot, sync_op::receive, VOLE_CALL_SITE());
  },
  // "A receive from an unbuffered channel is synchronized before the completion of the
  // corresponding send on that channel", and the send before the receive.
  .chan_exchanged = [](goroutine* sender, goroutine* receiver, const void* chan) {
    inside_guard guard;
    exchange(of(sender), of(receiver), chan, VOLE_CALL_SITE());
  },
  // "The closing of a channel is synchronized before a receive that returns because the channel is
  // closed."
  .chan_closed = [](goroutine* self, const void* chan) {
    inside_guard guard;
    const sync_scope scope(&of(self), sync_op::close, chan, VOLE_CALL_SITE());
    sync_release_store(of(self), sync_key::of(chan, sync_role::chan_close));
    note_close(of(self), chan, VOLE_CALL_SITE());
  },
  .chan_received_closed = [](goroutine* self, const void* chan) {
    inside_guard guard;
    context& who = of(self);
    const sync_scope scope(&who, sync_op::receive_closed, chan,
                           &who == running_context() ? VOLE_CALL_SITE() : call_site{});
    sync_acquire(who, sync_key::of(chan, sync_role::chan_close));
  },
  // Not an edge but an access: Go's detector takes a send as a read of the channel and a close as
  // a write of it, so that a close which nothing orders with a send is reported.
  .chan_touched = [](const void* chan, bool is_write) {
    check_range(reinterpret_cast<std::uintptr_t>(chan), 1,
                is_write ? access_kind::write : access_kind::read, VOLE_CALL_SITE());
  },
  .chan_destroyed = [](const void* chan, std::size_t slots) {
    inside_guard guard;
    for (std::size_t slot = 0; slot < std::max<std::size_t>(slots, 1); ++slot)
      sync_forget(sync_key::of(chan, sync_role::chan_slot, slot));
    sync_forget(sync_key::of(chan, sync_role::chan_close));
    forget_origin(chan);
    const auto address = reinterpret_cast<std::uintptr_t>(chan);
    forget_accesses(address, address + 1);
  },

  // ---- locks
  // "For any sync.Mutex or sync.RWMutex variable l and n < m, call n of l.Unlock() is synchronized
  // before call m of l.Lock() returns." And: "For any call to l.RLock on a sync.RWMutex variable
  // l, there is an n such that the nth call to l.Unlock is synchronized before the return from
  // l.RLock, and the matching call to l.RUnlock is synchronized before the return from call n+1 to
  // l.Lock." "A successful call to l.TryLock (or l.TryRLock) is equivalent to a call to l.Lock (or
  // l.RLock)."
  .lock_acquired = [](const void* which, lock_mode mode) {
    const call_site site = VOLE_CALL_SITE();
    with_current([&](context& self) { acquire_lock(self, which, mode, site); });
  },
  .lock_released = [](const void* which, lock_mode mode) {
    const call_site site = VOLE_CALL_SITE();
    with_current([&](context& self) { release_lock(self, which, mode, site); });
  },

  // ---- other synchronisation
  // "[T]he call to Signal or Broadcast is synchronized before the return of any Wait call that it
  // unblocks" (package sync).
  .cond_notified = [](const void* condition, goroutine* waiter) {
    const call_site site = VOLE_CALL_SITE();
    with_current([&](context& self) {
      const sync_scope scope(&self, sync_op::notify, condition, site);
      acquire(of(waiter), release(self));
    });
  },
  // "[A] call to Done is synchronized before the return of any Wait call that it unblocks"
  // (package sync).
  .group_done = [](const void* group) {
    release_merge_to(group, sync_op::group_done, VOLE_CALL_SITE());
  },
  .group_waited = [](const void* group) {
    acquire_from(group, sync_op::group_wait, VOLE_CALL_SITE());
  },
  // "The completion of a single call of f() from once.Do(f) is synchronized before the return of
  // any call of once.Do(f)."
  .once_done = [](const void* once) {
    release_merge_to(once, sync_op::once_done, VOLE_CALL_SITE());
  },
  .once_observed = [](const void* once) {
    acquire_from(once, sync_op::once_see, VOLE_CALL_SITE());
  },
  // As a channel used as a semaphore: a release before the acquires that it lets through.
  .semaphore_released = [](const void* semaphore) {
    release_merge_to(semaphore, sync_op::semaphore_release, VOLE_CALL_SITE());
  },
  .semaphore_acquired = [](const void* semaphore) {
    acquire_from(semaphore, sync_op::semaphore_acquire, VOLE_CALL_SITE());
  },
  // Go 1.23's race support: NewTimer, AfterFunc and Reset before the function or the receive of
  // the tick. Timers that fire in the same moment are not ordered by it.
  .timer_armed = [](const void* timer) {
    release_merge_to(timer, sync_op::timer_arm, VOLE_CALL_SITE());
  },
  .timer_fired = [](const void* timer, goroutine* self) {
    inside_guard guard;
    if (self == nullptr) return;
    const sync_scope scope(&of(self), sync_op::timer_fire, timer, {});
    sync_acquire(of(self), sync_key::of(timer));
  },
  // "[A] call to Put(x) is synchronized before a call to Get returning that same value x" (package
  // sync).
  .item_put = [](const void* item) {
    release_merge_to(item, sync_op::put, VOLE_CALL_SITE());
  },
  .item_got = [](const void* item) {
    const call_site site = VOLE_CALL_SITE();
    with_current([&](context& self) {
      const sync_scope scope(&self, sync_op::get, item, site);
      sync_take(self, sync_key::of(item));
    });
  },
  // "In the terminology of the Go memory model, Map arranges that a write operation is
  // synchronized before any read operation that observes the effect of the write" (package sync).
  // Joined: "the key is absent" is one object for all who erase.
  .key_written = [](const void* key) {
    release_merge_to(key, sync_op::key_write, VOLE_CALL_SITE());
  },
  .key_read = [](const void* key) {
    acquire_from(key, sync_op::key_read, VOLE_CALL_SITE());
  },
  // "Wait blocks until every goroutine within the current bubble, other than the current goroutine,
  // is durably blocked" (package testing/synctest), and the race detector of Go takes that for an
  // edge: from what they did before they blocked or ended.
  .bubble_left = [](goroutine* self, const void* bubble) {
    inside_guard guard;
    const sync_scope scope(&of(self), sync_op::bubble_leave, bubble, {});
    sync_release_merge(of(self), sync_key::of(bubble));
  },
  .bubble_settled = [](const void* bubble) {
    acquire_from(bubble, sync_op::bubble_settle, VOLE_CALL_SITE());
  },
  // Go's package syscall: one object for all of a process's input and output, released by each
  // write and acquired by each read. Both are accesses to the buffer, too.
  .io_written = [](const void* from, std::size_t bytes) {
    check_range(reinterpret_cast<std::uintptr_t>(from), bytes, access_kind::read,
                VOLE_CALL_SITE());
    release_merge_to(&all_io, sync_op::io_write, VOLE_CALL_SITE());
  },
  .io_read = [](void* to, std::size_t bytes) {
    if (bytes != 0)
      check_range(reinterpret_cast<std::uintptr_t>(to), bytes, access_kind::write,
                  VOLE_CALL_SITE());
    acquire_from(&all_io, sync_op::io_read, VOLE_CALL_SITE());
  },
  .object_destroyed = [](const void* object, std::size_t bytes) {
    inside_guard guard;
    const auto address = reinterpret_cast<std::uintptr_t>(object);
    sync_forget_range(address, address + bytes);
  },
  .misused = [](event::misuse what, const void* object, goroutine* other) {
    report_misuse(what, object,
                  other == nullptr ? nullptr
                                   : static_cast<context*>(other->data(listener_slot::race)),
                  VOLE_CALL_SITE());
  },
};
// clang-format on

const event::listener listener = kRules;

}  // namespace vole::race
