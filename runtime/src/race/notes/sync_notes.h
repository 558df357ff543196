// SPDX-License-Identifier: Apache-2.0
// What each context did to synchronise, for reports: the locks that it holds, and its last
// operations. Nothing of this decides whether there is a race.
//
// The locks held at an access are part of its stack's number (with_locks), so that no record needs
// room for them, and the set is exact for each access: no epoch stands for two sets.
//
// Sets and places are interned, so what repeats costs a comparison. A lock that somebody unlocked
// who does not hold it (a semaphore in disguise) is left out of all sets from then on: a lock that
// was not held is never printed.
//
// A context's notes are written by whoever acts for it (context.h), read by reporters of other
// threads: entries of the log are published by its count, and reread if they may have been
// overwritten meanwhile. Notes of the dead are kept until kNotesKept others have died.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "race/shadow/history.h"

namespace vole::race {

struct context;

enum class sync_op : std::uint8_t {
#define VOLE_SYNC_OP(name, takes, verb, object) name,
#include "race/notes/sync_op.def"
#undef VOLE_SYNC_OP
};

// ---- one operation --------------------------------------------------------------------------

// While it lives, what the thread does to the clocks is `op` on `object`, called from `site`.
// Inside the detector only. A null `self` is fine: nothing is noted.
class sync_scope {
 public:
  sync_scope(context* self, sync_op op, const void* object, call_site site) noexcept;
  ~sync_scope();
  sync_scope(const sync_scope&) = delete;
  sync_scope& operator=(const sync_scope&) = delete;

  stack_id place();  // of the call: its innermost frames

 private:
  friend void note_release(context& from, std::uint64_t clock);

  context* self_;
  sync_op op_;
  bool has_released_ = false, has_place_ = false;
  const void* object_;
  call_site site_;
  stack_id place_ = 0;
  sync_scope* outer_;
};

// `from` has ended the epoch `clock` by a release: part of the thread's operation.
void note_release(context& from, std::uint64_t clock);
// The notes of a context that ends.
void retire_notes(context& who);

// ---- locks held -----------------------------------------------------------------------------

// `site`: of the call that locked it.
void note_locked(context& self, const void* lock, bool is_shared, call_site site);
void note_unlocked(context& self, const void* lock, bool is_shared);

// The number of `stack` at a moment when `self` holds what it holds now.
stack_id add_locks(context& self, stack_id stack);

struct held_lock {
  std::uintptr_t lock = 0;
  bool is_shared = false;
  stack_id locked_at = 0;
};
// What was held at the access with that stack, outermost first; false if some may be missing.
bool locks_at(stack_id stack, std::vector<held_lock>& locks);

// ---- the log --------------------------------------------------------------------------------

struct sync_entry {
  std::uint64_t clock = 0;  // the own epoch that it ended (a release), or in which it was
  sync_op op = sync_op::other;
  bool is_release = false;
  std::uintptr_t object = 0;
  stack_id place = 0;  // 0: not known, since somebody else acted for the context
};

// The last operations of the actor, oldest first. False: its notes are gone.
bool load_log(std::uint32_t actor_index, std::vector<sync_entry>& log);

}  // namespace vole::race
