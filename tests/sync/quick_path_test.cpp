// SPDX-License-Identifier: Apache-2.0
// Laws of the inlined halves of lock(), unlock(), add() and their like: they leave nothing out that
// a listener, the census, a foreign thread or a misuser would notice.
#include <gtest/gtest.h>
#include <vole/go.h>
#include <vole/panic.h>
#include <vole/sync.h>
#include <vole/synctest.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "event/census.h"
#include "tests/support/announcements.h"
#include "tests/support/blocked.h"

using vole::event::wait_reason;
using vole_test::recorder;
using vole_test::until_blocked;
using lines = std::vector<std::string>;

namespace {

TEST(quick_path, what_was_taken_unheard_is_given_back_aloud) {
  static_cast<void>(vole::goroutine_id());
  vole::mutex m;
  vole::shared_mutex written, read;
  vole::wait_group group;
  m.lock();
  written.lock();
  read.lock_shared();
  group.add();
  {
    recorder heard;
    recorder::name_self("main");
    m.unlock();
    written.unlock();
    read.unlock_shared();
    group.done();
    group.wait();
    EXPECT_EQ(recorder::taken(), (lines{"main released", "main released", "main released shared",
                                        "main done", "main waited"}));
    m.lock();
    written.lock();
    read.lock_shared();
    group.add();
  }
  m.unlock();
  written.unlock();
  read.unlock_shared();
  group.done();
  group.wait();
  EXPECT_TRUE(m.try_lock());
  m.unlock();
  EXPECT_TRUE(written.try_lock());
  written.unlock();
  EXPECT_TRUE(read.try_lock());
  read.unlock();
}

// The first call of a thread that nobody knows yet.
TEST(quick_path, serves_a_foreign_thread_from_its_first_call) {
  vole::mutex m;
  vole::shared_mutex s;
  vole::wait_group group;
  vole::once once;
  int plain = 0;
  const auto in_a_thread = [](auto f) { std::thread(f).join(); };
  in_a_thread([&] {
    m.lock();
    ++plain;
    m.unlock();
  });
  in_a_thread([&] {
    s.lock();
    ++plain;
    s.unlock();
  });
  in_a_thread([&] {
    s.lock_shared();
    s.unlock_shared();
  });
  group.add();
  in_a_thread([&] { group.done(); });
  in_a_thread([&] { group.wait(); });
  for (int i = 0; i < 2; ++i) in_a_thread([&] { once.call([&] { ++plain; }); });
  EXPECT_EQ(plain, 3);
  EXPECT_TRUE(m.try_lock());
  m.unlock();
  EXPECT_TRUE(s.try_lock());
  s.unlock();
}

// The goroutine that the last waiter for `reason` waits for; null: not known.
const vole::event::goroutine* owner_waited_for(wait_reason reason) {
  struct look {
    wait_reason reason;
    const vole::event::goroutine* owner = nullptr;
  } result{reason};
  vole::event::for_each_goroutine(
      [](void* argument, const vole::event::goroutine_view& view) {
        auto& self = *static_cast<look*>(argument);
        if (view.state == vole::event::goroutine_state::waiting && view.reason == self.reason)
          self.owner = view.waits_for.owner;
      },
      &result);
  return result.owner;
}

TEST(quick_path, the_census_knows_who_has_the_lock) {
  vole::mutex m;
  vole::shared_mutex s;
  vole::wait_group all;
  m.lock();
  all.go([&] { const std::lock_guard hold(m); });
  until_blocked(wait_reason::mutex_lock);
  EXPECT_EQ(owner_waited_for(wait_reason::mutex_lock), vole::event::current());
  m.unlock();
  all.wait();
  s.lock();
  all.go([&] { const std::shared_lock hold(s); });
  until_blocked(wait_reason::rw_mutex_rlock);
  EXPECT_EQ(owner_waited_for(wait_reason::rw_mutex_rlock), vole::event::current());
  all.go([&] { const std::unique_lock hold(s); });
  until_blocked(wait_reason::mutex_lock);
  EXPECT_EQ(owner_waited_for(wait_reason::mutex_lock), vole::event::current());
  s.unlock();
  all.wait();
}

// A goroutine owns what it locked wherever it goes on.
TEST(quick_path, an_owner_may_move_to_another_thread) {
  vole::wait_group all;
  for (int g = 0; g < 8; ++g)
    all.go([] {
      vole::mutex mine;
      for (int i = 0; i < 200; ++i) {
        mine.lock();
        vole::yield();
        mine.unlock();
      }
    });
  all.wait();
}

TEST(quick_path, a_group_may_die_as_soon_as_anybody_finds_it_done) {
  for (int i = 0; i < 2000; ++i) {
    auto group = std::make_unique<vole::wait_group>();
    vole::wait_group waiter;
    group->add();
    waiter.go([g = group.get()] { g->wait(); });
    vole::go([g = group.get()] { g->done(); });
    group->wait();  // either parks, or finds zero, or somebody about to let the other one go
    waiter.wait();
    group.reset();
  }
}

TEST(quick_path, a_shared_mutex_may_die_as_soon_as_its_last_user_has_left) {
  for (int i = 0; i < 2000; ++i) {
    struct counted {
      vole::shared_mutex lock;
      int users = 3;
    };
    auto* const it = new counted;
    std::atomic<int> gone = 0;
    const auto leave = [it, &gone] {
      it->lock.lock_shared();
      it->lock.unlock_shared();
      bool is_last = false;
      {
        const std::unique_lock writing(it->lock);
        is_last = --it->users == 0;
      }
      if (is_last) delete it;
      ++gone;
    };
    vole::wait_group all;
    for (int g = 0; g < 3; ++g) all.go(leave);
    all.wait();
    EXPECT_EQ(gone, 3);
  }
}

// Counting on the way to a wait, with waiters: every path of done().
TEST(quick_path, a_count_survives_everybody_at_once) {
  for (int round = 0; round < 100; ++round) {
    vole::wait_group group, all;
    group.add(4 * 50);
    for (int g = 0; g < 4; ++g)
      all.go([&, g] {
        for (int i = 0; i < 50; ++i) {
          group.add();
          if (i % 7 == g) vole::yield();
          group.done();
          group.done();
        }
      });
    for (int g = 0; g < 3; ++g) all.go([&] { group.wait(); });
    group.wait();
    all.wait();
    EXPECT_THROW(group.done(), vole::negative_wait_group_counter);
    group.wait();
  }
}

TEST(quick_path, readers_and_writers_keep_their_count_under_every_mixture) {
  vole::shared_mutex m;
  long plain = 0, seen = 0;
  vole::wait_group all;
  for (int g = 0; g < 6; ++g)
    all.go([&, g] {
      for (int i = 0; i < 400; ++i) {
        if ((i + g) % 3 == 0) {
          const std::unique_lock writing(m);
          if (i % 32 == 0) vole::yield();
          ++plain;
        } else if ((i + g) % 7 == 0 && m.try_lock()) {
          ++plain;
          m.unlock();
        } else if (i % 5 == 0 && m.try_lock_shared()) {
          m.unlock_shared();
        } else {
          const std::shared_lock reading(m);
          if (i % 16 == 0) vole::yield();
          std::atomic_ref(seen).fetch_add(plain & 1, std::memory_order_relaxed);
        }
      }
    });
  all.wait();
  EXPECT_GE(plain, 6 * 133);
  EXPECT_TRUE(m.try_lock()) << "nobody is left in it";
  m.unlock();
}

TEST(quick_path_death, misuse_is_fatal_behind_it_too) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto fails = [](auto f, const char* words) {
    EXPECT_EXIT(f(), ::testing::ExitedWithCode(2), words);
  };
  fails(
      [] {
        vole::mutex m;
        m.lock();
        vole::wait_group other;
        other.go([&] { m.unlock(); });
        other.wait();
      },
      "fatal error: sync: unlock of unlocked mutex");
  fails(
      [] {
        vole::shared_mutex m;
        m.lock_shared();
        m.unlock();
      },
      "fatal error: sync: Unlock of unlocked RWMutex");
  fails(
      [] {
        vole::shared_mutex m;
        m.lock();
        m.unlock_shared();
      },
      "fatal error: sync: RUnlock of unlocked RWMutex");
  fails(
      [] {
        vole::shared_mutex m;
        m.lock_shared();
        vole::go([&] { m.lock(); });
        until_blocked(wait_reason::rw_mutex_lock);
        m.unlock();
      },
      "fatal error: sync: Unlock of unlocked RWMutex");
}

// A bubble's group knows whose it is from the first add() on, whatever was inlined before.
TEST(quick_path_death, a_bubble_closes_it) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        vole::wait_group group;
        group.add();
        group.done();
        group.add();
        vole::synctest::test([&] { group.add(); });
      },
      ::testing::ExitedWithCode(2),
      "sync: WaitGroup.Add called from inside and outside synctest bubble");
}

}  // namespace
