// SPDX-License-Identifier: Apache-2.0
// Pushing, removing and sifting.
#include "sched/timer/heap.h"

#include <cstdlib>
#include <new>

#include "base/check.h"

namespace vole::sched {
namespace {

constexpr std::size_t kArity = 4;
constexpr std::size_t kCapacityMin = 64;
constexpr std::size_t kCapacityKept = 4096;  // slots, 64 KiB: below that nothing is given back

}  // namespace

timer_heap::~timer_heap() { std::free(slots_); }

bool timer_heap::resize(std::size_t capacity) noexcept {
  VOLE_CHECK(capacity < kNotArmed, "more timers than a heap can count");
  void* const moved = std::realloc(slots_, capacity * sizeof(slot));
  if (moved == nullptr) return false;
  slots_ = static_cast<slot*>(moved);
  capacity_ = capacity;
  return true;
}

void timer_heap::sift_up(slot moving, std::size_t index) noexcept {
  while (index > 0) {
    const std::size_t parent = (index - 1) / kArity;
    if (slots_[parent].deadline_ns <= moving.deadline_ns) break;
    place(slots_[parent], index);
    index = parent;
  }
  place(moving, index);
}

void timer_heap::sift_down(slot moving, std::size_t index) noexcept {
  for (;;) {
    const std::size_t first = index * kArity + 1;
    if (first >= size_) break;
    const std::size_t end = first + kArity < size_ ? first + kArity : size_;
    std::size_t least = first;
    for (std::size_t child = first + 1; child < end; ++child)
      if (slots_[child].deadline_ns < slots_[least].deadline_ns) least = child;
    if (moving.deadline_ns <= slots_[least].deadline_ns) break;
    place(slots_[least], index);
    index = least;
  }
  place(moving, index);
}

void timer_heap::push(timer_entry& entry) {
  if (size_ == capacity_ && !resize(capacity_ == 0 ? kCapacityMin : capacity_ + capacity_ / 2))
    throw std::bad_alloc();
  ++size_;
  sift_up({entry.deadline_ns, &entry}, size_ - 1);
}

void timer_heap::remove(timer_entry& entry) noexcept {
  const std::size_t index = entry.heap_index;
  VOLE_ASSERT(index < size_);
  VOLE_ASSERT(slots_[index].entry == &entry);
  entry.heap_index = kNotArmed;
  const slot last = slots_[--size_];
  if (index != size_) {
    if (index > 0 && last.deadline_ns < slots_[(index - 1) / kArity].deadline_ns)
      sift_up(last, index);
    else
      sift_down(last, index);
  }
  if (capacity_ > kCapacityKept && size_ < capacity_ / 4)
    static_cast<void>(resize(capacity_ / 2));  // or not, when there is no memory
}

void timer_heap::postpone(timer_entry& entry, std::int64_t deadline_ns) noexcept {
  VOLE_ASSERT(deadline_ns >= entry.deadline_ns);
  entry.deadline_ns = deadline_ns;
  sift_down({deadline_ns, &entry}, entry.heap_index);
}

// Those with the least deadline are a tree at the top: a random walk down from there, which stops
// with the same probability as it takes each of the ways on.
timer_entry& timer_heap::any_top(base::prng& random) const noexcept {
  std::size_t at = 0;
  for (;;) {
    std::size_t ways[kArity];
    std::uint32_t count = 0;
    const std::size_t first = at * kArity + 1;
    for (std::size_t child = first; child < first + kArity && child < size_; ++child)
      if (slots_[child].deadline_ns == slots_[0].deadline_ns) ways[count++] = child;
    const std::uint32_t choice = count == 0 ? 0 : random.below(count + 1);
    if (choice == 0) return *slots_[at].entry;
    at = ways[choice - 1];
  }
}

bool timer_heap::is_valid() const noexcept {
  for (std::size_t i = 0; i < size_; ++i) {
    const slot& one = slots_[i];
    if (one.entry->heap_index != i || one.entry->deadline_ns != one.deadline_ns) return false;
    if (i > 0 && one.deadline_ns < slots_[(i - 1) / kArity].deadline_ns) return false;
  }
  return true;
}

}  // namespace vole::sched
