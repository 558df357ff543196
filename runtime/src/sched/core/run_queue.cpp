// SPDX-License-Identifier: Apache-2.0
// The ring's two ends.
#include "sched/core/run_queue.h"

#include "base/check.h"

namespace vole::sched {

std::uint32_t run_queue::push(g* who, g* (&overflow)[kOverflow]) noexcept {
  for (;;) {
    std::uint32_t head = head_.load(std::memory_order_acquire);  // acquire: thieves have read slots
    const std::uint32_t tail = tail_.load(std::memory_order_relaxed);  // relaxed: only we write it
    if (tail - head < kCapacity) {
      // relaxed: the tail's store publishes it
      ring_[tail % kCapacity].store(who, std::memory_order_relaxed);
      tail_.store(tail + 1, std::memory_order_release);  // release: pairs with steal()
      return 0;
    }
    constexpr std::uint32_t kHalf = kCapacity / 2;
    for (std::uint32_t i = 0; i < kHalf; ++i)  // relaxed: the CAS below confirms what was read
      overflow[i] = ring_[(head + i) % kCapacity].load(std::memory_order_relaxed);
    // release: the reads above come before a later push overwrites the slots
    if (head_.compare_exchange_strong(head, head + kHalf, std::memory_order_release,
                                      std::memory_order_relaxed)) {
      overflow[kHalf] = who;
      return kHalf + 1;
    }
  }  // a thief made room
}

g* run_queue::pop() noexcept {
  std::uint32_t head = head_.load(std::memory_order_acquire);  // acquire: as in push()
  for (;;) {
    const std::uint32_t tail = tail_.load(std::memory_order_relaxed);  // relaxed: only we write it
    if (tail == head) return nullptr;
    g* const who = ring_[head % kCapacity].load(std::memory_order_relaxed);  // relaxed: own store
    // release: the read comes before the slot is overwritten; acquire on failure: as above
    if (head_.compare_exchange_weak(head, head + 1, std::memory_order_release,
                                    std::memory_order_acquire)) {
      // relaxed: a guess at whom we run next; its record is cold by now if there are many
      __builtin_prefetch(ring_[(head + 1) % kCapacity].load(std::memory_order_relaxed));
      return who;
    }
  }
}

g* run_queue::steal(run_queue& into, bool with_next) noexcept {
  const std::uint32_t at =
      into.tail_.load(std::memory_order_relaxed);  // relaxed: the thief owns it
  for (;;) {
    std::uint32_t head = head_.load(std::memory_order_acquire);        // acquire: other thieves
    const std::uint32_t tail = tail_.load(std::memory_order_acquire);  // acquire: sees the slots
    std::uint32_t count = tail - head;
    count -= count / 2;
    if (count == 0) return with_next ? next_.steal(&into) : nullptr;
    if (count > kCapacity / 2) continue;  // head and tail are of different times
    for (std::uint32_t i = 0; i < count; ++i) {
      // relaxed: the acquire of tail_ above saw them; the CAS confirms
      g* const who = ring_[(head + i) % kCapacity].load(std::memory_order_relaxed);
      into.ring_[(at + i) % kCapacity].store(who, std::memory_order_relaxed);  // relaxed: own
    }
    // release: the reads come before the victim overwrites the slots
    if (!head_.compare_exchange_strong(head, head + count, std::memory_order_release,
                                       std::memory_order_relaxed))
      continue;
    g* const last = into.ring_[(at + count - 1) % kCapacity].load(
        std::memory_order_relaxed);  // relaxed: own store
    if (count > 1)
      into.tail_.store(at + count - 1, std::memory_order_release);  // release: as in push()
    return last;
  }
}

bool run_queue::is_empty() const noexcept {
  // Head, tail and next can't be read at once; next is read between two equal tails, so that a
  // goroutine moved from the slot to the ring in between is not missed (Go's runqempty).
  for (;;) {
    const std::uint32_t head = head_.load(std::memory_order_seq_cst);  // seq_cst: idle protocol,
    const std::uint32_t tail = tail_.load(std::memory_order_seq_cst);  // see worker.cpp step 5
    const bool has_next = !next_.is_empty();
    if (tail == tail_.load(std::memory_order_seq_cst)) return head == tail && !has_next;
  }
}

std::uint32_t run_queue::size() const noexcept {
  // relaxed: a hint
  return tail_.load(std::memory_order_relaxed) - head_.load(std::memory_order_relaxed) +
         (next_.is_empty() ? 0 : 1);
}

}  // namespace vole::sched
