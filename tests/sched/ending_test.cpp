// SPDX-License-Identifier: Apache-2.0
// Goal: how processes end: status, words, and what still runs. Method: each case is a run of the
// program `ending` (its path is the first argument) with stdout and stderr caught in pipes.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <regex>
#include <string>

#include "program.h"

namespace {

using sched_test::outcome;

std::string program;

outcome run(const std::string& name) { return sched_test::run({program, name}); }

void expect(const std::string& name, int status, const std::string& out, const std::string& err) {
  const outcome seen = run(name);
  EXPECT_EQ(seen.status, status) << seen.out << seen.err;
  EXPECT_EQ(seen.out, out) << seen.err;
  EXPECT_TRUE(std::regex_search(seen.err, std::regex("^" + err))) << seen.err;
}

constexpr const char* kDeadlock = "fatal error: all goroutines are asleep - deadlock!\n\n";

int repetitions() {
  const char* text = std::getenv("VOLE_TEST_REPEAT");
  return text != nullptr ? std::atoi(text) : 20;
}

TEST(ending, no_static_destructor_runs_under_goroutines_that_run_hot) {
  for (int i = 0; i < repetitions(); ++i) {
    expect("main_returns_while_goroutines_run_hot", 5, "static destructor\n", "$");
    expect("exit_in_a_goroutine_while_others_run_hot", 7, "static destructor\n", "$");
    if (HasFailure()) break;
  }
}

TEST(ending, exit_on_a_foreign_thread_freezes_goroutines_too) {
  for (int i = 0; i < repetitions() / 4; ++i)
    expect("exit_on_a_foreign_thread", 8, "static destructor\n", "$");
}

TEST(ending, beside_a_hog_the_status_and_the_output_are_kept_and_destructors_do_not_run) {
  expect("main_returns_beside_a_hog", 6, "unflushed", "$");
  expect("main_returns_beside_one_in_blocking", 6, "unflushed", "$");
}

TEST(ending, static_destructors_run_when_main_returns) {
  expect("main_returns_and_nobody_runs", 4, "static destructor\n", "$");
}

TEST(ending, a_static_destructor_that_waits_for_goroutines_does_not_hang) {
  expect("a_static_destructor_waits_for_goroutines", 9, "", "vole: a destructor that runs after");
}

TEST(ending, an_uncaught_exception_is_a_panic_before_any_unwinding) {
  expect("uncaught_exception_in_a_goroutine", 2, "", "panic: boom\n\n");
  expect("uncaught_exception_in_main", 2, "", "panic: boom\n\n");
  expect("uncaught_panic_on_a_foreign_thread", 2, "", "panic: close of nil channel\n\n");
}

TEST(ending, a_panic_prints_texts_and_numbers_as_such_and_the_rest_by_type) {
  expect("uncaught_text_of_two_lines", 2, "", "panic: first\n\tsecond\n\n");
  expect("uncaught_number", 2, "", "panic: 42\n\n");
  expect("uncaught_struct", 2, "", "panic: \\(.*point\\) 0x[0-9a-f]+\n\n");
}

TEST(ending, terminate_is_fatal_and_a_handler_of_the_programs_own_is_left_alone) {
  expect("terminate_without_an_exception", 2, "",
         "fatal error: std::terminate called without an exception\n\n");
  expect("own_terminate_handler", 12, "mine\n", "$");
}

TEST(ending, goexit_that_is_stopped_is_fatal) {
  expect("swallowed_goexit", 2, "",
         "fatal error: goexit was swallowed by a catch \\(...\\) that does not rethrow\n\n");
  expect("goexit_through_noexcept", 2, "", "fatal error: goexit was stopped by a noexcept");
}

TEST(ending, a_deadlock_is_reported_when_all_are_blocked_for_ever) {
  expect("deadlock_of_main", 2, "", kDeadlock);
  expect("deadlock_of_all", 2, "", kDeadlock);
  expect("deadlock_after_a_timer", 2, "", kDeadlock);
  expect("deadlock_after_a_foreign_thread", 2, "", kDeadlock);
  expect("deadlock_of_a_locked_one", 2, "", kDeadlock);
  expect("deadlock_inside_of_blocking", 2, "", kDeadlock);
}

TEST(ending, goexit_on_main_lets_the_rest_run_and_is_then_a_deadlock) {
  expect("goexit_on_main", 2, "main unwound\nthe rest\n",
         "fatal error: no goroutines \\(main called runtime.Goexit\\) - deadlock!\n\n");
  expect("goexit_on_main_and_the_rest_blocked", 2, "", kDeadlock);
}

TEST(ending, waiting_for_somebody_outside_is_no_deadlock) {
  expect("no_deadlock_beside_a_foreign_thread", 3, "", "$");
  expect("no_deadlock_beside_blocking", 3, "", "$");
}

TEST(ending, the_child_of_a_fork_may_exit_and_is_told_when_it_wants_more) {
  expect("the_child_of_a_fork", 2, "",
         "fatal error: goroutines and waits do not work in the child");
}

// Refused children say so, each in a traceback of its own.
void expect_ends_of_children(const std::string& name, const std::string& ends, int refused) {
  const outcome seen = run(name);
  EXPECT_EQ(seen.status, 3) << seen.err;
  EXPECT_EQ(seen.out, ends + "\n") << seen.err;
  const std::string words =
      "fatal error: goroutines and waits do not work in the child of a fork()\n\ngoroutine ";
  int told = 0;
  for (std::size_t at = 0; (at = seen.err.find(words, at)) != std::string::npos; ++at) ++told;
  EXPECT_EQ(told, refused) << seen.err;
}

TEST(ending, a_forked_child_is_refused_what_needs_workers_wherever_it_was_forked) {
  const std::string both = "2 2 2 2 2 31 32 33 34 21 ";
  expect_ends_of_children("forks_of_main", both, 5);
  expect_ends_of_children("forks_of_a_foreign_thread", both, 5);
  expect_ends_of_children("forks_of_a_goroutine", both + "2 2 2 2 ", 9);
}

TEST(ending, max_procs_follows_the_affinity_until_it_is_set) {
  unsetenv("VOLE_MAXPROCS");
  expect("max_procs_follows_the_affinity", 3, "", "$");
}

}  // namespace

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  if (argc < 2) return 1;
  program = argv[1];
  return RUN_ALL_TESTS();
}
