// SPDX-License-Identifier: Apache-2.0
// The items under vole::pool: a place for one item and a short list for each processor.
//
// Who puts and gets on one processor uses the place there, one locked instruction each, and meets
// nobody. The list is for what does not fit the place; it has a lock. Who finds nothing at home
// looks at the others' places and lists, and who finds no room at home puts it where there is some.
// Which shard is home is only a hint: any goroutine may use any shard.
#include <vole/sync.h>

#include <atomic>

#include "base/check.h"
#include "base/spin_lock.h"
#include "event/emit.h"
#include "sched/driver.h"
#include "sched/park.h"

namespace vole::detail {
namespace {

constexpr std::size_t kShards = 16;
constexpr std::size_t kItemsMax = 4096;  // what a pool holds on to; half: more making under bursts
constexpr std::size_t kListedMax = kItemsMax / kShards - 1;  // and one in the place

}  // namespace

struct pool_shards {
  struct alignas(64) shard {
    std::atomic<pool_node*> place{nullptr};
    base::spin_lock lock{base::lock_rank::sync};
    std::atomic<std::size_t> size{0};  // written under the lock, read without it as a hint
    pool_node* first VOLE_GUARDED_BY(lock) = nullptr;

    bool put(pool_node* node) {
      pool_node* none = nullptr;
      // relaxed: a hint. release: the item is complete
      if (place.load(std::memory_order_relaxed) == nullptr &&
          place.compare_exchange_strong(none, node, std::memory_order_release,
                                        std::memory_order_relaxed))
        return true;
      const base::spin_guard guard(lock);
      const std::size_t now = size.load(std::memory_order_relaxed);  // relaxed: lock held
      if (now == kListedMax) return false;
      size.store(now + 1, std::memory_order_relaxed);  // relaxed: lock held
      node->next = first;
      first = node;
      return true;
    }

    pool_node* get() {
      // relaxed: hints. acquire: pairs with the release in put()
      if (place.load(std::memory_order_relaxed) != nullptr)
        if (pool_node* const node = place.exchange(nullptr, std::memory_order_acquire)) return node;
      if (size.load(std::memory_order_relaxed) == 0) return nullptr;
      const base::spin_guard guard(lock);
      pool_node* const node = first;
      if (node == nullptr) return nullptr;
      first = node->next;
      // relaxed: lock held
      size.store(size.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
      return node;
    }
  };
  shard all[kShards];
};

namespace {

std::size_t home() {
  if (event::is_listened(event::kind::operation_begun) && sched::is_simulated()) [[unlikely]]
    return 0;
  return static_cast<std::size_t>(sched::processor_index()) % kShards;
}

pool_shards& made_shards(pool_shards*& field) {
  const std::atomic_ref shards(field);
  // acquire: sees the shards' beginnings
  pool_shards* seen = shards.load(std::memory_order_acquire);
  if (seen != nullptr) return *seen;
  auto* const made = new pool_shards;
  // acq_rel: as above, whoever was first
  if (shards.compare_exchange_strong(seen, made, std::memory_order_acq_rel)) return *made;
  delete made;
  return *seen;
}

}  // namespace

pool_core::~pool_core() {
  if (shards_ == nullptr) return;
  for (pool_shards::shard& one : shards_->all)
    VOLE_CHECK(one.get() == nullptr, "a pool is destroyed with items in it");
  delete shards_;
}

bool pool_core::put(pool_node* node) {
  event::emit::operation_begun(event::operation::pool, this);
  sched::current();
  pool_shards& shards = made_shards(shards_);
  event::emit::item_put(node);
  const std::size_t start = home();
  for (std::size_t i = 0; i < kShards; ++i)
    if (shards.all[(start + i) % kShards].put(node)) return true;
  return false;
}

pool_node* pool_core::get() noexcept {
  event::emit::operation_begun(event::operation::pool, this);
  sched::current();
  // acquire: as in made_shards()
  pool_shards* const shards = std::atomic_ref(shards_).load(std::memory_order_acquire);
  if (shards == nullptr) return nullptr;
  const std::size_t start = home();
  for (std::size_t i = 0; i < kShards; ++i) {
    pool_node* const node = shards->all[(start + i) % kShards].get();
    if (node == nullptr) continue;
    event::emit::item_got(node);
    return node;
  }
  return nullptr;
}

void pool_core::forget(pool_node* node) noexcept {
  event::emit::object_destroyed(node, sizeof *node);
}

}  // namespace vole::detail
