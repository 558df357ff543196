// SPDX-License-Identifier: Apache-2.0
// What the race detector hears of input and output: a write before the system call, a read after
// it.
#include "tests/support/announcements.h"

#include <algorithm>

#include "tests/net/support.h"

namespace {

using namespace net_test;
using vole_test::recorder;

TEST(announcement, a_write_comes_before_the_read_of_what_it_wrote) {
  const conn_pair both = connected();
  const recorder listening;
  recorder::name_self("main");
  both.client.write("four");
  char buffer[16];
  both.server.read(buffer);
  const std::vector<std::string> heard = recorder::taken();
  const auto written = std::find(heard.begin(), heard.end(), "main wrote 4 bytes");
  const auto read = std::find(heard.begin(), heard.end(), "main read 4 bytes");
  ASSERT_NE(written, heard.end());
  ASSERT_NE(read, heard.end());
  EXPECT_LT(written, read);
}

TEST(announcement, the_end_is_a_read_of_no_bytes) {
  const conn_pair both = connected();
  both.client.close();
  const recorder listening;
  recorder::name_self("main");
  char buffer[16];
  both.server.read(buffer);
  const std::vector<std::string> heard = recorder::taken();
  EXPECT_NE(std::find(heard.begin(), heard.end(), "main read 0 bytes"), heard.end());
}

}  // namespace
