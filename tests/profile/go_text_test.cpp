// SPDX-License-Identifier: Apache-2.0
// Goal: texts are quoted and aligned as Go's strconv and text/tabwriter do it. The expected strings
// were printed by Go programs.
#include "profile/go_text.h"

#include <gtest/gtest.h>

namespace {

using vole::profile::go_columns;
using vole::profile::go_quoted;
using vole::profile::go_quoted_if_needed;

TEST(go_text, quoting_escapes_what_is_not_printable) {
  EXPECT_EQ(go_quoted("plain"), R"("plain")");
  EXPECT_EQ(go_quoted("a\"b\\c\n\t\r"), R"("a\"b\\c\n\t\r")");
  EXPECT_EQ(go_quoted(std::string_view("\0\x1b\x7f", 3)), R"("\x00\x1b\x7f")");
  EXPECT_EQ(go_quoted("gr\xc3\xbc\xc3\x9f"), "\"gr\xc3\xbc\xc3\x9f\"");
  EXPECT_EQ(go_quoted("\xff\xc3("), R"("\xff\xc3(")");
  EXPECT_EQ(go_quoted("\xe0\x80\x80"), R"("\xe0\x80\x80")");
  EXPECT_EQ(go_quoted("\xf0\x9f\x90\xad"), "\"\xf0\x9f\x90\xad\"");
  EXPECT_EQ(go_quoted(""), R"("")");
}

TEST(go_text, simple_words_stay_without_quotes) {
  EXPECT_EQ(go_quoted_if_needed("worker-7/x.y_z"), "worker-7/x.y_z");
  EXPECT_EQ(go_quoted_if_needed("two words"), R"("two words")");
  EXPECT_EQ(go_quoted_if_needed("a:b"), R"("a:b")");
  EXPECT_EQ(go_quoted_if_needed(""), R"("")");
}

TEST(go_text, columns_are_as_wide_as_their_widest_cell) {
  EXPECT_EQ(go_columns({{"#", "0x1234", "short+0x1", "f:1"},
                        {"#", "0x1234567", "a_longer_function+0x10", "f:2"}}),
            "#\t0x1234\t\tshort+0x1\t\tf:1\n#\t0x1234567\ta_longer_function+0x10\tf:2\n");
  EXPECT_EQ(go_columns({{"#", "1234567", "x"}}), "#\t1234567\tx\n");
  EXPECT_EQ(go_columns({{"#", "12345678", "x"}}), "#\t12345678\tx\n");
  EXPECT_EQ(go_columns({}), "");
}

TEST(go_text, a_row_without_a_column_ends_the_column) {
  EXPECT_EQ(go_columns({{"#", "1", "a", "x"}, {"#", "1"}, {"#", "123456789", "b", "y"}}),
            "#\t1\ta\tx\n#\t1\n#\t123456789\tb\ty\n");
}

}  // namespace
