// SPDX-License-Identifier: Apache-2.0
// VOLE_DEBUG's items, and what is said of those that are none.
#include "base/debug_options.h"

#include <gtest/gtest.h>

namespace {

using vole::base::debug_options;
using vole::base::parse_debug_options;

TEST(debug_options, are_off_unless_asked_for) {
  const debug_options none = parse_debug_options("");
  EXPECT_FALSE(none.says_fallbacks);
  EXPECT_EQ(none.schedtrace_ms, 0);
  EXPECT_FALSE(none.has_scheddetail);
  EXPECT_TRUE(none.handles_sigquit);
  EXPECT_TRUE(none.follows_machine);
  EXPECT_FALSE(none.measures_stacks);
}

TEST(debug_options, are_a_list_with_commas) {
  const debug_options all = parse_debug_options(
      "fallbacks=1,schedtrace=1000,scheddetail=1,sigquit=0,updatemaxprocs=0,stacks=1");
  EXPECT_TRUE(all.measures_stacks);
  EXPECT_TRUE(all.says_fallbacks);
  EXPECT_EQ(all.schedtrace_ms, 1000);
  EXPECT_TRUE(all.has_scheddetail);
  EXPECT_FALSE(all.handles_sigquit);
  EXPECT_FALSE(all.follows_machine);
}

TEST(debug_options, a_bare_1_stands_for_fallbacks) {
  EXPECT_TRUE(parse_debug_options("1").says_fallbacks);
  EXPECT_FALSE(parse_debug_options("0").says_fallbacks);
}

TEST(debug_options, the_first_item_that_is_not_understood_is_named) {
  for (const char* bad : {"x", "x=1", "schedtrace", "schedtrace=", "schedtrace=1s", "schedtrace=-1",
                          "schedtrace=99999999999", "=", "2"}) {
    std::string_view complaint;
    const debug_options parsed = parse_debug_options(bad, &complaint);
    EXPECT_EQ(complaint, bad);
    EXPECT_EQ(parsed.schedtrace_ms, 0) << bad;
  }
  std::string_view complaint;
  const debug_options rest = parse_debug_options(",,a=1,schedtrace=5,b=1,", &complaint);
  EXPECT_EQ(complaint, "a=1");
  EXPECT_EQ(rest.schedtrace_ms, 5);
}

}  // namespace
