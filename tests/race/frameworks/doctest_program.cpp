// SPDX-License-Identifier: Apache-2.0
// doctest: the test in which the race is found fails, those beside it pass.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <vole/doctest.h>

#include "cases.h"

REGISTER_LISTENER("races", 1, vole::testing::race_listener);

TEST_CASE("first_clean") { write_in_turn(); }
TEST_CASE("racy") { write_at_once(); }
TEST_CASE("then_clean") { write_in_turn(); }
TEST_CASE("guarded_clean") {
  const vole::testing::verify_no_races races;
  write_in_turn();
}
