// SPDX-License-Identifier: Apache-2.0
// <vole/vole.h> alone brings every name of the contract but those of the test frameworks; and main.
#include <vole/vole.h>

#include <vole/gtest.h>

#include <cstdio>

#include "support.h"

namespace {

TEST(whole, one_header_brings_all_names) {
  const auto ch = vole::make_chan<int>(1);
  vole::once once;
  once.call([] {});
  vole::errgroup group;
  vole::singleflight<int, int> flights;
  const auto [ctx, cancel] = vole::with_cancel(vole::background());
  vole::ticker tick{std::chrono::hours(1)};
  const vole::defer d([] {});
  EXPECT_EQ(vole::select(vole::on_recv(ch), vole::on_default()), 1u);
  EXPECT_NE(vole::pprof::lookup("goroutine"), nullptr);
  EXPECT_GE(vole::race::error_count(), 0u);
  EXPECT_FALSE(vole::leak::find());
}

}  // namespace

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const int status = vole::testing::verify_test_main();
  if (vole::race::error_count() == vole_test::races_planted) return status;
  std::fputs("the race detector has reported what no test planted\n", stderr);
  return 1;
}
