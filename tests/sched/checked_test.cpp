// SPDX-License-Identifier: Apache-2.0
// Goal: VOLE_CHECKED=1 moves goroutines at every switch and finds waits with a lock of the C
// library held; pins stay. Method: runs of the program `checked`, the first argument.
#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>
#include <string>

#include "program.h"

namespace {

using sched_test::outcome;
using sched_test::with_environment;

std::string program;

outcome run(const std::string& name) { return sched_test::run({program, name}); }

bool has_other_workers() {
  const char* const procs = std::getenv("VOLE_MAXPROCS");
  return procs == nullptr || std::string(procs) != "1";
}

// As fatal, blamed on `what` at the lock in this function.
void expect_blamed(const std::string& name, const std::string& what) {
  const outcome seen = run(name);
  EXPECT_EQ(seen.status, 2) << seen.err;
  const std::regex words("^fatal error: goroutine " + what +
                         " while it holds a pthread mutex locked at 0x[0-9a-f]+ "
                         "\\(.*" +
                         name + ".* at /.*checked.cpp:[0-9]+\\)\n\ngoroutine ");
  EXPECT_TRUE(std::regex_search(seen.err, words)) << seen.err;
}

TEST(checked, each_switch_changes_the_thread_where_there_is_another) {
  const with_environment on("VOLE_CHECKED", "1");
  for (const char* name : {"yields_change_threads", "waits_change_threads"}) {
    const outcome seen = run(name);
    EXPECT_EQ(seen.status, 0) << seen.err;
    if (has_other_workers())
      EXPECT_GE(std::atoi(seen.out.c_str()), 90) << name;
    else
      EXPECT_EQ(seen.out, "0\n") << name;
  }
}

TEST(checked, a_wait_with_a_lock_held_is_fatal_and_says_where_it_was_locked) {
  const with_environment on("VOLE_CHECKED", "1");
  expect_blamed("wait_under_a_mutex", "parks");
  expect_blamed("wait_under_a_shared_mutex", "parks");
  expect_blamed("yield_under_a_tried_mutex", "yields");
  expect_blamed("blocking_under_a_mutex", "calls blocking\\(\\)");
  expect_blamed("end_under_a_mutex", "ends");
}

TEST(checked, locks_in_order_are_left_alone) {
  const with_environment on("VOLE_CHECKED", "1");
  for (const char* name : {"locks_that_are_given_back", "a_thread_may_hold_a_lock_over_a_wait"}) {
    const outcome seen = run(name);
    EXPECT_EQ(seen.status, 0) << name << seen.err;
    EXPECT_EQ(seen.err, "") << name;
  }
}

TEST(checked, nothing_is_watched_unless_asked_for) {
  const with_environment off("VOLE_CHECKED", "0");
  EXPECT_EQ(run("yield_under_a_tried_mutex").status, 0);
  EXPECT_EQ(run("blocking_under_a_mutex").status, 0);
  const with_environment bad("VOLE_CHECKED", "yes");
  EXPECT_EQ(run("blocking_under_a_mutex").err,
            "vole: VOLE_CHECKED=yes is neither 0 nor 1: not checked\n");
}

TEST(pin, keeps_a_goroutine_on_its_thread_and_nests) {
  for (const char* value : {"0", "1"}) {
    const with_environment on("VOLE_CHECKED", value);
    const outcome seen = run("a_pin_keeps_its_thread");
    EXPECT_EQ(seen.status, 0) << seen.err;
    EXPECT_EQ(seen.out, "0\n");
  }
}

TEST(pin, is_fatal_when_another_goroutine_destroys_it) {
  const outcome seen = run("a_pin_destroyed_elsewhere");
  EXPECT_EQ(seen.status, 2);
  EXPECT_EQ(seen.err.rfind("fatal error: a pin was destroyed by another goroutine\n\n", 0), 0u)
      << seen.err;
}

}  // namespace

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  if (argc < 2) return 1;
  program = argv[1];
  return RUN_ALL_TESTS();
}
