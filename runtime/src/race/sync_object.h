// SPDX-License-Identifier: Apache-2.0
// The clocks of whatever orders goroutines: locks, channel slots, atomics, found by address.
//
// Lines of 16 bytes share a lock, so an atomic operation holds one lock whatever its size, and all
// objects that it overlaps are in one chain. An object exists from its first release on: acquiring
// what nobody has released is no edge.
//
// Lock order: a line, then cells, then the arena. None of them is held while a report is made.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/spin_lock.h"
#include "race/context.h"

namespace vole::race {

// What an address stands for. Several of them may lie at one address (a struct and its first
// member), and one object may need several clocks (a shared mutex).
enum class sync_role : std::uint8_t {
  object,      // locks, groups, once, timers ...: released by their only kind of release
  readers,     // the shared releases of a shared mutex
  chan_slot,   // index: the slot
  chan_close,  // the close of a channel
  annotation,  // vole::race::release and friends
  thread_end,  // address: the number of the thread's record
  atomic,      // index: size in bytes
};

struct sync_key {
  std::uintptr_t address = 0;
  sync_role role = sync_role::object;
  std::uint64_t index = 0;

  static sync_key of(const void* address, sync_role role = sync_role::object,
                     std::uint64_t index = 0) {
    return {reinterpret_cast<std::uintptr_t>(address), role, index};
  }
  constexpr bool operator==(const sync_key&) const = default;
};

struct sync_object {
  sync_key key;
  sync_object* next = nullptr;
  released_clock clock = {};
};

// ---- whole operations -----------------------------------------------------------------------

void sync_acquire(context& into, const sync_key& key);
// Replaces what was released before: where the releaser has acquired all of that anyway.
void sync_release_store(context& from, const sync_key& key);
void sync_release_merge(context& from, const sync_key& key);
// Acquires and forgets: what can be acquired once.
void sync_take(context& into, const sync_key& key);
void sync_forget(const sync_key& key);
// Forgets all objects at addresses in [low, high) but channel slots, which their channel forgets.
void sync_forget_range(std::uintptr_t low, std::uintptr_t high);

// ---- atomics --------------------------------------------------------------------------------

// Holds the line of [address, address + size); size <= 16 and the range within a line, which the
// alignment of atomics grants.
class sync_line {
 public:
  explicit sync_line(std::uintptr_t address);
  ~sync_line();
  sync_line(const sync_line&) = delete;
  sync_line& operator=(const sync_line&) = delete;

  // The object of exactly these bytes, made if there is none.
  sync_object& object(std::uintptr_t address, std::size_t size);
  // Calls f(object, is_whole) for each atomic that overlaps the bytes; is_whole: it lies in them.
  template <class F>
  void for_each_overlapping(std::uintptr_t address, std::size_t size, F f) {
    for (sync_object* each = first(); each != nullptr; each = each->next) {
      if (each->key.role != sync_role::atomic) continue;
      const std::uintptr_t low = each->key.address, high = low + each->key.index;
      if (low < address + size && address < high)
        f(*each, address <= low && high <= address + size);
    }
  }

 private:
  sync_object* first() const;
  std::size_t shard_;
  std::size_t bucket_;
};

// Objects that exist. For tests of what is forgotten.
std::size_t sync_objects_in_use() noexcept;

}  // namespace vole::race
