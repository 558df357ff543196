// SPDX-License-Identifier: Apache-2.0
// The table of origins, by address.
#include "race/notes/origins.h"

#include <cstddef>

#include "base/spin_lock.h"
#include "race/shadow/arena.h"

namespace vole::race {
namespace {

constexpr unsigned kBucketBits = 16;  // half a megabyte of address space
constexpr std::size_t kBuckets = std::size_t{1} << kBucketBits;

struct origin_entry {
  const void* object;
  origin from;
  origin_entry* next;
};

struct origin_table {
  base::spin_lock lock{base::lock_rank::listener};  // the arena's are above it
  origin_entry** buckets VOLE_GUARDED_BY(lock) = nullptr;
};
constinit origin_table origins;

origin_entry** find_link(const void* object) VOLE_REQUIRES(origins.lock) {
  if (origins.buckets == nullptr)
    origins.buckets =
        static_cast<origin_entry**>(reserve_address_space(kBuckets * sizeof(origin_entry*)));
  const std::uint64_t mixed = reinterpret_cast<std::uintptr_t>(object) * 0x9e3779b97f4a7c15;
  origin_entry** link = &origins.buckets[mixed >> (64 - kBucketBits)];
  while (*link != nullptr && (*link)->object != object) link = &(*link)->next;
  return link;
}

}  // namespace

void note_origin(const void* object, origin from) {
  base::spin_guard guard(origins.lock);
  origin_entry** link = find_link(object);
  if (*link == nullptr) {
    *link = arena_new<origin_entry>(object, from, nullptr);
  } else {
    (*link)->from = from;
  }
}

origin origin_of(const void* object) {
  base::spin_guard guard(origins.lock);
  const origin_entry* found = *find_link(object);
  return found == nullptr ? origin{} : found->from;
}

void forget_origin(const void* object) {
  base::spin_guard guard(origins.lock);
  if (origins.buckets == nullptr) return;
  origin_entry** link = find_link(object);
  if (*link == nullptr) return;
  origin_entry* gone = *link;
  *link = gone->next;
  arena_delete(gone);
}

}  // namespace vole::race
