// SPDX-License-Identifier: Apache-2.0
// The hash table under <vole/sync_map.h>, without the types of keys and values.
#pragma once

#include <vole/detail/shared_state.h>

#include <cstddef>
#include <utility>

namespace vole::detail {

// An entry: counted, and linked into a bucket by the library.
struct map_entry : shared_state {
  map_entry* next = nullptr;
  std::size_t hash = 0;
  std::size_t joins = 0;  // put_if_absent calls that found it
};

// Some entries of a map, each retained until it is taken.
class map_snapshot {
 public:
  map_snapshot() = default;
  ~map_snapshot();
  map_snapshot(const map_snapshot&) = delete;
  map_snapshot& operator=(const map_snapshot&) = delete;

  map_entry* take();  // the caller's reference now; null: none left

 private:
  friend class map_core;
  map_entry** entries_ = nullptr;
  std::size_t count_ = 0;
  std::size_t next_ = 0;
};

// Entries that are returned come with a reference; null: there is none. Entries that are given are
// retained if they are put in. `key` is what `is_equal` compares an entry with.
class map_core {
 public:
  using equal_function = bool(const map_entry* entry, const void* key);

  explicit map_core(equal_function* is_equal);
  ~map_core();
  map_core(const map_core&) = delete;
  map_core& operator=(const map_core&) = delete;

  // Calls `copy` with the key's entry, locked, and `out`; false: there is none. Observed.
  using copy_function = void(const map_entry* entry, void* out);
  bool read(const void* key, std::size_t hash, copy_function* copy, void* out);
  map_entry* find(const void* key, std::size_t hash);                  // observed
  map_entry* put(map_entry* made, const void* key, std::size_t hash);  // what it replaces
  // Who is there already; observed.
  map_entry* put_if_absent(map_entry* made, const void* key, std::size_t hash);
  map_entry* erase(const void* key, std::size_t hash);
  // Puts `made` (null: nothing) in the place of `expected` if that is still in the table.
  bool replace(map_entry* made, const map_entry* expected, const void* key, std::size_t hash);
  void clear();
  // The entries of the part-th part of the table, of which there is a fixed number; false: no such
  // part.
  bool snapshot(std::size_t part, map_snapshot& into);
  // The caller looks at what put() or erase() has returned: the write of it happens before that.
  static void observe(const map_entry* entry);
  // How often put_if_absent has found an entry that is no longer in the table.
  static std::size_t joins(const map_entry* entry) noexcept;

 private:
  struct table;
  table* table_;
};

}  // namespace vole::detail
