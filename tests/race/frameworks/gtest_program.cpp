// SPDX-License-Identifier: Apache-2.0
// GoogleTest: the test in which the race is found fails, those beside it pass.
#include <vole/gtest.h>

#include "cases.h"

TEST(races, first_clean) { write_in_turn(); }
TEST(races, racy) { write_at_once(); }
TEST(races, then_clean) { write_in_turn(); }
TEST(races, guarded_clean) {
  const vole::testing::verify_no_races races;
  write_in_turn();
}

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  testing::UnitTest::GetInstance()->listeners().Append(new vole::testing::race_listener);
  return RUN_ALL_TESTS();
}
