// SPDX-License-Identifier: Apache-2.0
// Announcements reach exactly the listeners that are attached, in the order of attachment.
#include "event/emit.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {
namespace event = vole::event;

std::vector<std::string>& heard() {
  static std::vector<std::string> log;
  return log;
}

constexpr event::listener first{.once_done = [](const void*) { heard().emplace_back("first"); }};
constexpr event::listener second{.group_done = [](const void*) { heard().emplace_back("group"); },
                                 .once_done = [](const void*) { heard().emplace_back("second"); }};

TEST(emit, reaches_listeners_in_order_of_attachment) {
  heard().clear();
  event::emit::once_done(nullptr);
  EXPECT_TRUE(heard().empty());
  event::attach(first);
  event::attach(second);
  event::emit::once_done(nullptr);
  event::emit::group_done(nullptr);
  EXPECT_EQ(heard(), (std::vector<std::string>{"first", "second", "group"}));
  event::detach(first);
  event::emit::once_done(nullptr);
  EXPECT_EQ(heard().back(), "second");
  event::detach(second);
  const std::size_t before = heard().size();
  event::emit::once_done(nullptr);
  EXPECT_EQ(heard().size(), before);
}

TEST(emit, an_event_is_listened_to_only_while_a_handler_exists) {
  EXPECT_FALSE(event::is_listened(event::kind::once_done));
  event::attach(first);
  EXPECT_TRUE(event::is_listened(event::kind::once_done));
  EXPECT_FALSE(event::is_listened(event::kind::group_done));
  event::detach(first);
  EXPECT_FALSE(event::is_listened(event::kind::once_done));
}

TEST(emit, attaching_twice_ends_the_process) {
  EXPECT_DEATH(
      {
        event::attach(first);
        event::attach(first);
      },
      "a listener is attached twice");
}

TEST(wait_reason, words_are_those_of_go) {
  EXPECT_EQ(event::text(event::wait_reason::chan_receive_nil), "chan receive (nil chan)");
  EXPECT_EQ(event::text(event::wait_reason::select_no_cases), "select (no cases)");
  EXPECT_EQ(event::text(event::wait_reason::mutex_lock), "sync.Mutex.Lock");
}

}  // namespace
