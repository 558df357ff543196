// SPDX-License-Identifier: Apache-2.0
// A test program that ends with verify_test_main: its test passes and leaks, so the program fails.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/gtest.h>

TEST(main, leaks) {
  vole::go([] { vole::make_chan<int>().recv(); });
}

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  return vole::testing::verify_test_main(vole::leak::max_wait(std::chrono::milliseconds(50)));
}
