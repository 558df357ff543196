// SPDX-License-Identifier: Apache-2.0
// Goal: what a process says and how it ends when a stack is full or a pointer wild. Method: each
// case is a run of the program `fault` (its path is the first argument).
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <regex>
#include <string>

namespace {

std::string program;

struct outcome {
  int status = -1;   // of exit; -1000 - signal when killed
  std::string text;  // of both streams
};

outcome run(const std::string& name, const std::string& environment = "") {
  // exec: the shell would turn a signal into a status. No core files.
  const std::string command = "ulimit -c 0; unset VOLE_TRACEBACK; " + environment + " exec '" +
                              program + "' " + name + " 2>&1";
  std::FILE* const pipe = popen(command.c_str(), "r");
  outcome seen;
  char part[4096];
  for (std::size_t n = 0; (n = std::fread(part, 1, sizeof part, pipe)) > 0;)
    seen.text.append(part, n);
  const int status = pclose(pipe);
  seen.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1000 - WTERMSIG(status);
  return seen;
}

void expect(const outcome& seen, int status, const std::string& text) {
  EXPECT_EQ(seen.status, status) << seen.text;
  EXPECT_TRUE(std::regex_search(seen.text, std::regex("^" + text))) << seen.text;
}
void expect(const std::string& name, int status, const std::string& text) {
  expect(run(name), status, text);
}

const std::string kFull =
    "goroutine 2: stack overflow: [0-9]+ KiB are full; vole::go\\(\\{.stack_bytes = N\\}, ...\\) "
    "gives one goroutine more, VOLE_STACK_KB=N every one\n"
    "fatal error: stack overflow\n\ngoroutine 2 \\[running\\]:\n";
constexpr int kSegv = -1000 - SIGSEGV;

TEST(fault, a_full_stack_is_told_with_its_size_its_frames_and_the_knobs) {
  const outcome seen = run("recursion");
  expect(seen, 2, kFull + ".*fill_the_stack\\(...\\)\n\t/.*fault.cpp:[0-9]+ \\+0x");
  EXPECT_NE(seen.text.find(" frames elided..."), std::string::npos);
  EXPECT_NE(seen.text.find("\ncreated by "), std::string::npos);
  EXPECT_NE(seen.text.find(": 112 KiB are full"), std::string::npos);
  expect("recursion_on_a_stack_of_1_mib", 2, "goroutine 2: stack overflow: 1008 KiB are full;");
  EXPECT_EQ(run("recursion", "VOLE_TRACEBACK=none").text.find("fill_the_stack"), std::string::npos);
  EXPECT_EQ(run("recursion", "VOLE_TRACEBACK=crash").status, -1000 - SIGABRT);
  expect(run("recursion", "VOLE_STACK_KB=512"), 2, "goroutine 2: stack overflow: 496 KiB are full");
}

TEST(fault, a_frame_larger_than_the_guard_is_caught_by_stack_clash_protection) {
  expect("large_frame", 2, kFull + ".*one_large_frame");
}

TEST(fault, a_stack_that_runs_full_under_a_lock_is_reported_all_the_same) {
  expect("recursion_under_a_lock_of_the_runtimes", 2, kFull + ".*fill_the_stack");
  expect("recursion_under_the_lock_of_stdout", 2, kFull + ".*fill_the_stack");
}

TEST(fault, a_protected_page_guards_as_well_as_a_marker) {
  expect(run("recursion", "VOLE_STACK_GUARD=mprotect"), 2, kFull);
}

TEST(fault, without_a_guard_an_overflow_is_told_at_the_next_wait) {
  expect(run("overrun_and_then_a_wait", "VOLE_STACK_GUARD=canary"), 2,
         "goroutine 2: stack overflow: 112 KiB are full; it has no guard");
  expect(run("overrun_and_then_a_wait"), 2, kFull);
}

TEST(fault, a_threads_own_full_stack_ends_the_process_by_the_signal) {
  expect("recursion_on_main", kSegv, "$");
  expect("recursion_on_main_with_a_signal_stack", kSegv,
         "goroutine 1: stack overflow: [0-9]+ KiB are full; this thread is not vole's");
}

TEST(fault, a_null_pointer_is_a_panic_in_gos_words_and_the_signals_default_action) {
  const std::string nil =
      "panic: runtime error: invalid memory address or nil pointer dereference\n"
      "\\[signal SIGSEGV: segmentation violation code=0x1 addr=0x8 pc=0x[0-9a-f]+\\]\n\n";
  expect("null_pointer", kSegv,
         nil + "goroutine 2 \\[running\\]:\n.*touch\\(...\\)\n\t/.*fault.cpp:");
  expect("null_pointer_on_main", kSegv, nil + "goroutine 1 \\[running\\]:\n.*touch");
  expect("null_pointer_on_a_thread_that_is_no_goroutine", kSegv, "$");
}

TEST(fault, of_many_at_once_one_is_told) {
  for (int i = 0; i < 10; ++i) {
    const outcome seen = run("null_pointers_on_many_threads");
    EXPECT_EQ(seen.status, kSegv) << seen.text;
    EXPECT_EQ(seen.text.find("panic: "), seen.text.rfind("panic: ")) << seen.text;
    EXPECT_NE(seen.text.find("touch("), std::string::npos) << seen.text;
  }
}

TEST(fault, other_faults_have_gos_words_too) {
  expect("wild_pointer", kSegv,
         "unexpected fault address 0x123456789000\nfatal error: fault\n\\[signal SIGSEGV: "
         "segmentation violation code=0x1 addr=0x123456789000 pc=0x[0-9a-f]+\\]\n\ngoroutine 2 ");
#if defined(__x86_64__)
  expect("division_by_zero", -1000 - SIGFPE,
         "panic: runtime error: integer divide by zero\n\\[signal SIGFPE: floating-point exception "
         "code=0x1 addr=0x[0-9a-f]+ pc=0x[0-9a-f]+\\]\n\ngoroutine 2 ");
#endif
}

TEST(fault, a_handler_from_before_hears_of_an_overflow_after_the_words_and_of_others_alone) {
  expect("recursion_with_a_handler_from_before", 7, kFull + "(.*\n)*the program's handler\n$");
  expect("null_pointer_with_a_handler_from_before", 7, "the program's handler\n$");
  expect("fault_that_the_programs_handler_mends", 5, "$");
}

TEST(fault, a_handler_from_later_takes_over) {
  expect("null_pointer_with_a_handler_from_later", 7, "the program's handler\n$");
}

TEST(fault, a_signal_that_was_sent_does_what_it_did_without_the_runtime) {
  expect("segv_sent_by_kill", kSegv, "$");
  expect("segv_ignored_and_sent_by_kill", 5, "$");
}

TEST(fault, a_system_call_into_the_guard_fails_with_EFAULT) {
  expect("system_call_into_the_guard", 5, "$");
}

TEST(fault, no_room_for_a_stack_is_fatal_and_names_the_limits) {
  expect(run("goroutines_without_end", "ulimit -v 800000;"), 2,
         "fatal error: out of memory for a goroutine's stack \\(see ulimit -v and "
         "vm.overcommit_memory\\)\n");
}

// There the sanitizer's handler has the word, and vole installs none. The other tests don't run.
TEST(under_a_sanitizer, faults_are_its_business_and_told_in_its_words) {
  for (const char* const name : {"null_pointer", "null_pointer_on_main", "wild_pointer"}) {
    const outcome seen = run(name);
    EXPECT_NE(seen.text.find("ERROR: AddressSanitizer: SEGV"), std::string::npos) << seen.text;
    EXPECT_EQ(seen.text.find("panic: "), std::string::npos) << seen.text;
    EXPECT_NE(seen.status, 0);
  }
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc < 2) return 1;
  program = argv[1];
  return RUN_ALL_TESTS();
}
