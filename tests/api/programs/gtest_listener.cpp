// SPDX-License-Identifier: Apache-2.0
// A test program with leak_listener: three tests, of which the second leaks; only that one may
// fail.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/gtest.h>

TEST(listener, clean_before) {
  const auto done = vole::make_chan<int>();
  vole::go([done] { done.send(1); });
  EXPECT_EQ(done.recv(), 1);
}

TEST(listener, leaks) {
  vole::go([] { vole::make_chan<int>().recv(); });
}

TEST(listener, clean_after) {
  const auto done = vole::make_chan<int>();
  vole::go([done] { done.send(1); });
  EXPECT_EQ(done.recv(), 1);
}

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  ::testing::UnitTest::GetInstance()->listeners().Append(new vole::testing::leak_listener);
  return RUN_ALL_TESTS();
}
