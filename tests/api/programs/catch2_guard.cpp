// SPDX-License-Identifier: Apache-2.0
// A Catch2 program with the scope guard: the second test leaks and fails, the first passes.
#define CATCH_CONFIG_MAIN
#include <vole/catch2.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <catch2/catch.hpp>

TEST_CASE("clean") {
  const vole::testing::verify_none leaks;
  const auto done = vole::make_chan<int>();
  vole::go([done] { done.send(1); });
  REQUIRE(done.recv() == 1);
}

TEST_CASE("leaks") {
  const vole::testing::verify_none leaks{vole::leak::max_wait(std::chrono::milliseconds(50))};
  vole::go([] { vole::make_chan<int>().recv(); });
}
