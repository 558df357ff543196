// SPDX-License-Identifier: Apache-2.0
// The sharded table of sync objects.
#include "race/sync_object.h"

#include <atomic>

#include "race/shadow/arena.h"
#include "race/shadow/shadow_map.h"

namespace vole::race {
namespace {

constexpr unsigned kShardBits = 8;    // locks; two busy atomics share one with p = 1/256
constexpr unsigned kBucketBits = 12;  // in each shard: a million lines before chains grow
constexpr std::size_t kShards = std::size_t{1} << kShardBits;
constexpr std::size_t kBuckets = std::size_t{1} << kBucketBits;
constexpr std::size_t kLineBytes = 16;

struct alignas(64) shard {
  base::spin_lock lock{base::lock_rank::listener};
};
constinit shard shards[kShards];
std::atomic<std::size_t> objects_in_use{0};

sync_object** buckets() {
  static constinit std::atomic<sync_object**> table{nullptr};
  sync_object** found = table.load(std::memory_order_acquire);  // acquire: pairs with the exchange
  if (__builtin_expect(found != nullptr, 1)) return found;
  auto** fresh =
      static_cast<sync_object**>(reserve_address_space(kShards * kBuckets * sizeof(sync_object*)));
  // acq_rel: publishes the table, or sees the other thread's
  if (table.compare_exchange_strong(found, fresh, std::memory_order_acq_rel)) return fresh;
  return found;
}

struct place {
  std::size_t shard;
  std::size_t bucket;  // in the whole table
};

// Slots of a channel are spread, or a channel of a million of them would be one chain.
place place_of(const sync_key& key) {
  std::uint64_t line = key.address / kLineBytes;
  if (key.role == sync_role::chan_slot) line ^= (key.index + 1) << 40;
  const std::uint64_t mixed = line * 0x9e3779b97f4a7c15;
  const std::size_t bucket = mixed >> (64 - kShardBits - kBucketBits);
  return {bucket >> kBucketBits, bucket};
}

// Whether the object goes when its memory does. Channels forget their slots; threads have no
// address.
bool is_in_memory(const sync_key& key) {
  return key.role != sync_role::chan_slot && key.role != sync_role::thread_end;
}

sync_object** find_link(const place& where, const sync_key& key) {
  sync_object** link = &buckets()[where.bucket];
  while (*link != nullptr && !((*link)->key == key)) link = &(*link)->next;
  return link;
}

sync_object& find_or_make(const place& where, const sync_key& key) {
  sync_object** link = find_link(where, key);
  if (*link == nullptr) {
    *link = arena_new<sync_object>(key);
    objects_in_use.fetch_add(1, std::memory_order_relaxed);  // relaxed: a statistic
    if (is_in_memory(key)) mark_sync(key.address);
  }
  return **link;
}

void unlink(sync_object** link) {
  sync_object* gone = *link;
  *link = gone->next;
  arena_delete(gone);
  objects_in_use.fetch_sub(1, std::memory_order_relaxed);  // relaxed: a statistic
}

void forget_page(void*, chunk&, std::uintptr_t from, std::uintptr_t to) {
  for (std::uintptr_t line = from & ~(kLineBytes - 1); line < to; line += kLineBytes) {
    const place where = place_of({line});
    base::spin_guard guard(shards[where.shard].lock);
    sync_object** link = &buckets()[where.bucket];
    while (*link != nullptr) {
      const sync_key& key = (*link)->key;
      if (is_in_memory(key) && key.address >= from && key.address < to &&
          key.address / kLineBytes == line / kLineBytes) {
        unlink(link);
      } else {
        link = &(*link)->next;
      }
    }
  }
}

}  // namespace

void sync_acquire(context& into, const sync_key& key) {
  const place where = place_of(key);
  base::spin_guard guard(shards[where.shard].lock);
  if (const sync_object* found = *find_link(where, key)) acquire(into, found->clock);
}

void sync_release_store(context& from, const sync_key& key) {
  const place where = place_of(key);
  base::spin_guard guard(shards[where.shard].lock);
  release_store(from, find_or_make(where, key).clock);
}

void sync_release_merge(context& from, const sync_key& key) {
  const place where = place_of(key);
  base::spin_guard guard(shards[where.shard].lock);
  release_merge(from, find_or_make(where, key).clock);
}

void sync_take(context& into, const sync_key& key) {
  const place where = place_of(key);
  base::spin_guard guard(shards[where.shard].lock);
  sync_object** link = find_link(where, key);
  if (*link == nullptr) return;
  acquire(into, (*link)->clock);
  unlink(link);
}

void sync_forget(const sync_key& key) {
  const place where = place_of(key);
  base::spin_guard guard(shards[where.shard].lock);
  if (sync_object** link = find_link(where, key); *link != nullptr) unlink(link);
}

void sync_forget_range(std::uintptr_t low, std::uintptr_t high) {
  for_each_sync_page(low, high, &forget_page, nullptr);
}

sync_line::sync_line(std::uintptr_t address) VOLE_NO_THREAD_SAFETY_ANALYSIS {
  const place where = place_of({address, sync_role::atomic});
  shard_ = where.shard;
  bucket_ = where.bucket;
  shards[shard_].lock.lock();
}

sync_line::~sync_line() VOLE_NO_THREAD_SAFETY_ANALYSIS { shards[shard_].lock.unlock(); }

sync_object* sync_line::first() const { return buckets()[bucket_]; }

sync_object& sync_line::object(std::uintptr_t address, std::size_t size) {
  return find_or_make({shard_, bucket_}, {address, sync_role::atomic, size});
}

std::size_t sync_objects_in_use() noexcept {
  return objects_in_use.load(std::memory_order_relaxed);  // relaxed: a statistic
}

}  // namespace vole::race
