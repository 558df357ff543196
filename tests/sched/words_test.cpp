// SPDX-License-Identifier: Apache-2.0
// Goal: a dying process speaks as Go does: panics, fatal errors, SIGQUIT, VOLE_TRACEBACK. Method:
// runs of the program `words`, whose path is the first argument, with machine facts masked.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <regex>
#include <string>

#include "program.h"

namespace {

using sched_test::outcome;
using sched_test::with_environment;

std::string program;

outcome run(const std::string& name) { return sched_test::run({program, name}); }

std::string masked(std::string text) {
  const auto mask = [&](const char* what, const char* with) {
    text = std::regex_replace(text, std::regex(what), with);
  };
  mask("0x[0-9a-f]+", "0x");
  mask("m=[1-9][0-9]*", "m=N");
  mask(":[0-9]+( \\+0x)?\n", ":L\n");
  mask("\t[^\n]*/(\\w+\\.(cpp|h)):L", "\t$1:L");
  return text;
}

void expect_panic(const std::string& name, const std::string& text) {
  const outcome seen = run(name);
  EXPECT_EQ(seen.status, 2) << seen.err;
  EXPECT_EQ(seen.err.rfind("panic: " + text + "\n\ngoroutine ", 0), 0u) << seen.err;
}

TEST(panics, show_what_was_thrown_and_in_answer_to_what) {
  expect_panic("thrown_in_a_handler", "first [recovered]\n\tpanic: second");
  expect_panic("nested", "first [recovered]\n\tpanic: second");
  expect_panic("nested_and_carried_elsewhere",
               "1 [recovered]\n\tpanic: two [recovered]\n\tpanic: three\n\tlines");
  expect_panic("rethrown", "once [recovered, repanicked]");
}

TEST(panics, come_from_destructors_and_noexcept_functions_too) {
  expect_panic("thrown_while_unwinding", "second");
  expect_panic("out_of_noexcept", "stopped");
}

TEST(panics, print_texts_numbers_and_errors_as_such) {
  expect_panic("thrown_view", "a view");
  expect_panic("thrown_double", "+1.500000e+00");
  expect_panic("thrown_error_code", "Connection timed out");
}

std::size_t paragraphs(const std::string& text) {
  const std::regex header("(^|\n)goroutine [0-9]+ [^\n]*:\n");
  return static_cast<std::size_t>(
      std::distance(std::sregex_iterator(text.begin(), text.end(), header), {}));
}

TEST(traceback_level, single_shows_who_panicked_and_all_for_fatal_errors) {
  const with_environment level("VOLE_TRACEBACK", "single");
  EXPECT_EQ(paragraphs(run("panic_beside_others").err), 1u);
  const outcome fatal = run("fatal_beside_others");
  EXPECT_EQ(
      fatal.err.rfind("fatal error: sync: unlock of unlocked mutex\n\ngoroutine 1 [running]:", 0),
      0u)
      << fatal.err;
  EXPECT_EQ(paragraphs(fatal.err), 2u) << fatal.err;
}

TEST(traceback_level, none_shows_the_message_only) {
  const with_environment level("VOLE_TRACEBACK", "none");
  EXPECT_EQ(run("panic_beside_others").err, "panic: boom\n");
  EXPECT_EQ(run("fatal_beside_others").err, "fatal error: sync: unlock of unlocked mutex\n");
  const outcome quit = run("quit_of_everybody");
  EXPECT_EQ(quit.status, 2);
  EXPECT_EQ(masked(quit.err), "SIGQUIT: quit\nPC=0x m=0 sigcode=0\n\n");
}

TEST(traceback_level, all_shows_the_others_of_a_panic) {
  const with_environment level("VOLE_TRACEBACK", "all");
  EXPECT_EQ(paragraphs(run("panic_beside_others").err), 2u);
}

TEST(traceback_level, system_shows_the_runtimes_own_too_and_where_they_run) {
  const with_environment level("VOLE_TRACEBACK", "system");
  const outcome seen = run("panic_beside_others");
  EXPECT_EQ(seen.status, 2);
  EXPECT_EQ(paragraphs(seen.err), 3u) << seen.err;
  EXPECT_TRUE(
      std::regex_search(seen.err, std::regex("\ngoroutine 1 gp=0x[0-9a-f]+ m=0 \\[running\\]:\n")))
      << seen.err;
  EXPECT_TRUE(std::regex_search(
      seen.err, std::regex("\ngoroutine 3 gp=0x[0-9a-f]+ m=nil \\[semacquire\\]:\nvole::")))
      << seen.err;
}

TEST(traceback_level, crash_ends_with_abort) {
  const with_environment level("VOLE_TRACEBACK", "crash");
  EXPECT_EQ(run("panic_beside_others").status, -1000 - SIGABRT);
  EXPECT_EQ(run("quit_of_everybody").status, -1000 - SIGABRT);
}

TEST(traceback_level, one_that_is_not_understood_is_said_so_and_is_single) {
  const with_environment level("VOLE_TRACEBACK", "loud");
  const outcome seen = run("panic_beside_others");
  EXPECT_EQ(
      seen.err.rfind("vole: VOLE_TRACEBACK=loud is none of none, single, all, system, crash", 0),
      0u)
      << seen.err;
  EXPECT_EQ(paragraphs(seen.err), 1u);
}

TEST(sigquit, dumps_all_goroutines_and_the_registers) {
  const outcome seen = run("quit_of_everybody");
  EXPECT_EQ(seen.status, 2);
  const std::string text = masked(seen.err);
  EXPECT_EQ(text.rfind("SIGQUIT: quit\nPC=0x m=0 sigcode=0\n\ngoroutine 1 [running]:\n", 0), 0u)
      << seen.err;
  EXPECT_NE(text.find("\n\ngoroutine 2 [semacquire]:\n"), std::string::npos) << seen.err;
  EXPECT_NE(text.find("block(...)\n\twords.cpp:L\ncreated by "), std::string::npos) << text;
  EXPECT_NE(text.find("\n\ngoroutine 3 [running]:\n"), std::string::npos) << seen.err;
  EXPECT_NE(text.find("spin(...)\n\twords.cpp:L\n"), std::string::npos) << text;
#if defined(__x86_64__)
  EXPECT_NE(text.find("\n\nrax    0x\nrbx    0x\nrcx    0x\nrdx    0x\nrdi    0x\nrsi    0x\n"
                      "rbp    0x\nrsp    0x\nr8     0x\nr9     0x\nr10    0x\nr11    0x\n"
                      "r12    0x\nr13    0x\nr14    0x\nr15    0x\nrip    0x\nrflags 0x\n"
                      "cs     0x\nfs     0x\ngs     0x\n"),
            std::string::npos)
      << text;
#endif
}

TEST(sigquit, in_the_middle_of_malloc_and_of_the_runtime_does_not_hang) {
  // The moment differs each time; stress.py makes 1,200 of them.
  for (int i = 0; i < 4 && !HasFailure(); ++i) {
    const outcome seen = run("quit_while_all_allocate");
    EXPECT_EQ(seen.status, 2) << seen.err;
    EXPECT_EQ(seen.err.rfind("SIGQUIT: quit\nPC=0x", 0), 0u) << seen.err;
    EXPECT_NE(seen.err.find("\ngoroutine 1 ["), std::string::npos) << seen.err;
    EXPECT_EQ(seen.err.find("vole: no tracebacks"), std::string::npos) << seen.err;
  }
}

TEST(sigquit, ends_the_process_when_the_report_hangs) {
  const outcome late = run("quit_with_a_report_that_hangs");
  EXPECT_EQ(late.status, 2);
  EXPECT_NE(late.err.find("\n\nvole: no tracebacks: making them took too long\n\n"),
            std::string::npos)
      << late.err;
  const outcome twice = run("quit_twice_with_a_report_that_hangs");
  EXPECT_EQ(twice.status, 2);
  EXPECT_NE(twice.err.find("vole: no tracebacks: SIGQUIT came again\n\n"), std::string::npos)
      << twice.err;
}

TEST(sigquit, belongs_to_the_program_if_it_wants_it) {
  EXPECT_EQ(run("quit_with_a_handler_of_the_programs").status, 17);
  EXPECT_EQ(run("quit_with_a_later_handler_of_the_programs").status, 18);
  EXPECT_EQ(run("quit_ignored").status, 19);
  EXPECT_EQ(run("quit_of_a_forked_child").status, 20);
  const with_environment off("VOLE_DEBUG", "sigquit=0");
  EXPECT_EQ(run("quit_of_everybody").status, -1000 - SIGQUIT);
}

}  // namespace

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  if (argc < 2) return 1;
  program = argv[1];
  return RUN_ALL_TESTS();
}
