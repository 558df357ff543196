// SPDX-License-Identifier: Apache-2.0
// Notes of contexts: where they are kept, locks going in and out, the ring of operations.
#include "race/notes/sync_notes.h"

#include <algorithm>

#include "base/spin_lock.h"
#include "race/context.h"
#include "race/shadow/arena.h"

namespace vole::race {
namespace {

// Frames of an operation's place: the runtime's own, the library's guard around them, the caller.
constexpr std::size_t kPlaceFramesMax = 6;
constexpr std::size_t kPlacesCached = 16;
constexpr std::size_t kLogEntries = 12;
constexpr std::uint32_t kHeldMax = 64;  // locks held at once; the rest is "not known"
constexpr std::size_t kStrangersMax = 256;
// Dead notes that are kept readable: 0.3 MB.
constexpr std::size_t kNotesKept = 1024;

struct held_entry {
  std::uint64_t lock = 0;  // address * 2 + is_shared
  stack_id place = 0;
  stack_id outer = 0;  // the set without it, that `set` was made of
  stack_id set = 0;    // number of the set up to this one; 0: not made yet
};

// Two words: clock 40 bits, op 7, is_release 1, object 48 (all of user space), place 32.
struct packed_entry {
  std::atomic<std::uint64_t> head{0}, tail{0};

  void store(const sync_entry& from) {
    const std::uint64_t fresh = from.clock << 24 | static_cast<std::uint64_t>(from.op) << 17 |
                                static_cast<std::uint64_t>(from.is_release) << 16 |
                                (from.object >> 32 & 0xffff);
    // release (both): after the count that says that the slot is not valid any more
    head.store(fresh, std::memory_order_release);
    tail.store(from.object << 32 | from.place, std::memory_order_release);
  }
  sync_entry load() const {
    // acquire (both): before the second look at the count
    const std::uint64_t first = head.load(std::memory_order_acquire);
    const std::uint64_t second = tail.load(std::memory_order_acquire);
    return {first >> 24, static_cast<sync_op>(first >> 17 & 0x7f), (first >> 16 & 1) != 0,
            (first & 0xffff) << 32 | second >> 32, static_cast<stack_id>(second)};
  }
};

// By sync_op.
constexpr bool kTakes[] = {
#define VOLE_SYNC_OP(name, takes, verb, object) takes,
#include "race/notes/sync_op.def"
#undef VOLE_SYNC_OP
};

}  // namespace

struct sync_notes {
  std::atomic<std::uint32_t> owner{0};  // actor
  std::uint32_t held_count = 0;
  std::uint32_t held_capacity = 0;
  bool has_too_many = false;  // locks were left out: the set is not known until none is held
  held_entry* held = nullptr;
  std::atomic<std::uint64_t> logged{0};
  packed_entry log[kLogEntries];
  sync_notes* next = nullptr;
};

namespace {

// Stands for notes that are gone.
constinit sync_notes forgotten;

struct notes_registry {
  base::spin_lock lock{base::lock_rank::leaf};
  sync_notes* oldest VOLE_GUARDED_BY(lock) = nullptr;
  sync_notes* newest VOLE_GUARDED_BY(lock) = nullptr;
  std::size_t dead VOLE_GUARDED_BY(lock) = 0;
  // By actor.
  std::atomic<std::atomic<sync_notes*>*> of_actor{nullptr};
};
constinit notes_registry all_notes;

std::atomic<sync_notes*>* table_of_actors() {
  // acquire: pairs with the exchange; sees the zeroed table
  auto* found = all_notes.of_actor.load(std::memory_order_acquire);
  if (__builtin_expect(found != nullptr, 1)) return found;
  auto* fresh = static_cast<std::atomic<sync_notes*>*>(
      reserve_address_space(kActorsMax * sizeof(std::atomic<sync_notes*>)));
  // acq_rel: publishes the table, or sees the other thread's
  if (all_notes.of_actor.compare_exchange_strong(found, fresh, std::memory_order_acq_rel))
    return fresh;
  return found;
}

sync_notes* recycled() {
  base::spin_guard guard(all_notes.lock);
  if (all_notes.dead < kNotesKept) return nullptr;
  sync_notes* taken = all_notes.oldest;
  all_notes.oldest = taken->next;
  if (all_notes.oldest == nullptr) all_notes.newest = nullptr;
  --all_notes.dead;
  return taken;
}

sync_notes& notes_of(context& self) {
  if (__builtin_expect(self.notes != nullptr, 1)) return *self.notes;
  sync_notes* fresh = recycled();
  if (fresh == nullptr) {
    fresh = new (arena_allocate(sizeof(sync_notes))) sync_notes;
  } else {
    // relaxed: no reader takes the old owner's name for the new one's
    const std::uint32_t before = fresh->owner.load(std::memory_order_relaxed);
    table_of_actors()[before].store(&forgotten, std::memory_order_relaxed);
    fresh->logged.store(0, std::memory_order_relaxed);  // relaxed: published by the owner
    fresh->held_count = 0;
    fresh->has_too_many = false;
    fresh->next = nullptr;
  }
  fresh->owner.store(self.actor_index, std::memory_order_release);  // release: see load_log()
  // release: publishes the notes
  table_of_actors()[self.actor_index].store(fresh, std::memory_order_release);
  return *(self.notes = fresh);
}

void append(context& of, const sync_entry& entry) {
  sync_notes& notes = notes_of(of);
  // relaxed: written only by whoever acts for the context
  const std::uint64_t count = notes.logged.load(std::memory_order_relaxed);
  notes.log[count % kLogEntries].store(entry);
  notes.logged.store(count + 1, std::memory_order_release);  // release: pairs with load_log()
}

// A repeated acquisition says nothing new.
bool is_last(context& of, const sync_entry& entry) {
  const sync_notes& notes = notes_of(of);
  const std::uint64_t count = notes.logged.load(std::memory_order_relaxed);  // relaxed: own
  if (count == 0) return false;
  const sync_entry last = notes.log[(count - 1) % kLogEntries].load();
  return last.op == entry.op && !last.is_release && last.object == entry.object &&
         last.place == entry.place;
}

// ---- places: the innermost frames of a call, with a small cache by the call's own address

struct cached_place {
  std::uintptr_t pcs[kPlaceFramesMax] = {};
  std::uint32_t count = 0;
  stack_id id = 0;
};
[[gnu::tls_model("initial-exec")]] thread_local constinit cached_place places[kPlacesCached];
[[gnu::tls_model("initial-exec")]] thread_local constinit sync_scope* current_scope = nullptr;

// Whether the frames of the call are those that are cached: the walk of walk_frames(), comparing as
// it goes.
inline bool is_at(const cached_place& place, call_site site, std::uintptr_t low,
                  std::uintptr_t high) {
  if (place.pcs[0] != site.pc || place.count == 0) return false;
  std::uintptr_t below = site.frame;
  if (below < low || below >= high) return place.count == 1;
  std::uintptr_t frame = *reinterpret_cast<const std::uintptr_t*>(below);
  for (std::uint32_t i = 1; i < kPlaceFramesMax; ++i) {
    const bool is_inside = frame > below && frame <= high - 2 * sizeof(std::uintptr_t) &&
                           frame % sizeof(std::uintptr_t) == 0;
    const auto* words = reinterpret_cast<const std::uintptr_t*>(frame);
    if (!is_inside || words[1] < kCodeMin) return i == place.count;
    if (i == place.count || words[1] != place.pcs[i]) return false;
    below = frame;
    frame = words[0];
  }
  return place.count == kPlaceFramesMax;
}

stack_id place_of(call_site site, std::uintptr_t low, std::uintptr_t high) {
  cached_place& cached = places[(site.pc ^ site.pc >> 5) % kPlacesCached];
  if (__builtin_expect(is_at(cached, site, low, high), 1)) return cached.id;
  cached.count =
      static_cast<std::uint32_t>(walk_frames(site, low, high, cached.pcs, kPlaceFramesMax));
  return cached.id = intern_stack(cached.pcs, cached.count);
}

// ---- locks that strangers unlock

struct stranger_table {
  base::spin_lock lock{base::lock_rank::leaf};
  std::uintptr_t locks[kStrangersMax] VOLE_GUARDED_BY(lock) = {};
  std::size_t count VOLE_GUARDED_BY(lock) = 0;
  bool is_full VOLE_GUARDED_BY(lock) = false;
};
constinit stranger_table strangers;

void add_stranger(std::uintptr_t lock) {
  base::spin_guard guard(strangers.lock);
  const auto end = strangers.locks + strangers.count;
  if (std::find(strangers.locks, end, lock) != end) return;
  if (strangers.count == kStrangersMax) {
    strangers.is_full = true;
  } else {
    strangers.locks[strangers.count++] = lock;
  }
}

bool is_trusted(std::uintptr_t lock) {
  base::spin_guard guard(strangers.lock);
  const auto end = strangers.locks + strangers.count;
  return !strangers.is_full && std::find(strangers.locks, end, lock) == end;
}

void grow_held(sync_notes& notes) {
  const std::uint32_t capacity = notes.held_capacity * 2 + 2;
  auto* larger = static_cast<held_entry*>(arena_allocate(capacity * sizeof(held_entry)));
  std::copy_n(notes.held, notes.held_count, larger);
  std::fill(larger + notes.held_count, larger + capacity, held_entry{});
  arena_release(notes.held, notes.held_capacity * sizeof(held_entry));
  notes.held = larger;
  notes.held_capacity = capacity;
}

// Of a set with locks that are not known.
constexpr std::uint64_t kUnknownSet = 0xffff'ffff;

}  // namespace

// ---- one operation

sync_scope::sync_scope(context* self, sync_op op, const void* object, call_site site) noexcept
    : self_(self), op_(op), object_(object), site_(site), outer_(current_scope) {
  current_scope = this;
}

sync_scope::~sync_scope() {
  current_scope = outer_;
  if (self_ == nullptr || has_released_ || !kTakes[static_cast<std::size_t>(op_)]) return;
  const sync_entry entry{self_->now.clock(), op_, false, reinterpret_cast<std::uintptr_t>(object_),
                         place()};
  if (!is_last(*self_, entry)) append(*self_, entry);
}

stack_id sync_scope::place() {
  if (!has_place_ && self_ != nullptr && site_.pc != 0)
    place_ = place_of(site_, self_->stack_low, self_->stack_high);
  has_place_ = true;
  return place_;
}

void note_release(context& from, std::uint64_t clock) {
  sync_scope* scope = current_scope;
  if (scope == nullptr) {
    append(from, {clock, sync_op::other, true, 0, 0});
    return;
  }
  const bool is_own = scope->self_ == &from;
  if (is_own) scope->has_released_ = true;
  append(from, {clock, scope->op_, true, reinterpret_cast<std::uintptr_t>(scope->object_),
                is_own ? scope->place() : 0});
}

void retire_notes(context& who) {
  sync_notes* mine = std::exchange(who.notes, nullptr);
  if (mine == nullptr) return;
  base::spin_guard guard(all_notes.lock);
  (all_notes.newest == nullptr ? all_notes.oldest : all_notes.newest->next) = mine;
  all_notes.newest = mine;
  mine->next = nullptr;
  ++all_notes.dead;
}

// ---- locks held

void note_locked(context& self, const void* lock, bool is_shared, call_site site) {
  ++self.place_generation;
  sync_notes& notes = notes_of(self);
  if (notes.held_count == kHeldMax) {
    notes.has_too_many = true;
    return;
  }
  if (notes.held_count == notes.held_capacity) grow_held(notes);
  const auto address = reinterpret_cast<std::uintptr_t>(lock);
  const std::uint64_t word = address << 1 | (is_shared ? 1u : 0u);
  held_entry& slot = notes.held[notes.held_count++];
  const stack_id place = site.pc == 0 ? 0 : place_of(site, self.stack_low, self.stack_high);
  // What was held here the last time may be this very lock: then its set is known already, and it
  // is in the log, as far as that reaches.
  if (slot.lock == word && slot.place == place) return;
  slot = {word, place, 0, 0};
  append(self,
         {self.now.clock(), is_shared ? sync_op::rlock : sync_op::lock, false, address, place});
}

void note_unlocked(context& self, const void* lock, bool is_shared) {
  const auto address = reinterpret_cast<std::uintptr_t>(lock);
  const std::uint64_t word = address << 1 | (is_shared ? 1u : 0u);
  ++self.place_generation;
  sync_notes* notes = self.notes;
  for (std::uint32_t i = notes == nullptr ? 0 : notes->held_count; i-- > 0;) {
    if (notes->held[i].lock != word) continue;
    --notes->held_count;
    // Rotated, so that the slot above keeps what may be locked again.
    if (i != notes->held_count)
      std::rotate(notes->held + i, notes->held + i + 1, notes->held + notes->held_count + 1);
    if (notes->held_count == 0) notes->has_too_many = false;
    return;
  }
  if (notes == nullptr || !notes->has_too_many) add_stranger(address);
}

stack_id add_locks(context& self, stack_id stack) {
  sync_notes* notes = self.notes;
  if (notes == nullptr || notes->held_count == 0) return stack;
  if (notes->has_too_many) return tag_stack(stack, kUnknownSet);
  stack_id set = 0;
  for (std::uint32_t i = 0; i < notes->held_count; ++i) {
    held_entry& entry = notes->held[i];
    if (entry.set == 0 || entry.outer != set) {
      entry.outer = set;
      entry.set = tag_stack(tag_stack(set, entry.lock), entry.place);
    }
    set = entry.set;
  }
  return tag_stack(stack, set);
}

bool locks_at(stack_id stack, std::vector<held_lock>& locks) {
  std::uint64_t set = 0;
  stack_id bare = 0;
  if (!find_tag(stack, set, bare)) return !are_tags_exhausted();
  if (set == kUnknownSet) return false;
  bool is_complete = true;
  for (auto at = static_cast<stack_id>(set); at != 0;) {
    std::uint64_t place = 0, lock = 0;
    stack_id inner = 0;
    if (!find_tag(at, place, inner) || !find_tag(inner, lock, at)) return false;
    if (is_trusted(lock >> 1)) {
      locks.push_back({lock >> 1, (lock & 1) != 0, static_cast<stack_id>(place)});
    } else {
      is_complete = false;
    }
  }
  std::reverse(locks.begin(), locks.end());
  return is_complete;
}

// ---- the log

bool load_log(std::uint32_t actor_index, std::vector<sync_entry>& log) {
  // acquire: pairs with notes_of()
  const sync_notes* notes = table_of_actors()[actor_index].load(std::memory_order_acquire);
  if (notes == nullptr) return actor_index != 0;  // it has never synchronised
  // acquire (all): the entries are read after the first count and before the second
  const std::uint64_t count = notes->logged.load(std::memory_order_acquire);
  const std::uint64_t first = count > kLogEntries ? count - kLogEntries : 0;
  for (std::uint64_t i = first; i < count; ++i) log.push_back(notes->log[i % kLogEntries].load());
  const std::uint64_t after = notes->logged.load(std::memory_order_acquire);
  if (notes->owner.load(std::memory_order_acquire) != actor_index || after < count) return false;
  // The slot after the last may be half written.
  const std::uint64_t whole = after + 1 > kLogEntries ? after + 1 - kLogEntries : 0;
  if (whole > first) {
    log.erase(log.begin(), log.begin() + static_cast<std::ptrdiff_t>(
                                             std::min<std::uint64_t>(whole - first, log.size())));
  }
  return true;
}

}  // namespace vole::race
