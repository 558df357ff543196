// SPDX-License-Identifier: Apache-2.0
// pthread_create, join and detach: the creator before the thread, the thread before its join.
//
// A thread's end is kept under its record's number, not under its pthread_t, which the next thread
// may get while the joiner is still on its way out of pthread_join(). Who a pthread_t is at the
// moment is in a table that creator and thread both write, so whoever can name the thread finds it
// there.
#include <pthread.h>

#include <climits>
#include <utility>

#include "base/spin_lock.h"
#include "event/goroutine.h"
#include "race/interceptors/interceptors.h"
#include "race/shadow/arena.h"
#include "race/shadow/shadow_map.h"

namespace vole::race {
namespace {

struct thread_entry {
  pthread_t thread;
  std::uint32_t actor_index;
  bool is_detached;
  thread_entry* next;
};

constexpr std::size_t kThreadBuckets = 256;
constinit base::spin_lock threads_lock{base::lock_rank::listener};
constinit thread_entry* threads[kThreadBuckets] VOLE_GUARDED_BY(threads_lock) = {};
constinit pthread_key_t end_key = 0;

thread_entry** link_of(pthread_t thread) VOLE_REQUIRES(threads_lock) {
  const auto word = static_cast<std::uint64_t>(thread) * 0x9e3779b97f4a7c15;
  thread_entry** link = &threads[word >> 56];
  while (*link != nullptr && (*link)->thread != thread) link = &(*link)->next;
  return link;
}

void note_thread(pthread_t thread, std::uint32_t actor_index, bool is_detached) {
  base::spin_guard guard(threads_lock);
  thread_entry** link = link_of(thread);
  if (*link == nullptr) {
    *link = arena_new<thread_entry>(thread, actor_index, is_detached, nullptr);
  } else if ((*link)->actor_index != actor_index) {
    (*link)->actor_index = actor_index;
    (*link)->is_detached = is_detached;
  }
}

// 0: no thread that was made here.
std::uint32_t find_thread(pthread_t thread) {
  base::spin_guard guard(threads_lock);
  thread_entry** link = link_of(thread);
  return *link == nullptr ? 0 : (*link)->actor_index;
}

void remove_thread(pthread_t thread, std::uint32_t actor_index) {
  base::spin_guard guard(threads_lock);
  thread_entry** link = link_of(thread);
  if (*link == nullptr || (*link)->actor_index != actor_index) return;
  thread_entry* gone = *link;
  *link = gone->next;
  arena_delete(gone);
}

bool is_detached(pthread_t thread) {
  base::spin_guard guard(threads_lock);
  thread_entry** link = link_of(thread);
  return *link != nullptr && (*link)->is_detached;
}

sync_key end_of(std::uint32_t actor_index) { return {actor_index, sync_role::thread_end, 0}; }

// Nobody will join it.
void detach_thread(pthread_t thread, std::uint32_t actor_index) {
  {
    base::spin_guard guard(threads_lock);
    if (thread_entry* found = *link_of(thread)) found->is_detached = true;
  }
  sync_forget(end_of(actor_index));  // where it has ended already
}

struct thread_start {
  void* (*function)(void*);
  void* argument;
  context* self;
  bool is_detached;
};

void end_thread() {
  thread_state& thread = this_thread;
  inside_guard guard;
  context* self = std::exchange(thread.of_thread, nullptr);
  set_current(nullptr);
  thread.is_ended = true;
  give_back_supply(thread.supply);
  if (self == nullptr) return;
  const std::uint32_t index = self->actor_index;
  if (is_detached(pthread_self())) {
    remove_thread(pthread_self(), index);
  } else {
    const sync_scope scope(self, sync_op::thread_end, nullptr, {});
    sync_release_store(*self, end_of(index));
  }
  if (event::goroutine* adopted = event::current()) {
    void*& data = adopted->data(event::listener_slot::race);
    if (data == self) data = nullptr;
  }
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  forget_accesses(self->stack_low, here);
  sync_forget_range(self->stack_low, here);
  retire_context(self);
}

// Runs once in each round of the thread's destructors; the last round is the end, so that what
// other destructors do counts as the thread's.
void on_destructors(void* value) {
  const auto rounds = reinterpret_cast<std::uintptr_t>(value);
  if (rounds < PTHREAD_DESTRUCTOR_ITERATIONS) {
    pthread_setspecific(end_key, reinterpret_cast<void*>(rounds + 1));
  } else {
    end_thread();
  }
}

void* run_thread(void* argument) {
  auto* given = static_cast<thread_start*>(argument);
  const thread_start start = *given;
  {
    inside_guard guard;
    arena_delete(given);
    note_thread(pthread_self(), start.self->actor_index, start.is_detached);
    adopt_thread_context(start.self);
    pthread_setspecific(end_key, reinterpret_cast<void*>(1));
  }
  return start.function(start.argument);
}

// `join` does the real call; its edge is drawn if that joined.
template <class Join>
int joined(pthread_t thread, call_site site, Join join) {
  if (this_thread.inside != 0) return join();
  const std::uint32_t index = find_thread(thread);
  const int result = join();
  if (result == 0 && index != 0) {
    on_behalf([&](context& self) {
      const sync_scope scope(&self, sync_op::thread_join, nullptr, site);
      sync_take(self, end_of(index));
      remove_thread(thread, index);
    });
  }
  return result;
}

}  // namespace

void install_threads() { pthread_key_create(&end_key, &on_destructors); }

}  // namespace vole::race

using vole::race::joined;
using vole::race::next_definition;

VOLE_INTERCEPTOR int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                                    void* (*function)(void*), void* argument) noexcept {
  using namespace vole::race;
  static constinit next_definition<decltype(pthread_create)> next("pthread_create");
  context* creator = this_thread.inside != 0 ? nullptr : current_context();
  if (creator == nullptr && !this_thread.is_runtime_thread)
    return next(thread, attributes, function, argument);
  inside_guard guard;
  int state = PTHREAD_CREATE_JOINABLE;
  if (attributes != nullptr) pthread_attr_getdetachstate(attributes, &state);
  stack_id stack = 0;
  if (creator != nullptr)
    stack = unwind_stack(VOLE_CALL_SITE(), creator->stack_low, creator->stack_high);
  const sync_scope scope(creator, sync_op::thread_start, nullptr, VOLE_CALL_SITE());
  context* child = make_context(creator, stack);
  const std::uint32_t index = child->actor_index;
  const bool is_detached = state == PTHREAD_CREATE_DETACHED;
  auto* start = arena_new<thread_start>(function, argument, child, is_detached);
  const int result = next(thread, attributes, &run_thread, static_cast<void*>(start));
  if (result != 0) {
    arena_delete(start);
    retire_context(child);
    return result;
  }
  // A detached thread may have ended already, and its pthread_t be another's.
  if (!is_detached) note_thread(*thread, index, false);
  return 0;
}
VOLE_INTERCEPTOR int pthread_join(pthread_t thread, void** value) {
  static constinit next_definition<decltype(pthread_join)> next("pthread_join");
  return joined(thread, VOLE_CALL_SITE(), [&] { return next(thread, value); });
}
VOLE_INTERCEPTOR int pthread_tryjoin_np(pthread_t thread, void** value) noexcept {
  static constinit next_definition<decltype(pthread_tryjoin_np)> next("pthread_tryjoin_np");
  return joined(thread, VOLE_CALL_SITE(), [&] { return next(thread, value); });
}
VOLE_INTERCEPTOR int pthread_timedjoin_np(pthread_t thread, void** value, const timespec* until) {
  static constinit next_definition<decltype(pthread_timedjoin_np)> next("pthread_timedjoin_np");
  return joined(thread, VOLE_CALL_SITE(), [&] { return next(thread, value, until); });
}
VOLE_INTERCEPTOR int pthread_clockjoin_np(pthread_t thread, void** value, clockid_t clock,
                                          const timespec* until) {
  static constinit next_definition<decltype(pthread_clockjoin_np)> next("pthread_clockjoin_np");
  return joined(thread, VOLE_CALL_SITE(), [&] { return next(thread, value, clock, until); });
}
VOLE_INTERCEPTOR int pthread_detach(pthread_t thread) noexcept {
  using namespace vole::race;
  static constinit next_definition<decltype(pthread_detach)> next("pthread_detach");
  if (this_thread.inside == 0) {
    inside_guard guard;
    const std::uint32_t index = find_thread(thread);
    if (index != 0) detach_thread(thread, index);
  }
  return next(thread);
}
