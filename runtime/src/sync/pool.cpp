// SPDX-License-Identifier: Apache-2.0
// The list under vole::pool: last put, first got, since that one is warmest in the caches.
#include <vole/sync.h>

#include "base/check.h"
#include "base/spin_lock.h"
#include "event/emit.h"
#include "sched/park.h"
#include "sync/waiters.h"

namespace vole::detail {
namespace {

constexpr std::size_t kItemsMax = 4096;  // what a pool holds on to; half: more making under bursts

}  // namespace

pool_core::~pool_core() { VOLE_CHECK(first_ == nullptr, "a pool is destroyed with items in it"); }

bool pool_core::put(pool_node* node) noexcept {
  sched::current();
  event::emit::item_put(node);
  const base::spin_guard guard(sync::as_lock(guard_));
  if (size_ == kItemsMax) return false;
  ++size_;
  node->next = first_;
  first_ = node;
  return true;
}

pool_node* pool_core::get() noexcept {
  sched::current();
  pool_node* node;
  {
    const base::spin_guard guard(sync::as_lock(guard_));
    node = first_;
    if (node == nullptr) return nullptr;
    first_ = node->next;
    --size_;
  }
  event::emit::item_got(node);
  return node;
}

void pool_core::forget(pool_node* node) noexcept {
  event::emit::object_destroyed(node, sizeof *node);
}

}  // namespace vole::detail
