// SPDX-License-Identifier: Apache-2.0
// Goal: the number of processors follows the machine, and the scheduler tells of itself. Method:
// runs of the program `machine` (first argument) with made-up CPUs and cgroup files.
#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>
#include <sstream>
#include <string>

#include "program.h"

namespace {

using sched_test::outcome;
using sched_test::with_environment;

std::string program;

outcome run(const std::string& name) { return sched_test::run({program, name}); }

std::string printed_by(const std::string& name) {
  const outcome seen = run(name);
  EXPECT_EQ(seen.status, 0) << seen.err;
  EXPECT_EQ(seen.err, "");
  return seen.out;
}

TEST(machine, a_changed_quota_is_followed_within_the_cpus_and_not_below_two) {
  EXPECT_EQ(printed_by("quota_of_v2"), "8 3 2 5 8 8 8 8\n");
  EXPECT_EQ(printed_by("quota_of_v1"), "3 8 6 2\n");
}

TEST(machine, without_a_cgroup_it_is_the_cpus) { EXPECT_EQ(printed_by("no_cgroup"), "5 5\n"); }

TEST(machine, what_the_program_sets_stays) {
  EXPECT_EQ(printed_by("set_by_the_program"), "3 3 6\n");
}

TEST(machine, updatemaxprocs_0_keeps_the_first_number) {
  const with_environment off("VOLE_DEBUG", "updatemaxprocs=0");
  EXPECT_EQ(printed_by("quota_of_v2"), "8 8 8 8 8 8 8 8\n");
}

TEST(machine, the_monitor_follows_it_by_itself) {
  EXPECT_EQ(printed_by("noticed_by_the_monitor"), "6 3 2 5 6\n");
}

TEST(machine, vole_maxprocs_is_taken_or_complained_of) {
  {
    const with_environment four("VOLE_MAXPROCS", "4");
    EXPECT_EQ(printed_by("number_of_processors"), "4\n");
    EXPECT_EQ(printed_by("no_cgroup"), "4 4\n");
  }
  for (const std::string bad : {"0", "-1", "four", "4x"}) {
    const with_environment set("VOLE_MAXPROCS", bad);
    const outcome seen = run("number_of_processors");
    EXPECT_EQ(seen.err,
              "vole: VOLE_MAXPROCS=" + bad + " is no positive number: the default is taken\n");
    EXPECT_EQ(seen.status, 0);
  }
  const with_environment many("VOLE_MAXPROCS", "5000");
  const outcome seen = run("number_of_processors");
  EXPECT_EQ(seen.out, "1024\n");
  EXPECT_EQ(seen.err, "vole: VOLE_MAXPROCS=5000 is cut to 1024\n");
}

TEST(schedtrace, prints_gos_line_every_so_often) {
  const with_environment procs("VOLE_MAXPROCS", "2");
  const with_environment on("VOLE_DEBUG", "schedtrace=20");
  const outcome seen = run("busy_for_a_while");
  EXPECT_EQ(seen.status, 0);
  const std::regex line(
      "SCHED [0-9]+ms: gomaxprocs=2 idleprocs=[0-2] threads=[0-9]+ spinningthreads=[0-9]+ "
      "needspinning=[01] idlethreads=[0-9]+ runqueue=[0-9]+ \\[ [0-9]+ [0-9]+ \\] "
      "schedticks=\\[ [0-9]+ [0-9]+ \\]");
  std::istringstream lines(seen.err);
  int count = 0;
  for (std::string one; std::getline(lines, one); ++count)
    EXPECT_TRUE(std::regex_match(one, line)) << one;
  EXPECT_GE(count, 2) << seen.err;
  EXPECT_LE(count, 200) << seen.err;
  EXPECT_EQ(seen.err.rfind("SCHED 0ms: ", 0), 0u);
}

TEST(schedtrace, has_detail_if_asked_for) {
  const with_environment procs("VOLE_MAXPROCS", "2");
  const with_environment on("VOLE_DEBUG", "schedtrace=20,scheddetail=1");
  const outcome seen = run("busy_for_a_while");
  EXPECT_EQ(seen.status, 0);
  for (const char* row : {"\n  P0: status=[01] schedtick=[0-9]+ runqsize=[0-9]+\n",
                          "\n  P1: status=[01] schedtick=[0-9]+ runqsize=[0-9]+\n",
                          "\n  M[0-9]+: p=(nil|0|1) curg=(nil|[0-9]+)\n",
                          "\n  G1: status=4\\(semacquire\\) m=[0-9]+ lockedm=nil\n"})
    EXPECT_TRUE(std::regex_search(seen.err, std::regex(row))) << row << "\n" << seen.err;
}

// Not under AddressSanitizer, where stacks are larger and used otherwise.
TEST(stack_depths, are_told_by_the_place_of_creation_deepest_first) {
  const with_environment on("VOLE_DEBUG", "stacks=1");
  const outcome seen = run("stacks_of_all_depths");
  EXPECT_EQ(seen.status, 0);
  std::istringstream lines(seen.err);
  const auto expect_line = [&](const std::string& sizes, int goroutines, const std::string& place) {
    std::string one;
    std::getline(lines, one);
    const std::regex words(
        "vole: stacks: " + sizes + " KiB used at most by " + std::to_string(goroutines) +
        " goroutines? created at 0x[0-9a-f]+ \\(.*" + place + ".*machine.cpp:[0-9]+\\)");
    EXPECT_TRUE(std::regex_match(one, words)) << place << "\n" << seen.err;
  };
  expect_line("(19[0-9]|2[0-9]{2}) of 496", 1, "spawn_on_more");
  expect_line("[67][0-9] of [0-9]+", 5, "spawn_deep");
  expect_line("([4-9]|1[0-9]) of [0-9]+", 5, "spawn_shallow");
  std::string more;
  EXPECT_FALSE(std::getline(lines, more)) << more;
}

}  // namespace

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  if (argc < 2) return 1;
  program = argv[1];
  unsetenv("VOLE_MAXPROCS");
  return RUN_ALL_TESTS();
}
