// SPDX-License-Identifier: Apache-2.0
// Goal: the locks of a stack's number are those that were held at that moment, no more and no
// fewer, and the log tells the last operations in their order.
#include "race/notes/sync_notes.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/prng.h"
#include "race/context.h"

namespace vole::race {
namespace {

stack_id some_stack() {
  const std::uintptr_t pcs[] = {0x401000, 0x402000};
  return intern_stack(pcs, 2);
}

// f(context) on a thread of its own.
template <class F>
void on_thread(F f) {
  std::thread([&] {
    context& self = *current_context();
    const inside_guard guard;
    f(self);
  }).join();
}

std::vector<std::uintptr_t> held_at(stack_id stack) {
  std::vector<held_lock> locks;
  EXPECT_TRUE(locks_at(stack, locks));
  std::vector<std::uintptr_t> addresses;
  for (const held_lock& lock : locks) addresses.push_back(lock.lock);
  return addresses;
}

TEST(locks, of_a_stack_are_those_of_its_moment) {
  on_thread([](context& self) {
    char a = 0, b = 0;
    const auto at_a = reinterpret_cast<std::uintptr_t>(&a);
    const auto at_b = reinterpret_cast<std::uintptr_t>(&b);
    const stack_id bare = some_stack();
    EXPECT_EQ(add_locks(self, bare), bare);
    note_locked(self, &a, false, {});
    const stack_id with_a = add_locks(self, bare);
    note_locked(self, &b, true, {});
    const stack_id with_both = add_locks(self, bare);
    note_unlocked(self, &a, false);
    const stack_id with_b = add_locks(self, bare);
    note_unlocked(self, &b, true);
    EXPECT_EQ(add_locks(self, bare), bare);
    EXPECT_EQ(held_at(with_a), std::vector{at_a});
    EXPECT_EQ(held_at(with_both), (std::vector{at_a, at_b}));
    EXPECT_EQ(held_at(with_b), std::vector{at_b});
    std::vector<held_lock> locks;
    locks_at(with_b, locks);
    EXPECT_TRUE(locks[0].is_shared);
    EXPECT_EQ(untagged(with_both), bare);
    std::uintptr_t pcs[4];
    EXPECT_EQ(load_stack(with_both, pcs, 4), 2u) << "the locks show as frames";
    note_locked(self, &a, false, {});
    EXPECT_EQ(add_locks(self, bare), with_a) << "what repeats has the same number";
    note_unlocked(self, &a, false);
  });
}

// Random locking and unlocking in any order, shared and exclusive, recursively, against a list.
TEST(locks, agree_with_a_list) {
  on_thread([](context& self) {
    base::prng random(7);
    char locks[8];
    std::vector<std::pair<std::uintptr_t, bool>> expected;
    const stack_id bare = some_stack();
    for (int round = 0; round < 20'000; ++round) {
      if (expected.size() < 12 && random.below(2) == 0) {
        const std::uint32_t which = random.below(8);
        const bool is_shared = random.below(2) == 0;
        note_locked(self, &locks[which], is_shared, {});
        expected.emplace_back(reinterpret_cast<std::uintptr_t>(&locks[which]), is_shared);
      } else if (!expected.empty()) {
        const auto [lock, is_shared] =
            expected[random.below(static_cast<std::uint32_t>(expected.size()))];
        note_unlocked(self, reinterpret_cast<void*>(lock), is_shared);
        for (std::size_t i = expected.size(); i-- > 0;) {
          if (expected[i] != std::pair(lock, is_shared)) continue;
          expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(i));
          break;
        }
      }
      if (random.below(3) != 0) continue;
      std::vector<held_lock> found;
      ASSERT_TRUE(locks_at(add_locks(self, bare), found));
      std::vector<std::pair<std::uintptr_t, bool>> pairs;
      for (const held_lock& lock : found) pairs.emplace_back(lock.lock, lock.is_shared);
      ASSERT_EQ(pairs, expected) << "round " << round;
    }
    for (const auto& [lock, is_shared] : expected)
      note_unlocked(self, reinterpret_cast<void*>(lock), is_shared);
  });
}

TEST(locks, that_a_stranger_unlocks_are_left_out) {
  static char semaphore = 0, lock = 0;
  on_thread([](context& self) {
    note_locked(self, &semaphore, false, {});
    note_locked(self, &lock, false, {});
    const stack_id stack = add_locks(self, some_stack());
    on_thread([](context& other) { note_unlocked(other, &semaphore, false); });
    std::vector<held_lock> found;
    EXPECT_FALSE(locks_at(stack, found));
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].lock, reinterpret_cast<std::uintptr_t>(&lock));
    note_unlocked(self, &semaphore, false);
    note_unlocked(self, &lock, false);
  });
}

TEST(locks, too_many_to_note_are_said_to_be_unknown) {
  on_thread([](context& self) {
    static char locks[100];
    for (char& each : locks) note_locked(self, &each, false, {});
    std::vector<held_lock> found;
    EXPECT_FALSE(locks_at(add_locks(self, some_stack()), found));
    for (char& each : locks) note_unlocked(self, &each, false);
    EXPECT_TRUE(locks_at(add_locks(self, some_stack()), found));
    EXPECT_TRUE(found.empty());
  });
}

TEST(log, tells_the_last_operations_in_their_order) {
  on_thread([](context& self) {
    char object = 0;
    for (std::uint64_t clock = 1; clock <= 100; ++clock) {
      const sync_scope scope(&self, sync_op::unlock, &object, {});
      note_release(self, clock);
    }
    std::vector<sync_entry> log;
    ASSERT_TRUE(load_log(self.actor_index, log));
    ASSERT_GE(log.size(), 8u);
    for (std::size_t i = 0; i < log.size(); ++i) {
      EXPECT_EQ(log[i].clock, 100 - log.size() + 1 + i);
      EXPECT_EQ(log[i].op, sync_op::unlock);
      EXPECT_TRUE(log[i].is_release);
      EXPECT_EQ(log[i].object, reinterpret_cast<std::uintptr_t>(&object));
    }
  });
}

// A reader beside the writer sees only whole entries, in their order.
TEST(log, can_be_read_while_it_is_written) {
  std::atomic<std::uint32_t> actor{0};
  std::atomic<bool> is_over{false};
  std::thread writer([&] {
    context& self = *current_context();
    const inside_guard guard;
    note_release(self, 1);
    actor = self.actor_index;
    for (std::uint64_t clock = 2; !is_over; ++clock) {
      const sync_scope scope(&self, sync_op::send, reinterpret_cast<void*>(clock << 8), {});
      note_release(self, clock);
    }
  });
  while (actor == 0) std::this_thread::yield();
  for (int round = 0; round < 20'000; ++round) {
    std::vector<sync_entry> log;
    if (!load_log(actor, log)) continue;
    for (std::size_t i = 0; i < log.size(); ++i) {
      if (log[i].clock > 1) ASSERT_EQ(log[i].object, log[i].clock << 8);
      if (i > 0) ASSERT_EQ(log[i].clock, log[i - 1].clock + 1);
    }
  }
  is_over = true;
  writer.join();
}

}  // namespace
}  // namespace vole::race
