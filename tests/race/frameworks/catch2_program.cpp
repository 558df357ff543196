// SPDX-License-Identifier: Apache-2.0
// Catch2: the test in which the race is found fails, those beside it pass.
#define CATCH_CONFIG_MAIN
#include <vole/catch2.h>

#include "cases.h"

using vole::testing::race_listener;  // Catch2 2.x makes a name of the argument
CATCH_REGISTER_LISTENER(race_listener)

TEST_CASE("first_clean") { write_in_turn(); }
TEST_CASE("racy") { write_at_once(); }
TEST_CASE("then_clean") { write_in_turn(); }
TEST_CASE("guarded_clean") {
  const vole::testing::verify_no_races races;
  write_in_turn();
}
