// SPDX-License-Identifier: Apache-2.0
// Where records come from and go to, and the list of all.
#include "sched/goroutine/registry.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "base/check.h"
#include "fiber/sanitizer_fiber.h"
#include "sched/core/scheduler.h"
#include "sched/goroutine/g_state.h"

namespace vole::sched {
namespace {

constexpr std::size_t kLineBytes = 64;
constexpr std::size_t kRecordBytes = (sizeof(g) + kLineBytes - 1) / kLineBytes * kLineBytes;
constexpr std::uint64_t kIdBatch = 16;  // ids that a processor takes at once, as Go's
// Ended goroutines that a processor keeps: half of them move when there are too many or none. Half:
// twice as many visits to the registry in a batch of spawns; twice: memory that sits on one of
// many.
constexpr std::uint32_t kCacheMax = 64;
// And those that the registry keeps, with two pages resident once they are trimmed (32 MiB): enough
// for programs that start some thousands at once and wait for them.
constexpr std::size_t kIdleMax = 4096;

struct registry {
  base::spin_lock lock{base::lock_rank::registry};
  std::vector<g*> all VOLE_GUARDED_BY(lock);         // each at its registry_index
  g* idle VOLE_GUARDED_BY(lock) = nullptr;           // as g_cache::idle
  g* trimmed VOLE_GUARDED_BY(lock) = nullptr;        // those with cold pages given back: taken last
  std::size_t idle_count VOLE_GUARDED_BY(lock) = 0;  // of both lists
  g* adopted VOLE_GUARDED_BY(lock) = nullptr;        // dead, without stacks
  g_cache shared;                                    // the counts of those without a processor
};

registry& the_registry() {
  static registry* const one = new registry;  // never destroyed: see scheduler.h
  return *one;
}

void push(g*& list, g& record) {
  record.next = list;
  list = &record;
}

g* pop(g*& list) {
  g* const first = list;
  if (first != nullptr) list = first->next;
  return first;
}

g* pop_idle(registry& r) VOLE_REQUIRES(r.lock) {
  g* const found = r.idle != nullptr ? pop(r.idle) : pop(r.trimmed);
  if (found != nullptr) --r.idle_count;
  return found;
}

void add_to_all(registry& r, g& made) {
  base::spin_guard guard(r.lock);
  made.registry_index = r.all.size();
  r.all.push_back(&made);
}

void remove_from_all(registry& r, g& gone) VOLE_REQUIRES(r.lock) {
  g* const last = r.all.back();
  r.all.pop_back();
  if (last == &gone) return;
  last->registry_index = gone.registry_index;
  r.all[gone.registry_index] = last;
}

// A record in a slot of its own.
g* make_g(std::size_t stack_bytes) {
  fiber::stack stack = fiber::acquire_stack(stack_bytes);
  if (!stack) return nullptr;
  stack.high = fiber::initial_stack_pointer(stack, kRecordBytes);
  g* const made = new (reinterpret_cast<void*>(stack.high)) g;
  made->stack = stack;
  made->has_default_stack = stack_bytes == 0;
  add_to_all(the_registry(), *made);
  return made;
}

// Gives the slots of `list` back.
void release_all(g* list) {
  registry& r = the_registry();
  while (g* const gone = pop(list)) {
    {
      base::spin_guard guard(r.lock);
      remove_from_all(r, *gone);
    }
    const fiber::stack stack = gone->stack;
    std::destroy_at(gone);
    fiber::release_stack(stack);
  }
}

void refill(g_cache& mine) {
  registry& r = the_registry();
  base::spin_guard guard(r.lock);
  while (mine.idle_count < kCacheMax / 2) {
    g* const moved = pop_idle(r);
    if (moved == nullptr) return;
    push(mine.idle, *moved);
    ++mine.idle_count;
  }
}

// Leaves half of what a full cache has.
void spill(g_cache& mine) {
  registry& r = the_registry();
  g* too_many = nullptr;
  {
    base::spin_guard guard(r.lock);
    while (mine.idle_count > kCacheMax / 2) {
      g& moved = *pop(mine.idle);
      --mine.idle_count;
      if (r.idle_count < kIdleMax) {
        push(r.idle, moved);
        ++r.idle_count;
      } else {
        push(too_many, moved);
      }
    }
  }
  release_all(too_many);
}

g* take_idle(g_cache* mine) {
  if (mine != nullptr) {
    if (mine->idle == nullptr) refill(*mine);
    if (mine->idle == nullptr) return nullptr;
    --mine->idle_count;
    return pop(mine->idle);
  }
  registry& r = the_registry();
  base::spin_guard guard(r.lock);
  return pop_idle(r);
}

void keep_idle(g_cache* mine, g& done) {
  if (mine != nullptr) {
    push(mine->idle, done);
    if (++mine->idle_count > kCacheMax) spill(*mine);
    return;
  }
  registry& r = the_registry();
  {
    base::spin_guard guard(r.lock);
    if (r.idle_count < kIdleMax) {
      push(r.idle, done);
      ++r.idle_count;
      return;
    }
  }
  done.next = nullptr;
  release_all(&done);
}

std::uint64_t new_id(g_cache* mine) {
  // relaxed: only uniqueness matters
  if (mine == nullptr) return the_scheduler.last_id.fetch_add(1, std::memory_order_relaxed) + 1;
  if (mine->next_id == mine->end_id) {
    mine->next_id = the_scheduler.last_id.fetch_add(kIdBatch, std::memory_order_relaxed) + 1;
    mine->end_id = mine->next_id + kIdBatch;
  }
  return mine->next_id++;
}

// A census refuses dead records, so that nobody reads what is reset here.
void reset(g& done) {
  done.parent_id = 0;
  done.creation_pc = 0;
  done.stack_low = done.stack_high = 0;
  done.is_system = done.is_adopted = false;
  done.bubble_id = 0;
  done.in_bubble = nullptr;
  std::memset(done.listener_data, 0, sizeof done.listener_data);
  done.suspended_sp = 0;
  done.eh = {};
  done.fake_stack = nullptr;
  done.run = nullptr;
  done.closure = nullptr;
  done.thread_id = 0;
  done.locked_worker = nullptr;
  done.lock_count = 0;
  done.blocking_depth = 0;
  done.refusals = 0;
  done.name_bytes = 0;
}

// One more, written by one thread only unless it is the shared one.
void count_one(g_cache* mine, std::atomic<std::uint64_t> g_cache::* which) noexcept {
  if (mine != nullptr) {
    std::atomic<std::uint64_t>& count = mine->*which;
    // release: whoever sees the count sees what came before; relaxed: only the holder writes it
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  } else {
    (the_registry().shared.*which).fetch_add(1, std::memory_order_release);  // release: as above
  }
}

std::uint64_t sum_of(std::atomic<std::uint64_t> g_cache::* which) noexcept {
  scheduler& s = the_scheduler;
  // acquire: pairs with count_one()
  std::uint64_t sum = (the_registry().shared.*which).load(std::memory_order_acquire);
  const int count = s.procs_allocated.load(std::memory_order_acquire);  // acquire: sees pointers
  for (int i = 0; i < count; ++i)  // relaxed: published by procs_allocated
    sum += (s.procs[i].load(std::memory_order_relaxed)->cache.*which)
               .load(std::memory_order_acquire);  // acquire: as above
  return sum;
}

}  // namespace

g* new_g(g_cache* mine, std::size_t stack_bytes) {
  g* made = stack_bytes == 0 ? take_idle(mine) : nullptr;
  if (made == nullptr) made = make_g(stack_bytes);
  if (made == nullptr) return nullptr;
  VOLE_ASSERT(state_of(*made) == g_state::dead);
  made->next = nullptr;
  made->stack_low = made->stack.low;
  made->stack_high = made->stack.high;
  made->id = new_id(mine);
  return made;
}

g& new_adopted_g(bool is_main) {
  registry& r = the_registry();
  g* made = nullptr;
  {
    base::spin_guard guard(r.lock);
    made = pop(r.adopted);
  }
  if (made == nullptr) {
    made = new g;
    add_to_all(r, *made);
  }
  made->next = nullptr;
  made->is_adopted = true;
  made->id = is_main ? 1 : new_id(nullptr);
  count_created(nullptr);
  return *made;
}

void count_created(g_cache* mine) noexcept { count_one(mine, &g_cache::created); }

void count_out(std::size_t goroutines) noexcept {
  // release: as in count_one()
  the_registry().shared.finished.fetch_add(goroutines, std::memory_order_release);
}

void retire_g(g_cache* mine, g& done) {
  const bool is_counted = !done.is_system;
  const bool is_adopted = done.is_adopted;
  change_state(done, g_state::running, g_state::dead);  // waits for a census that looks at it
  reset(done);
  if (is_counted) count_one(mine, &g_cache::finished);
  if (is_adopted) {
    registry& r = the_registry();
    base::spin_guard guard(r.lock);
    push(r.adopted, done);
    return;
  }
  fiber::forget_frames(done.stack.low, done.stack.high);
  if (done.has_default_stack) {
    keep_idle(mine, done);
    return;
  }
  done.next = nullptr;
  release_all(&done);
}

void trim_idle_stacks() noexcept {
  constexpr std::size_t kBatch = 64;
  registry& r = the_registry();
  for (;;) {
    fiber::stack stacks[kBatch];
    g* taken = nullptr;
    std::size_t count = 0;
    {
      base::spin_guard guard(r.lock);
      for (; count < kBatch && r.idle != nullptr; ++count) {
        g& one = *pop(r.idle);
        stacks[count] = one.stack;
        push(taken, one);
      }
      r.idle_count -= count;
    }
    if (count == 0) return;
    fiber::trim_stacks({stacks, count});  // nobody else knows these now
    base::spin_guard guard(r.lock);
    while (g* const one = pop(taken)) push(r.trimmed, *one);
    r.idle_count += count;
  }
}

std::size_t count_goroutines() noexcept {
  constexpr int kTriesMax = 16;
  std::uint64_t created = 0;
  // Ends before beginnings, so that the difference is never too low.
  std::uint64_t finished = sum_of(&g_cache::finished);
  for (int i = 0; i < kTriesMax; ++i) {
    created = sum_of(&g_cache::created);
    const std::uint64_t again = sum_of(&g_cache::finished);
    if (again == finished) break;
    if (i + 1 < kTriesMax) finished = again;
  }
  return created - finished;
}

void set_name(g& who, std::string_view name) {
  const std::size_t bytes = std::min(name.size(), kNameBytesMax);
  std::memcpy(who.name_text, name.data(), bytes);
  who.name_text[bytes] = '\0';
  who.name_bytes = static_cast<std::uint8_t>(bytes);
}

std::vector<g_reference> living_goroutines() {
  std::vector<g_reference> living;
  registry& r = the_registry();
  const census_scope scope;
  {
    base::spin_guard guard(r.lock);
    living.reserve(r.all.size());
    for (g* record : r.all) {
      g_state seen = g_state::dead;
      const std::uint64_t id = record->id;
      if (state_of(*record) != g_state::dead && freeze_state(*record, id, seen)) {
        thaw_state(*record);
        living.push_back({id, record});
      }
    }
  }
  std::sort(living.begin(), living.end(),
            [](const g_reference& a, const g_reference& b) { return a.id < b.id; });
  return living;
}

}  // namespace vole::sched
