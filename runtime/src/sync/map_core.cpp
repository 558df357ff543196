// SPDX-License-Identifier: Apache-2.0
// The hash table under sync_map: parts with a lock and an array of buckets each.
//
// The locks park, since comparing keys runs the user's code; they announce nothing, so that work on
// one key orders nothing for another. What is announced names the entry, and an entry is one value
// of one key: written before it is put in, read once it has been found. That a key is absent may be
// seen as well; it has no entry, so a word of the table stands for some keys' absence.
#include <vole/detail/map_core.h>
#include <vole/detail/unchecked.h>

#include <bit>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/check.h"
#include "event/emit.h"
#include "sched/park.h"
#include "sync/mutex_core.h"

namespace vole::detail {
namespace {

constexpr std::size_t kParts = 16;            // as many can work at once; a power of two
constexpr std::size_t kBucketsAtFirst = 8;    // per part; a power of two
constexpr std::size_t kEntriesPerBucket = 2;  // on average, at most

// std::hash of integers is the integer: spread it over all bits (Fibonacci hashing).
std::size_t spread(std::size_t hash) { return hash * 0x9e3779b97f4a7c15; }

struct part {
  mutex_field lock;
  std::vector<map_entry*> buckets;
  std::size_t size = 0;

  std::size_t bucket_of(std::size_t hash) const {
    // The part's number is in the top bits.
    return (spread(hash) >> 16) & (buckets.size() - 1);
  }

  // The link that points to the key's entry, or to null at the end of its bucket.
  map_entry** place_of(map_core::equal_function* is_equal, const void* key, std::size_t hash) {
    const unchecked guard;
    map_entry** link = &buckets[bucket_of(hash)];
    while (*link != nullptr && ((*link)->hash != hash || !is_equal(*link, key)))
      link = &(*link)->next;
    return link;
  }

  void grow() {
    std::vector<map_entry*> old(buckets.empty() ? kBucketsAtFirst : buckets.size() * 2);
    old.swap(buckets);
    for (map_entry* chain : old) {
      while (chain != nullptr) {
        map_entry* const entry = chain;
        chain = entry->next;
        map_entry*& bucket = buckets[bucket_of(entry->hash)];
        entry->next = bucket;
        bucket = entry;
      }
    }
  }

  map_entry* take_all() {
    map_entry* all = nullptr;
    for (map_entry*& chain : buckets) {
      while (map_entry* const entry = chain) {
        chain = entry->next;
        entry->next = all;
        all = entry;
      }
    }
    size = 0;
    return all;
  }
};

void release_all(map_entry* list) {
  while (list != nullptr) {
    map_entry* const next = list->next;
    release(list);
    list = next;
  }
}

}  // namespace

struct map_core::table {
  equal_function* is_equal;
  part parts[kParts];

  part& part_of(std::size_t hash) {
    constexpr int kShift = 64 - std::countr_zero(kParts);
    return parts[static_cast<std::uint64_t>(spread(hash)) >> kShift];
  }

  // Makes `made` the key's entry, in the place of what `link` points to, which is returned.
  map_entry* write(part& where, map_entry** link, map_entry* made, std::size_t hash) {
    event::emit::key_written(made);
    retain(made);
    made->hash = hash;
    map_entry* const old = *link;
    made->next = old != nullptr ? old->next : nullptr;
    *link = made;
    if (old == nullptr && ++where.size > where.buckets.size() * kEntriesPerBucket) where.grow();
    return old;
  }

  map_entry* unlink(part& where, map_entry** link, std::size_t hash) {
    map_entry* const old = *link;
    if (old == nullptr) return nullptr;
    event::emit::key_written(absence_of(hash));
    *link = old->next;
    --where.size;
    return old;
  }

  // What stands for the absence of the keys with this hash: an address, nothing is stored there.
  const void* absence_of(std::size_t hash) const {
    return reinterpret_cast<const std::uint64_t*>(this) + spread(hash) % kAbsences;
  }
  static const std::size_t kAbsences;
};

const std::size_t map_core::table::kAbsences = sizeof(table) / sizeof(std::uint64_t);

map_core::map_core(equal_function* is_equal) : table_(new table{is_equal, {}}) {
  for (part& one : table_->parts) one.grow();
}

std::size_t map_core::joins(const map_entry* entry) noexcept { return entry->joins; }

map_core::~map_core() {
  for (part& one : table_->parts) release_all(one.take_all());
  event::emit::object_destroyed(table_, sizeof *table_);
  delete table_;
}

void map_core::observe(const map_entry* entry) {
  if (entry != nullptr) event::emit::key_read(entry);
}

map_entry* map_core::find(const void* key, std::size_t hash) {
  event::emit::operation_begun(event::operation::map, table_);
  sched::current();
  part& where = table_->part_of(hash);
  map_entry* found;
  {
    const sync::scoped_lock guard(where.lock);
    found = *where.place_of(table_->is_equal, key, hash);
    if (found != nullptr) retain(found);
  }
  event::emit::key_read(found != nullptr ? found : table_->absence_of(hash));
  return found;
}

bool map_core::read(const void* key, std::size_t hash, copy_function* copy, void* out) {
  event::emit::operation_begun(event::operation::map, table_);
  sched::current();
  part& where = table_->part_of(hash);
  const sync::scoped_lock guard(where.lock);
  map_entry* const found = *where.place_of(table_->is_equal, key, hash);
  event::emit::key_read(found != nullptr ? found : table_->absence_of(hash));
  if (found == nullptr) return false;
  copy(found, out);
  announce_use(found);
  return true;
}

map_entry* map_core::put(map_entry* made, const void* key, std::size_t hash) {
  event::emit::operation_begun(event::operation::map, table_);
  sched::current();
  part& where = table_->part_of(hash);
  const sync::scoped_lock guard(where.lock);
  return table_->write(where, where.place_of(table_->is_equal, key, hash), made, hash);
}

map_entry* map_core::put_if_absent(map_entry* made, const void* key, std::size_t hash) {
  event::emit::operation_begun(event::operation::map, table_);
  sched::current();
  part& where = table_->part_of(hash);
  map_entry* found;
  {
    const sync::scoped_lock guard(where.lock);
    map_entry** const link = where.place_of(table_->is_equal, key, hash);
    found = *link;
    if (found != nullptr) {
      retain(found);
      ++found->joins;
    } else {
      table_->write(where, link, made, hash);
    }
  }
  if (found != nullptr) event::emit::key_read(found);
  return found;
}

map_entry* map_core::erase(const void* key, std::size_t hash) {
  event::emit::operation_begun(event::operation::map, table_);
  sched::current();
  part& where = table_->part_of(hash);
  const sync::scoped_lock guard(where.lock);
  return table_->unlink(where, where.place_of(table_->is_equal, key, hash), hash);
}

bool map_core::replace(map_entry* made, const map_entry* expected, const void* key,
                       std::size_t hash) {
  event::emit::operation_begun(event::operation::map, table_);
  sched::current();
  part& where = table_->part_of(hash);
  map_entry* old;
  {
    const sync::scoped_lock guard(where.lock);
    map_entry** const link = where.place_of(table_->is_equal, key, hash);
    if (*link != expected) return false;
    old = made != nullptr ? table_->write(where, link, made, hash)
                          : table_->unlink(where, link, hash);
  }
  release(old);
  return true;
}

void map_core::clear() {
  event::emit::operation_begun(event::operation::map, table_);
  sched::current();
  const auto* const words = reinterpret_cast<const std::uint64_t*>(table_);
  for (std::size_t i = 0; i < table::kAbsences; ++i) event::emit::key_written(words + i);
  for (part& one : table_->parts) {
    map_entry* all;
    {
      const sync::scoped_lock guard(one.lock);
      all = one.take_all();
    }
    release_all(all);
  }
}

bool map_core::snapshot(std::size_t index, map_snapshot& into) {
  if (index >= kParts) return false;
  VOLE_ASSERT(into.next_ == into.count_);
  event::emit::operation_begun(event::operation::map, table_);
  sched::current();
  part& one = table_->parts[index];
  const sync::scoped_lock guard(one.lock);
  auto entries = std::make_unique<map_entry*[]>(one.size);
  std::size_t count = 0;
  for (map_entry* chain : one.buckets)
    for (; chain != nullptr; chain = chain->next) {
      retain(chain);
      entries[count++] = chain;
    }
  VOLE_ASSERT(count == one.size);
  delete[] into.entries_;
  into.entries_ = entries.release();
  into.count_ = count;
  into.next_ = 0;
  return true;
}

map_snapshot::~map_snapshot() {
  while (next_ != count_) release(entries_[next_++]);
  delete[] entries_;
}

map_entry* map_snapshot::take() {
  if (next_ == count_) return nullptr;
  map_entry* const entry = entries_[next_++];
  event::emit::key_read(entry);
  return entry;
}

}  // namespace vole::detail
