// SPDX-License-Identifier: Apache-2.0
// The words of VOLE_TRACEBACK.
#include "event/traceback.h"

#include <gtest/gtest.h>

namespace {

using vole::event::parse_traceback_level;
using vole::event::traceback_level;

TEST(traceback_level, takes_gos_words_and_numbers) {
  const struct {
    const char* text;
    traceback_level level;
  } kRows[] = {{"none", traceback_level::none},     {"0", traceback_level::none},
               {"single", traceback_level::single}, {"", traceback_level::single},
               {"all", traceback_level::all},       {"1", traceback_level::all},
               {"system", traceback_level::system}, {"2", traceback_level::system},
               {"crash", traceback_level::crash}};
  for (const auto& row : kRows) {
    bool is_known = false;
    EXPECT_EQ(parse_traceback_level(row.text, is_known), row.level) << row.text;
    EXPECT_TRUE(is_known) << row.text;
  }
}

TEST(traceback_level, is_single_for_anything_else) {
  for (const char* text : {"ALL", "3", "-1", "all ", "loud"}) {
    bool is_known = true;
    EXPECT_EQ(parse_traceback_level(text, is_known), traceback_level::single) << text;
    EXPECT_FALSE(is_known) << text;
  }
}

}  // namespace
