// SPDX-License-Identifier: Apache-2.0
// The table of sampled objects.
#include "profile/heap/heap_sampler.h"

#include <cmath>
#include <unordered_map>

#include "base/clock.h"
#include "base/prng.h"
#include "base/spin_lock.h"
#include "event/goroutine.h"
#include "symbol/unwind.h"

namespace vole::profile {

constinit std::atomic<std::int64_t> heap_sample_rate{0};
constinit std::atomic<std::int64_t> heap_live_samples{0};

namespace {

constexpr std::size_t kFramesMax = 64;

// True in the sampler's own allocations.
[[gnu::tls_model("initial-exec")]] thread_local bool is_inside = false;
[[gnu::tls_model("initial-exec")]] thread_local std::int64_t bytes_until_sample = 0;
[[gnu::tls_model("initial-exec")]] thread_local std::uint64_t random_state = 0;

class inside_scope {
 public:
  inside_scope() { is_inside = true; }
  ~inside_scope() { is_inside = false; }
  inside_scope(const inside_scope&) = delete;
  inside_scope& operator=(const inside_scope&) = delete;
};

std::uint64_t hash_of(const void* object) {
  return reinterpret_cast<std::uintptr_t>(object) * 0x9e3779b97f4a7c15u;
}

// Says in one load that an object is not sampled, which nearly every one is not: a count for each
// value of a 16-bit hash of the address. A count that has reached 255 stays.
class address_filter {
 public:
  bool may_have(const void* object) const {
    return place(object).load(std::memory_order_relaxed) != 0;  // relaxed: whoever frees an object
  }  // learned its address from whoever allocated it, after add()
  void add(const void* object) {
    auto& count = place(object);
    // relaxed: written under the table's lock
    if (count.load(std::memory_order_relaxed) != 255) count.fetch_add(1, std::memory_order_relaxed);
  }
  void remove(const void* object) {
    auto& count = place(object);
    // relaxed: written under the table's lock
    if (count.load(std::memory_order_relaxed) != 255) count.fetch_sub(1, std::memory_order_relaxed);
  }

 private:
  std::atomic<std::uint8_t>& place(const void* object) { return counts_[hash_of(object) >> 48]; }
  const std::atomic<std::uint8_t>& place(const void* object) const {
    return counts_[hash_of(object) >> 48];
  }
  std::atomic<std::uint8_t> counts_[65536] = {};
};

constinit address_filter filter;

class heap_table {
 public:
  void add(void* object, labelled_stack stack, double scale) {
    const std::int64_t size = stack.object_bytes;
    base::spin_guard guard(lock_);
    heap_bucket& bucket = buckets_[std::move(stack)];
    count(bucket.allocated, size, scale);
    live_[object] = {&bucket, size, scale};
    filter.add(object);
    heap_live_samples.fetch_add(1, std::memory_order_relaxed);  // relaxed: see may_have()
  }

  void remove(void* object) {
    base::spin_guard guard(lock_);
    const auto found = live_.find(object);
    if (found == live_.end()) return;
    const live_object& it = found->second;
    count(it.bucket->freed, it.size, it.scale);
    live_.erase(found);
    filter.remove(object);
    heap_live_samples.fetch_sub(1, std::memory_order_relaxed);  // relaxed: see may_have()
  }

  std::map<labelled_stack, heap_bucket> copy() {
    base::spin_guard guard(lock_);
    return buckets_;
  }
  std::size_t size() {
    base::spin_guard guard(lock_);
    return buckets_.size();
  }

 private:
  struct live_object {
    heap_bucket* bucket;  // a map's elements stay where they are
    std::int64_t size;
    double scale;
  };

  static void count(heap_counts& counts, std::int64_t size, double scale) {
    counts.objects += 1;
    counts.bytes += size;
    counts.estimated_objects += scale;
    counts.estimated_bytes += scale * static_cast<double>(size);
  }

  base::spin_lock lock_{base::lock_rank::leaf};
  std::map<labelled_stack, heap_bucket> buckets_ VOLE_GUARDED_BY(lock_);
  std::unordered_map<void*, live_object> live_ VOLE_GUARDED_BY(lock_);
};

heap_table& the_table() {
  static auto* const table = new heap_table;  // objects are freed until the very end
  return *table;
}

// Exponential with mean `rate`.
std::int64_t next_distance(std::int64_t rate) {
  if (random_state == 0)
    random_state = static_cast<std::uint64_t>(base::monotonic_ns()) ^ hash_of(&random_state);
  base::prng random(random_state);
  random_state = random.next() | 1;
  const double uniform = (static_cast<double>(random.next() >> 11) + 1) / 9007199254740992.0;
  return 1 + static_cast<std::int64_t>(-std::log(uniform) * static_cast<double>(rate));
}

void take_sample(void* object, std::size_t size, std::int64_t rate) {
  std::uintptr_t pcs[kFramesMax];
  symbol::stack_bounds bounds;
  if (const event::goroutine* const self = event::current())
    bounds = {self->stack_low, self->stack_high};
  const std::size_t depth = symbol::unwind_here(pcs, kFramesMax, 0, bounds);
  labelled_stack stack{{pcs, pcs + depth}, {}, static_cast<std::int64_t>(size)};
  const double chance = 1 - std::exp(-static_cast<double>(size) / static_cast<double>(rate));
  the_table().add(object, std::move(stack), rate <= 1 ? 1 : 1 / chance);
}

}  // namespace

void on_allocated(void* object, std::size_t size) noexcept {
  if (is_inside || size == 0) return;
  const std::int64_t rate = heap_sample_rate.load(std::memory_order_relaxed);  // relaxed: a rate
  bytes_until_sample -= static_cast<std::int64_t>(size);
  if (bytes_until_sample > 0 || rate <= 0) return;
  const inside_scope scope;
  // A thread's first distance is drawn here, too: its first object is not special.
  const bool is_first = random_state == 0;
  bytes_until_sample = rate <= 1 ? 0 : next_distance(rate);
  if (is_first && rate > 1) {
    bytes_until_sample -= static_cast<std::int64_t>(size);
    if (bytes_until_sample > 0) return;
    bytes_until_sample = next_distance(rate);
  }
  try {
    take_sample(object, size, rate);
  } catch (const std::bad_alloc&) {
    // The program's own allocation has succeeded; only the sample is lost.
  }
}

void on_freed(void* object) noexcept {
  if (is_inside || !filter.may_have(object)) return;
  const inside_scope scope;
  the_table().remove(object);
}

std::map<labelled_stack, heap_bucket> heap_buckets() {
  const inside_scope scope;
  return the_table().copy();
}

std::size_t heap_bucket_count() { return the_table().size(); }

}  // namespace vole::profile
