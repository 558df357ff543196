// SPDX-License-Identifier: Apache-2.0
// How a bubble fails: its words, whom it shows, and what is left of it.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/context.h>
#include <vole/go.h>
#include <vole/gtest.h>
#include <vole/leak.h>
#include <vole/panic.h>
#include <vole/select.h>
#include <vole/sync.h>
#include <vole/synctest.h>

#include <mutex>
#include <regex>
#include <string>
#include <thread>

#include "tests/support/blocked.h"

namespace synctest = vole::synctest;
using namespace std::chrono_literals;

namespace {

constexpr const char* kAllBlocked = "deadlock: all goroutines in bubble are blocked\n\n";
constexpr const char* kSomeRemain =
    "deadlock: main bubble goroutine has exited but blocked goroutines remain\n\n";

class bubble_deadlock : public ::testing::Test {
 protected:
  void TearDown() override { vole_test::until_alone(); }
};

template <class F>
std::string failure_of(F body) {
  try {
    synctest::test(body);
  } catch (const vole::deadlock& failure) {
    return failure.what();
  }
  return "no deadlock";
}

bool begins(const std::string& text, const std::string& with) { return text.rfind(with, 0) == 0; }

bool has(const std::string& text, const std::string& pattern) {
  return std::regex_search(text, std::regex(pattern));
}

TEST_F(bubble_deadlock, when_the_body_is_blocked_for_ever) {
  const std::string text = failure_of([] { vole::select(); });
  EXPECT_TRUE(begins(text, kAllBlocked)) << text;
  EXPECT_TRUE(has(text,
                  "goroutine \\d+ \\[select \\(no cases\\) \\(durable\\), synctest bubble "
                  "\\d+\\]:"))
      << text;
}

TEST_F(bubble_deadlock, when_the_body_has_ended_and_others_remain) {
  const std::string text = failure_of([] { vole::go([] { vole::chan<int>().recv(); }); });
  EXPECT_TRUE(begins(text, kSomeRemain)) << text;
  EXPECT_TRUE(has(text, "\\[chan receive \\(nil chan\\) \\(durable\\), synctest bubble")) << text;
}

TEST_F(bubble_deadlock, since_time_stands_still_after_the_body) {
  EXPECT_TRUE(begins(failure_of([] {
                       vole::go([] {
                         vole::ticker every(1s);
                         every.c().recv();
                         ADD_FAILURE() << "the ticker ticked";
                       });
                     }),
                     kSomeRemain));
  EXPECT_TRUE(begins(failure_of([] { vole::go([] { vole::sleep(1s); }); }), kSomeRemain));
}

TEST_F(bubble_deadlock, shows_each_goroutine_of_the_bubble_and_nobody_else) {
  const auto outside = vole::make_chan<vole::unit>();
  vole::go(vole::spawn{.name = "outsider"}, [outside] { outside.recv(); });
  const std::string text = failure_of([] {
    const auto ch = vole::make_chan<int>();
    vole::go(vole::spawn{.name = "receiver"}, [ch] { ch.recv(); });
    const auto full = vole::make_chan<int>();
    vole::go(vole::spawn{.name = "sender"}, [full] { full.send(1); });
    vole::go(vole::spawn{.name = "group"}, [] {
      vole::wait_group group;
      group.add();
      group.wait();
    });
    const auto other = vole::make_chan<int>();
    vole::select(vole::on_recv(other), vole::on_send(other, 1));
  });
  EXPECT_TRUE(begins(text, kAllBlocked)) << text;
  for (const char* line :
       {"chan receive \\(durable\\), synctest bubble \\d+, name \"receiver\"",
        "chan send \\(durable\\), synctest bubble \\d+, name \"sender\"",
        "sync.WaitGroup.Wait \\(durable\\), synctest bubble \\d+, name \"group\"",
        "select \\(durable\\), synctest bubble \\d+\\]"})
    EXPECT_TRUE(has(text, line)) << line << " in\n" << text;
  EXPECT_FALSE(has(text, "outsider")) << text;
  EXPECT_TRUE(has(text, "created by ")) << text;
  outside.close();
}

TEST_F(bubble_deadlock, comes_after_all_timers) {
  bool has_slept = false;
  const std::string text = failure_of([&] {
    vole::go([&] {
      vole::sleep(24h);
      has_slept = true;
    });
    vole::chan<int>().send(1);
  });
  EXPECT_TRUE(begins(text, kAllBlocked)) << text;
  EXPECT_TRUE(has_slept);
}

TEST_F(bubble_deadlock, is_reported_on_a_thread_too) {
  std::string text;
  std::thread([&] { text = failure_of([] { vole::select(); }); }).join();
  EXPECT_TRUE(begins(text, kAllBlocked)) << text;
}

TEST_F(bubble_deadlock, gives_way_to_an_exception_of_the_body) {
  EXPECT_THROW(synctest::test([] {
                 vole::go([] { vole::select(); });
                 throw 3;
               }),
               int);
}

TEST_F(bubble_deadlock, leaves_nobody_that_counts) {
  const vole::testing::verify_none leaks;
  for (int i = 0; i < 10; ++i) {
    const std::size_t before = vole::num_goroutine();
    failure_of([] {
      for (int k = 0; k < 5; ++k) vole::go([] { vole::select(); });
      vole::select();
    });
    EXPECT_EQ(vole::num_goroutine(), before);
  }
  EXPECT_FALSE(vole::leak::find_unreachable());
}

TEST_F(bubble_deadlock, harms_no_later_bubble) {
  for (int i = 0; i < 10; ++i) {
    failure_of([] {
      vole::go([] { vole::sleep(1h); });
      auto [ctx, cancel] = vole::with_timeout(vole::background(), 1h);
      vole::after_func(1h, [] { ADD_FAILURE() << "time went on in a bubble that has failed"; });
    });
    synctest::test([] { vole::sleep(24h); });
  }
}

TEST_F(bubble_deadlock, what_remains_is_not_woken_by_an_outer_context) {
  auto [outer, cancel] = vole::with_cancel(vole::background());
  const std::string text = failure_of([&outer = outer] {
    vole::go([outer] {
      auto [inner, stop] = vole::with_cancel(outer);
      inner.done().recv();
      ADD_FAILURE() << "went on in a bubble that has failed";
    });
  });
  EXPECT_TRUE(begins(text, kSomeRemain)) << text;
  cancel();
}

TEST_F(bubble_deadlock, a_wait_is_one_when_nothing_else_can_happen_only_to_the_others) {
  const std::string text = failure_of([] {
    vole::go([] { vole::select(); });
    synctest::wait();
    synctest::wait();
  });
  EXPECT_TRUE(begins(text, kSomeRemain)) << text;
}

}  // namespace
