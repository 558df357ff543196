// SPDX-License-Identifier: Apache-2.0
// Who accesses memory: one context for each goroutine and for each thread that is none, with its
// logical time.
//
// A context's component may be taken over by a later context, but only where the creator's clock
// covers everything the former did: then the two can't race, and one number serves both.
//
// A context is used by its own goroutine's thread, or by the thread of a peer while the goroutine
// is parked (the announcements of event.def say when).
#pragma once

#include <cstddef>
#include <cstdint>

#include "clock/epoch.h"
#include "clock/vector_clock.h"
#include "event/goroutine.h"
#include "race/notes/sync_notes.h"
#include "race/shadow/history.h"
#include "race/shadow/segment_ids.h"

namespace vole::race {

inline constexpr std::size_t kActorsMax = std::size_t{1} << 26;  // over a process's life

// What outlives a goroutine: what reports say about it. Never given back.
struct actor {
  std::uint64_t goroutine_id = 0;   // 0: a thread that never used the runtime
  std::uint32_t thread_number = 0;  // foreign threads: 1 is main, then by first access
  std::uint32_t parent = 0;         // index of the creator; 0: unknown
  stack_id creation_stack = 0;
  std::uint32_t previous = 0;      // the former actor of the same component
  std::uint32_t name = 0;          // number of the name that it was spawned with
  std::uint64_t first_clock = 0;   // of this actor in its component
  std::uint64_t parent_clock = 0;  // what it knew of its creator when it began
  std::uintptr_t stack_low = 0, stack_high = 0;
  bool is_finished = false;
  bool is_main = false;
  bool is_system = false;  // the runtime's own goroutine
};

// A released state: everything that happened before one moment of one context, or a join of such.
struct released_clock {
  clock::vector_clock known;
  clock::epoch moment;  // of the context that released it alone; none for a join

  bool is_empty() const { return known.is_empty() && moment.is_none(); }
  void clear() {
    known.clear();
    moment = {};
  }
};

class call_stack;

struct context {
  clock::epoch now;           // own component, own clock
  clock::vector_clock known;  // of the others; its entry for the own component is not looked at
  segment_ids ids;            // of the segment that is `now`
  // Counts up when a stack from the same place gets another number (which tells the locks held):
  // ids that a thread remembers by place are not used again after that.
  std::uint32_t place_generation = 0;
  plane_word atomic_ids = 0;       // of its atomic accesses; see atomic_step.h
  segment_view* mirror = nullptr;  // what the code of the thread that runs it looks at
  std::uint32_t actor_index = 0;
  std::uint32_t ignore_depth = 0;  // accesses are not looked at while > 0
  bool is_dirty = true;            // has accessed memory, or learned, since the last release
  bool has_fence = false;          // fence_release is set
  std::uintptr_t stack_low = 0, stack_high = 0;
  call_stack* calls = nullptr;  // null until code of another compiler announces one (tsan_abi)
  struct sync_notes* notes = nullptr;  // for reports; null until the first operation
  released_clock fence_release;        // as of the last release fence: what relaxed stores publish
  clock::vector_clock
      fence_pending;  // what relaxed loads have seen: the next acquire fence takes it

  std::uint64_t clock_of(clock::component who) const {
    return who == now.who() ? now.clock() : known.get(who);
  }
  bool knows(clock::epoch moment) const { return clock_of(moment.who()) >= moment.clock(); }
  // The same, faster for moments of those that were asked for last.
  bool has_seen(clock::epoch moment) noexcept {
    if (moment.who() == now.who()) return moment.clock() <= now.clock();
    clock::epoch& last = seen[moment.who() % kSeen];
    if (last.who() == moment.who() && last.clock() >= moment.clock()) return true;
    const std::uint64_t clock = known.get(moment.who());
    if (clock < moment.clock()) return false;
    last = clock::epoch::of(moment.who(), clock);
    return true;
  }
  // What `known` said at some time: it only ever grows.
  static constexpr std::size_t kSeen = 4;
  clock::epoch seen[kSeen];
};

// ---- this thread ----------------------------------------------------------------------------

struct thread_state {
  context* current = nullptr;      // whose code runs; null: not known yet, or nobody's
  context* of_thread = nullptr;    // the foreign thread's own
  std::uint32_t inside = 0;        // in the detector: entry points pass through
  bool is_runtime_thread = false;  // the scheduler's: never gets a context of its own
  bool is_ended = false;           // its context has been retired
  unit_supply supply;
  walk_cache walks;
  // Pages that are marked as touched: marks stay.
  static constexpr std::size_t kPagesKnown = 16;
  std::uintptr_t marked[kPagesKnown] = {};
};

// initial-exec: reached from signal handlers and from malloc.
extern thread_local constinit thread_state this_thread [[gnu::tls_model("initial-exec")]];

// What instrumented code of this thread compares plane words with: the ids of the current context's
// segment, or kNoSegment. In the thread's static storage, too, for the same reasons.
extern "C" thread_local constinit segment_view vole_segment
    [[gnu::tls_model("initial-exec")]] __asm__("__vole_segment");

// The thread runs `who` (null: nobody's code) from now on.
inline void set_current(context* who) noexcept {
  thread_state& thread = this_thread;
  if (thread.current != nullptr) thread.current->mirror = nullptr;
  thread.current = who;
  vole_segment = who == nullptr ? kNoSegment : who->ids.view();
  if (who != nullptr) who->mirror = &vole_segment;
}

class inside_guard {
 public:
  inside_guard() { ++this_thread.inside; }
  ~inside_guard() { --this_thread.inside; }
  inside_guard(const inside_guard&) = delete;
  inside_guard& operator=(const inside_guard&) = delete;
};

// The context whose code runs here, made on the spot for a thread that has none. Null on the
// scheduler's threads outside of goroutines, and for a thread that has ended.
context* current_context();

// The same without making one: for rules, which run inside the detector.
context* running_context() noexcept;
// Gives the calling thread, which has none, a context of its own and makes it the current one.
void make_thread_context();

// A context for what `creator` (may be null) starts at `creation_stack`; everything that creator
// has done happens before everything in the new one.
context* make_context(context* creator, stack_id creation_stack);
// It will do no more; its component becomes free.
void retire_context(context* who);
// The runtime's own goroutine: nobody waits for it at the end.
void mark_system(context& who);
// The thread's own context for a thread made by pthread_create.
void adopt_thread_context(context* who);

// ---- time -----------------------------------------------------------------------------------

// The id under which the running context accesses memory with this stack; see segment_ids.h.
plane_word current_id(context& self, stack_id stack);

// The state to publish, and a new epoch for what comes after it.
released_clock release(context& from);
// The same into `state`, whose clock's storage is often the one that is wanted already.
void release_store(context& from, released_clock& state);
// Everything in `state` happens before what `into` does from now on.
void acquire(context& into, const released_clock& state);
// Adds the present of `from` to what is in `state`.
void release_merge(context& from, released_clock& state);
void merge(released_clock& into, const released_clock& from);

// ---- the dead and the living ----------------------------------------------------------------

actor& actor_at(std::uint32_t index);
std::uint32_t actor_of(clock::epoch moment);  // whose epoch it is
std::size_t live_contexts();                  // the runtime's own excluded
// The living actor on whose stack `address` lies; 0: none.
std::uint32_t find_stack_owner(std::uintptr_t address);

}  // namespace vole::race
