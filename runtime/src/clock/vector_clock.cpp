// SPDX-License-Identifier: Apache-2.0
// The persistent radix tree behind vector_clock, and the pool of its nodes.
#include "clock/vector_clock.h"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <new>

#include "base/check.h"
#include "base/spin_lock.h"

namespace vole::clock {

inline constexpr unsigned kFanOutBits = 4;
inline constexpr unsigned kFanOut = 1u << kFanOutBits;
inline constexpr unsigned kHeightMax = (kComponentBits + kFanOutBits - 1) / kFanOutBits;

struct clock_node {
  std::atomic<std::uint32_t> references{1};
  std::uint32_t height = 1;  // 1: a leaf
  union {
    std::uint64_t clocks[kFanOut];
    clock_node* children[kFanOut];
    clock_node* next_free;
  };
};
static_assert(sizeof(clock_node) == 8 + kFanOut * 8);

namespace {

// ---- the pool -------------------------------------------------------------------------------

constexpr std::size_t kPoolShards = 8;  // threads contend for a shard, not for one
constexpr std::size_t kSlabBytes = std::size_t{1} << 18;  // 1900 nodes for each system call

struct alignas(64) pool_shard {
  base::spin_lock lock{base::lock_rank::leaf};
  clock_node* free VOLE_GUARDED_BY(lock) = nullptr;
  std::int64_t in_use VOLE_GUARDED_BY(lock) = 0;
};
constinit pool_shard pool[kPoolShards];

// Any function of the thread will do; the address of a thread-local needs no system call.
pool_shard& shard_of_thread() noexcept {
  thread_local constinit char here = 0;
  return pool[reinterpret_cast<std::uintptr_t>(&here) >> 12 & (kPoolShards - 1)];
}

clock_node* allocate(std::uint32_t height) {
  pool_shard& shard = shard_of_thread();
  clock_node* node = nullptr;
  {
    base::spin_guard guard(shard.lock);
    if (shard.free == nullptr) {
      void* slab = mmap(nullptr, kSlabBytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
      VOLE_CHECK(slab != MAP_FAILED, "no memory for vector clocks");
      auto* nodes = static_cast<clock_node*>(slab);
      for (std::size_t i = kSlabBytes / sizeof(clock_node); i-- > 0;) {
        nodes[i].next_free = shard.free;
        shard.free = &nodes[i];
      }
    }
    node = shard.free;
    shard.free = node->next_free;
    ++shard.in_use;
  }
  new (node) clock_node;
  node->height = height;
  std::fill(std::begin(node->clocks), std::end(node->clocks), 0);  // null children, too
  return node;
}

void give_back(clock_node* node) noexcept {
  pool_shard& shard = shard_of_thread();
  base::spin_guard guard(shard.lock);
  node->next_free = shard.free;
  shard.free = node;
  --shard.in_use;
}

// ---- references -----------------------------------------------------------------------------

clock_node* share(clock_node* node) noexcept {
  // relaxed: the caller holds a reference already, so the node can't go
  if (node != nullptr) node->references.fetch_add(1, std::memory_order_relaxed);
  return node;
}

void drop(clock_node* node) noexcept {
  if (node == nullptr) return;
  // acq_rel: the last one sees what the others read and wrote before they let go
  if (node->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  if (node->height > 1) {
    for (clock_node* child : node->children) drop(child);
  }
  give_back(node);
}

bool is_shared(const clock_node* node) noexcept {
  // acquire: pairs with drop() by the last other owner; sees that it has read the node
  return node->references.load(std::memory_order_acquire) != 1;
}

// Makes *slot a node that only *slot points to, the same in content.
clock_node* own(clock_node** slot) {
  clock_node* node = *slot;
  if (!is_shared(node)) return node;
  clock_node* copy = allocate(node->height);
  std::copy(std::begin(node->clocks), std::end(node->clocks), std::begin(copy->clocks));
  if (node->height > 1) {
    for (clock_node* child : copy->children) share(child);
  }
  drop(node);
  *slot = copy;
  return copy;
}

void replace(clock_node** slot, clock_node* by) noexcept {
  clock_node* before = *slot;
  *slot = share(by);
  drop(before);
}

// ---- joins ----------------------------------------------------------------------------------

bool covers_same_height(const clock_node* a, const clock_node* b) noexcept {
  if (a == b || b == nullptr) return true;
  if (b->height == 1) {
    if (a == nullptr) {
      return std::all_of(std::begin(b->clocks), std::end(b->clocks),
                         [](std::uint64_t clock) { return clock == 0; });
    }
    for (unsigned i = 0; i < kFanOut; ++i) {
      if (a->clocks[i] < b->clocks[i]) return false;
    }
    return true;
  }
  for (unsigned i = 0; i < kFanOut; ++i) {
    if (!covers_same_height(a == nullptr ? nullptr : a->children[i], b->children[i])) return false;
  }
  return true;
}

bool join_leaf(clock_node** slot, clock_node* b) {
  clock_node* a = *slot;
  bool a_covers = true, b_covers = true;
  for (unsigned i = 0; i < kFanOut; ++i) {
    a_covers &= a->clocks[i] >= b->clocks[i];
    b_covers &= b->clocks[i] >= a->clocks[i];
  }
  if (a_covers) return false;
  if (b_covers) {  // shared from now on: the next join sees that at once
    replace(slot, b);
    return true;
  }
  a = own(slot);
  for (unsigned i = 0; i < kFanOut; ++i) a->clocks[i] = std::max(a->clocks[i], b->clocks[i]);
  return true;
}

// *slot and b are of the same height; *slot may be null.
bool join_same_height(clock_node** slot, clock_node* b) {
  if (*slot == b || b == nullptr) return false;
  if (*slot == nullptr) {
    *slot = share(b);
    return true;
  }
  if (b->height == 1) return join_leaf(slot, b);
  bool is_changed = false;
  for (unsigned i = 0; i < kFanOut; ++i) {
    clock_node* a = *slot;
    if (a->children[i] == b->children[i] || b->children[i] == nullptr) continue;
    if (!is_changed && is_shared(a)) {
      if (covers_same_height(a->children[i], b->children[i])) continue;
      a = own(slot);
    }
    is_changed |= join_same_height(&a->children[i], b->children[i]);
  }
  if (is_changed && std::equal(std::begin((*slot)->children), std::end((*slot)->children),
                               std::begin(b->children))) {
    replace(slot, b);
  }
  return is_changed;
}

// *slot is at least as high as b.
bool join_lower(clock_node** slot, clock_node* b) {
  clock_node* a = *slot;
  if (a->height == b->height) return join_same_height(slot, b);
  if (is_shared(a)) a = own(slot);
  if (a->children[0] == nullptr && a->height - 1 > b->height)
    a->children[0] = allocate(a->height - 1);
  if (a->height - 1 == b->height) return join_same_height(&a->children[0], b);
  return join_lower(&a->children[0], b);
}

// Puts roots on top until the tree covers `who`.
void grow(clock_node** root, std::uint32_t height) {
  if (*root == nullptr) {
    *root = allocate(height);
    return;
  }
  while ((*root)->height < height) {
    clock_node* above = allocate((*root)->height + 1);
    above->children[0] = *root;
    *root = above;
  }
}

std::uint32_t height_for(component who) noexcept {
  std::uint32_t height = 1;
  while (height < kHeightMax && (who >> (height * kFanOutBits)) != 0) ++height;
  return height;
}

unsigned index_at(component who, std::uint32_t height) noexcept {
  return who >> ((height - 1) * kFanOutBits) & (kFanOut - 1);
}

bool is_valid_tree(const clock_node* node, std::uint32_t height) noexcept {
  if (node == nullptr) return true;
  // relaxed: a lower bound is all that is asked for
  if (node->references.load(std::memory_order_relaxed) == 0 || node->height != height) return false;
  if (height == 1) return true;
  return std::all_of(
      std::begin(node->children), std::end(node->children),
      [height](const clock_node* child) { return is_valid_tree(child, height - 1); });
}

}  // namespace

vector_clock::vector_clock(const vector_clock& other) noexcept : root_(share(other.root_)) {}

std::uint64_t vector_clock::get(component who) const noexcept {
  const clock_node* node = root_;
  if (node == nullptr || height_for(who) > node->height) return 0;
  while (node->height > 1) {
    node = node->children[index_at(who, node->height)];
    if (node == nullptr) return 0;
  }
  return node->clocks[who & (kFanOut - 1)];
}

bool vector_clock::raise(component who, std::uint64_t clock) {
  VOLE_ASSERT(who <= kComponentMax);
  if (get(who) >= clock) return false;
  grow(&root_, height_for(who));
  clock_node** slot = &root_;
  while (own(slot)->height > 1) {
    clock_node* node = *slot;
    slot = &node->children[index_at(who, node->height)];
    if (*slot == nullptr) *slot = allocate(node->height - 1);
  }
  (*slot)->clocks[who & (kFanOut - 1)] = clock;
  VOLE_ASSERT(get(who) == clock);
  return true;
}

bool vector_clock::join(const vector_clock& other) {
  if (root_ == other.root_ || other.root_ == nullptr) return false;
  if (root_ == nullptr) {
    root_ = share(other.root_);
    return true;
  }
  if (covers(other)) return false;
  grow(&root_, other.root_->height);
  return join_lower(&root_, other.root_);
}

bool vector_clock::covers(const vector_clock& other) const noexcept {
  const clock_node* a = root_;
  const clock_node* b = other.root_;
  if (a == b || b == nullptr) return true;
  while (a != nullptr && a->height > b->height) a = a->children[0];
  while (a != nullptr && b != nullptr && b->height > a->height) {
    for (unsigned i = 1; i < kFanOut; ++i) {
      if (!covers_same_height(nullptr, b->children[i])) return false;
    }
    b = b->children[0];
  }
  return covers_same_height(a, b);
}

void vector_clock::clear() noexcept { drop(std::exchange(root_, nullptr)); }

bool vector_clock::is_valid() const noexcept {
  return root_ == nullptr || is_valid_tree(root_, root_->height);
}

std::size_t clock_nodes_in_use() noexcept {
  std::int64_t sum = 0;
  for (pool_shard& shard : pool) {
    base::spin_guard guard(shard.lock);
    sum += shard.in_use;
  }
  return static_cast<std::size_t>(sum);
}

}  // namespace vole::clock
