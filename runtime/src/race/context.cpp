// SPDX-License-Identifier: Apache-2.0
// Making and retiring contexts, handing out components, and the moves of logical time.
#include "race/context.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>

#include "base/check.h"
#include "base/spin_lock.h"
#include "race/shadow/arena.h"
#include "race/shadow/planes.h"
#include "race/shadow/shadow_map.h"
#include "race/tsan_abi/call_stack.h"

namespace vole::race {

thread_local constinit thread_state this_thread [[gnu::tls_model("initial-exec")]];
thread_local constinit segment_view vole_segment = kNoSegment;

namespace {

// How many free components are tried for one that the creator covers. At half, programs that join
// in another order than they spawn take new components; at twice, spawning slows for nothing.
constexpr std::size_t kFreeTriesMax = 16;

struct free_component {
  clock::epoch last;
  free_component* next;
};

struct registry {
  base::spin_lock lock{base::lock_rank::registry};
  actor* actors = nullptr;  // by index; 0 is unused
  std::uint32_t actors_used VOLE_GUARDED_BY(lock) = 1;
  std::uint32_t* newest = nullptr;  // by component: its newest actor
  clock::component components_used VOLE_GUARDED_BY(lock) = 1;
  free_component* free VOLE_GUARDED_BY(lock) = nullptr;
  std::uint32_t threads VOLE_GUARDED_BY(lock) = 0;
  std::atomic<std::size_t> live{0};
};
constinit registry all;

void prepare_registry() VOLE_REQUIRES(all.lock) {
  if (all.actors != nullptr) return;
  all.actors = static_cast<actor*>(reserve_address_space(kActorsMax * sizeof(actor)));
  all.newest = static_cast<std::uint32_t*>(
      reserve_address_space((std::size_t{clock::kComponentMax} + 1) * sizeof(std::uint32_t)));
}

// A component for a context of `creator`, and the clock before its first.
clock::epoch take_component(const context* creator) VOLE_REQUIRES(all.lock) {
  free_component** link = &all.free;
  for (std::size_t tries = 0; creator != nullptr && *link != nullptr && tries < kFreeTriesMax;
       ++tries, link = &(*link)->next) {
    free_component* found = *link;
    if (!creator->knows(found->last)) continue;
    *link = found->next;
    const clock::epoch last = found->last;
    arena_delete(found);
    return last;
  }
  VOLE_CHECK(all.components_used <= clock::kComponentMax,
             "the race detector ran out of components: 2^24 goroutines that nothing joins");
  return clock::epoch::of(all.components_used++, 0);
}

context* new_context(const context* creator, stack_id creation_stack, bool is_thread) {
  prepare_planes();
  auto* fresh = arena_new<context>();
  base::spin_guard guard(all.lock);
  prepare_registry();
  const clock::epoch last = take_component(creator);
  VOLE_CHECK(all.actors_used < kActorsMax, "the race detector ran out of goroutine records: 2^26");
  fresh->actor_index = all.actors_used++;
  fresh->now = clock::epoch::of(last.who(), last.clock() + 1);
  actor& who = *new (&all.actors[fresh->actor_index]) actor;
  who.first_clock = last.clock() + 1;
  who.creation_stack = creation_stack;
  who.parent = creator == nullptr ? 0 : creator->actor_index;
  who.previous = all.newest[last.who()];
  if (is_thread) who.thread_number = ++all.threads;
  all.newest[last.who()] = fresh->actor_index;
  all.live.fetch_add(1, std::memory_order_relaxed);  // relaxed: a statistic
  return fresh;
}

// Asks pthread for the bounds of the calling thread's stack.
void find_stack_bounds(context& who) {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
  void* low = nullptr;
  std::size_t bytes = 0;
  if (pthread_attr_getstack(&attributes, &low, &bytes) == 0) {
    who.stack_low = reinterpret_cast<std::uintptr_t>(low);
    who.stack_high = who.stack_low + bytes;
  }
  pthread_attr_destroy(&attributes);
}

// What was is over: accesses from now on get new ids.
void start_segment(context& who) noexcept {
  end_segment(who.ids);
  end_unit(who.atomic_ids);
  who.atomic_ids = 0;
  if (who.mirror != nullptr) *who.mirror = kNoSegment;
}

}  // namespace

context* running_context() noexcept {
  thread_state& thread = this_thread;
  if (thread.current != nullptr) return thread.current;
  if (event::goroutine* self = event::current()) {
    if (void* data = self->data(event::listener_slot::race)) {
      set_current(static_cast<context*>(data));
      return thread.current;
    }
  }
  if (thread.of_thread != nullptr) set_current(thread.of_thread);
  return thread.current;
}

context* current_context() {
  if (context* running = running_context()) return running;
  const thread_state& thread = this_thread;
  if (thread.is_runtime_thread || thread.is_ended || thread.inside != 0) return nullptr;
  make_thread_context();
  return thread.current;
}

void make_thread_context() { adopt_thread_context(new_context(nullptr, 0, true)); }

context* make_context(context* creator, stack_id creation_stack) {
  context* fresh = new_context(creator, creation_stack, false);
  if (creator != nullptr) {
    const released_clock past = release(*creator);
    actor_at(fresh->actor_index).parent_clock = past.moment.clock();
    acquire(*fresh, past);
  }
  return fresh;
}

void adopt_thread_context(context* who) {
  inside_guard guard;
  this_thread.of_thread = who;
  set_current(who);
  find_stack_bounds(*who);
  actor& self = actor_at(who->actor_index);
  self.is_main = getpid() == gettid();
  self.stack_low = who->stack_low;
  self.stack_high = who->stack_high;
  if (self.thread_number == 0) {
    base::spin_guard lock(all.lock);
    self.thread_number = ++all.threads;
  }
  // Whoever had this stack before is gone; the main thread's has only ever been its own.
  if (!self.is_main) {
    const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    if (who->stack_low <= here && here < who->stack_high) forget_accesses(who->stack_low, here);
  }
}

void retire_context(context* who) {
  actor& mine = actor_at(who->actor_index);
  mine.is_finished = true;
  auto* freed = arena_new<free_component>();
  // Nothing carries the present epoch where nothing was accessed since the last release.
  const std::uint64_t unused = who->is_dirty ? 0 : 1;
  freed->last = clock::epoch::of(who->now.who(), who->now.clock() - unused);
  retire_notes(*who);
  start_segment(*who);
  if (who->calls != nullptr) arena_delete(who->calls);
  arena_delete(who);
  base::spin_guard guard(all.lock);
  freed->next = all.free;
  all.free = freed;
  if (!mine.is_system) all.live.fetch_sub(1, std::memory_order_relaxed);  // relaxed: a statistic
}

void mark_system(context& who) {
  actor_at(who.actor_index).is_system = true;
  all.live.fetch_sub(1, std::memory_order_relaxed);  // relaxed: a statistic
}

plane_word current_id(context& self, stack_id stack) {
  const plane_word before = self.ids.base;
  const plane_word id = id_of(self.ids, self.now, stack, this_thread.supply);
  if (self.ids.base != before && self.mirror != nullptr) *self.mirror = self.ids.view();
  return id;
}

namespace {

// The moment to publish, and a new epoch for what comes after it.
clock::epoch end_epoch(context& from) {
  const clock::epoch moment = from.now;
  if (!from.is_dirty) {
    // Nothing happened since the last release: that moment once more.
    return clock::epoch::of(moment.who(), moment.clock() - 1);
  }
  VOLE_CHECK(moment.clock() < clock::kClockMax, "a goroutine has released 2^40 times");
  note_release(from, moment.clock());
  from.now = clock::epoch::of(moment.who(), moment.clock() + 1);
  from.is_dirty = false;
  start_segment(from);
  return moment;
}

}  // namespace

released_clock release(context& from) {
  released_clock state{from.known, {}};
  state.moment = end_epoch(from);
  return state;
}

void release_store(context& from, released_clock& state) {
  if (!state.known.shares_all_with(from.known)) state.known = from.known;
  state.moment = end_epoch(from);
}

void acquire(context& into, const released_clock& state) {
  if (!state.moment.is_none()) {
    // Whoever knows a moment of a context knows all that the context knew by then.
    if (into.knows(state.moment)) return;
    into.known.raise(state.moment);
    into.is_dirty = true;
  }
  if (into.known.join(state.known)) into.is_dirty = true;
}

void merge(released_clock& into, const released_clock& from) {
  if (into.is_empty()) {
    into = from;
    return;
  }
  if (!into.moment.is_none() && into.moment == from.moment) return;
  if (!into.moment.is_none()) into.known.raise(into.moment);
  into.known.join(from.known);
  if (!from.moment.is_none()) into.known.raise(from.moment);
  into.moment = {};
}

void release_merge(context& from, released_clock& state) {
  const bool knows_all = state.is_empty() || (!state.moment.is_none() && from.knows(state.moment));
  if (knows_all) {
    state = release(from);
  } else {
    merge(state, release(from));
  }
}

actor& actor_at(std::uint32_t index) { return all.actors[index]; }

std::uint32_t actor_of(clock::epoch moment) {
  base::spin_guard guard(all.lock);
  std::uint32_t index = all.newest[moment.who()];
  while (index != 0 && all.actors[index].first_clock > moment.clock()) {
    index = all.actors[index].previous;
  }
  return index;
}

std::size_t live_contexts() {
  return all.live.load(std::memory_order_relaxed);  // relaxed: a statistic
}

std::uint32_t find_stack_owner(std::uintptr_t address) {
  base::spin_guard guard(all.lock);
  for (std::uint32_t index = all.actors_used; index-- > 1;) {
    const actor& who = all.actors[index];
    if (!who.is_finished && who.stack_low <= address && address < who.stack_high) return index;
  }
  return 0;
}

}  // namespace vole::race
