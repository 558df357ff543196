// SPDX-License-Identifier: Apache-2.0
// What the primitives of sync announce: releases before anybody can get in, acquires after.
#include <gtest/gtest.h>
#include <vole/go.h>
#include <vole/sync.h>

#include <mutex>
#include <shared_mutex>
#include <string>
#include <vector>

#include "tests/support/announcements.h"
#include "tests/support/blocked.h"

using vole::event::wait_reason;
using vole_test::recorder;
using vole_test::until_blocked;
using lines = std::vector<std::string>;

namespace {

struct sync_announcement : ::testing::Test {
  void SetUp() override {
    static_cast<void>(vole::goroutine_id());
    recorder::name_self("main");
  }
  recorder heard;
};

TEST_F(sync_announcement, a_mutex_tells_of_every_success) {
  vole::mutex m;
  m.lock();
  EXPECT_FALSE(m.try_lock());
  m.unlock();
  EXPECT_TRUE(m.try_lock());
  m.unlock();
  EXPECT_EQ(heard.taken(),
            (lines{"main acquired", "main released", "main acquired", "main released"}));
}

TEST_F(sync_announcement, the_release_of_a_mutex_comes_before_the_next_acquire) {
  vole::mutex m;
  m.lock();
  vole::go([&] {
    recorder::name_self("g");
    const std::lock_guard hold(m);
  });
  until_blocked(wait_reason::mutex_lock);
  m.unlock();
  vole_test::until_alone();
  EXPECT_EQ(heard.taken(), (lines{"main acquired", "main released", "g acquired", "g released"}));
}

TEST_F(sync_announcement, a_shared_mutex_tells_the_mode) {
  vole::shared_mutex m;
  m.lock();
  vole::go([&] {
    recorder::name_self("g");
    const std::shared_lock reading(m);
  });
  until_blocked(wait_reason::rw_mutex_rlock);
  m.unlock();
  vole_test::until_alone();
  EXPECT_EQ(heard.taken(),
            (lines{"main acquired", "main released", "g acquired shared", "g released shared"}));
}

TEST_F(sync_announcement, a_notification_names_the_one_it_wakes) {
  vole::mutex m;
  vole::condition_variable cv;
  for (const char* name : {"g", "h"}) {
    vole::go([&, name] {
      recorder::name_self(name);
      std::unique_lock hold(m);
      cv.wait(hold);
    });
    until_blocked(wait_reason::cond_wait, name[0] == 'g' ? 1 : 2);
  }
  heard.clear();
  cv.notify_one();
  vole_test::until([] { return vole::num_goroutine() == 2; });
  cv.notify_one();
  vole_test::until_alone();
  cv.notify_one();
  EXPECT_EQ(heard.taken(), (lines{"main notified g", "g acquired", "g released", "main notified h",
                                  "h acquired", "h released"}));
}

TEST_F(sync_announcement, every_done_comes_before_the_wait_it_unblocks) {
  vole::wait_group group;
  group.add(2);
  group.done();
  group.done();
  group.wait();
  EXPECT_EQ(heard.taken(), (lines{"main done", "main done", "main waited"}));
}

TEST_F(sync_announcement, once_tells_of_the_end_and_of_each_return) {
  vole::once once;
  once.call([] {});
  once.call([] {});
  EXPECT_EQ(heard.taken(), (lines{"main once done", "main once observed"}));
}

TEST_F(sync_announcement, a_pool_tells_of_the_item) {
  vole::pool<int> items([] { return 1; });
  items.get();
  items.put(2);
  items.get();
  EXPECT_EQ(heard.taken(), (lines{"main put", "main got"}));
}

}  // namespace
