// SPDX-License-Identifier: Apache-2.0
// Laws of the reader/writer lock.
#include <gtest/gtest.h>
#include <vole/go.h>
#include <vole/sync.h>

#include <atomic>
#include <mutex>
#include <shared_mutex>

#include "tests/support/blocked.h"

using vole::event::wait_reason;
using vole_test::until_blocked;

namespace {

TEST(shared_mutex, readers_get_in_together) {
  vole::shared_mutex m;
  vole::wait_group all, inside;
  inside.add(4);
  for (int g = 0; g < 4; ++g)
    all.go([&] {
      const std::shared_lock reading(m);
      inside.done();
      inside.wait();  // returns only if all four are in at once
    });
  all.wait();
}

TEST(shared_mutex, a_writer_waits_for_the_readers_inside_and_keeps_new_ones_out) {
  vole::shared_mutex m;
  m.lock_shared();
  m.lock_shared();
  std::atomic<int> order = 0, writer_was = 0, reader_was = 0;
  vole::wait_group all;
  all.go([&] {
    const std::unique_lock writing(m);
    writer_was = ++order;
  });
  until_blocked(wait_reason::rw_mutex_lock);
  all.go([&] {
    const std::shared_lock reading(m);
    reader_was = ++order;
  });
  until_blocked(wait_reason::rw_mutex_rlock);
  EXPECT_FALSE(m.try_lock_shared());
  m.unlock_shared();
  EXPECT_EQ(order, 0);
  m.unlock_shared();
  all.wait();
  EXPECT_EQ(writer_was, 1);
  EXPECT_EQ(reader_was, 2);
}

TEST(shared_mutex, readers_that_waited_go_before_the_next_writer) {
  vole::shared_mutex m;
  m.lock();
  std::atomic<int> readers = 0;
  vole::wait_group all;
  all.go([&] {
    const std::unique_lock writing(m);
    EXPECT_EQ(readers, 3);
  });
  until_blocked(wait_reason::mutex_lock);  // behind another writer: Go's word, too
  for (std::size_t i = 0; i < 3; ++i) {
    all.go([&] {
      const std::shared_lock reading(m);
      ++readers;
    });
    until_blocked(wait_reason::rw_mutex_rlock, i + 1);
  }
  m.unlock();
  all.wait();
}

TEST(shared_mutex, any_goroutine_may_unlock) {
  vole::shared_mutex m;
  vole::wait_group other;
  m.lock();
  other.go([&] { m.unlock(); });
  other.wait();
  m.lock_shared();
  other.go([&] { m.unlock_shared(); });
  other.wait();
  EXPECT_TRUE(m.try_lock());
  m.unlock();
}

TEST(shared_mutex, writers_and_readers_never_overlap) {
  vole::shared_mutex m;
  std::atomic<int> readers = 0, writers = 0;
  long plain = 0;
  vole::wait_group all;
  for (int g = 0; g < 9; ++g)
    all.go([&, g] {
      for (int i = 0; i < 300; ++i) {
        if (g % 3 == 0) {
          const std::unique_lock writing(m);
          EXPECT_EQ(++writers, 1);
          EXPECT_EQ(readers, 0);
          ++plain;
          if (i % 16 == 0) vole::yield();
          --writers;
        } else {
          const std::shared_lock reading(m);
          ++readers;
          EXPECT_EQ(writers, 0);
          if (i % 16 == 0) vole::yield();
          --readers;
        }
      }
    });
  all.wait();
  EXPECT_EQ(plain, 900);
}

TEST(shared_mutex_death, misuse_is_fatal_in_the_words_of_go) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(vole::shared_mutex().unlock(), ::testing::ExitedWithCode(2),
              "fatal error: sync: Unlock of unlocked RWMutex");
  EXPECT_EXIT(vole::shared_mutex().unlock_shared(), ::testing::ExitedWithCode(2),
              "fatal error: sync: RUnlock of unlocked RWMutex");
}

}  // namespace
