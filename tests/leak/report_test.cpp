// SPDX-License-Identifier: Apache-2.0
// The report's text: goleak's sentence, Go's traceback grammar, equal stacks in one paragraph.
#include <gtest/gtest.h>
#include <vole/leak.h>

#include <string>

#include "fake_census.h"

namespace {

using namespace std::chrono_literals;
namespace event = vole::event;
namespace leak = vole::leak;

leak::goroutine stuck(std::uint64_t id, const std::string& function, std::uint64_t parent = 1) {
  leak::goroutine g;
  g.id = id;
  g.state = "chan send";
  g.top_function = function;
  g.created_by = "main";
  g.parent_id = parent;
  g.text = "goroutine " + std::to_string(id) + " [chan send]:\n" + function +
           "(...)\n\t/src/a.cpp:12 +0x1c\ncreated by main in goroutine " + std::to_string(parent) +
           "\n\t/src/a.cpp:30 +0x40\n";
  return g;
}

TEST(report, one_goroutine_reads_as_goleaks_does) {
  leak::report report;
  report.goroutines.push_back(stuck(7, "pool::worker"));
  report.goroutines[0].waited = 1'234ms;
  report.goroutines[0].waits_for = "channel 0x7f00";
  EXPECT_EQ(report.text(),
            "found unexpected goroutines:\n"
            "[Goroutine 7 in state chan send, with pool::worker on top of the stack:\n"
            "waiting for channel 0x7f00, 1.2s so far\n"
            "goroutine 7 [chan send]:\n"
            "pool::worker(...)\n"
            "\t/src/a.cpp:12 +0x1c\n"
            "created by main in goroutine 1\n"
            "\t/src/a.cpp:30 +0x40\n"
            "]\n");
}

TEST(report, ten_thousand_equal_stacks_are_one_paragraph) {
  leak::report report;
  report.goroutines.push_back(stuck(2, "other"));
  for (std::uint64_t id = 3; id < 10'003; ++id)
    report.goroutines.push_back(stuck(id, "pool::worker", id - 1));
  const std::string text = report.text();
  EXPECT_EQ(text.rfind("found unexpected goroutines:\n"
                       "[10000 goroutines in state chan send, with pool::worker on top of the "
                       "stack:\n"
                       "goroutines 3, 4, 5, 6, 7, 8, 9, 10 and 9992 more\n"
                       "goroutine 3 [chan send]:\n",
                       0),
            0u)
      << text.substr(0, 300);
  EXPECT_LT(text.size(), 1000u) << "the biggest group first, then the single one, and no more";
  EXPECT_NE(text.find("\nGoroutine 2 in state chan send, with other on top"), std::string::npos);
}

TEST(report, another_state_or_another_creator_is_another_paragraph) {
  leak::report report;
  report.goroutines = {stuck(2, "f"), stuck(3, "f"), stuck(4, "f")};
  report.goroutines[1].state = "chan receive";
  const std::size_t line = report.goroutines[2].text.find(":30");
  report.goroutines[2].text.replace(line, 3, ":31");
  const std::string text = report.text();
  EXPECT_NE(text.find("Goroutine 2 "), std::string::npos);
  EXPECT_NE(text.find("Goroutine 3 "), std::string::npos);
  EXPECT_NE(text.find("Goroutine 4 "), std::string::npos);
}

TEST(report, a_proof_is_told_and_the_unjudged_are_counted) {
  leak::report report;
  report.goroutines = {stuck(2, "f")};
  report.goroutines[0].unreachable = true;
  report.goroutines[0].evidence = "nobody can";
  report.not_judged = 3;
  const std::string text = report.text();
  EXPECT_NE(text.find("proven never to wake: nobody can\ngoroutine 2 "), std::string::npos) << text;
  EXPECT_NE(text.find("]\n3 more were not waited for"), std::string::npos) << text;
}

TEST(report, a_wait_of_minutes_is_told_as_in_go) {
  vole_test::fake_census census;
  auto& view = census.add(9, event::wait_reason::mutex_lock);
  view.waiting_since_ns = 1;  // at boot
  view.is_locked_to_thread = true;
  const auto found = leak::find(leak::max_wait(0ns));
  const std::string text = found.value().goroutines[0].text;
  EXPECT_EQ(text.rfind("goroutine 9 [sync.Mutex.Lock, ", 0), 0u) << text;
  EXPECT_NE(text.find(" minutes, locked to thread]:\n"), std::string::npos) << text;
}

int planted_object;

TEST(report, the_wait_object_is_named_where_it_is_a_global) {
  vole_test::fake_census census;
  census.add(9, event::wait_reason::mutex_lock).wait_object = &planted_object;
  census.add(10, event::wait_reason::mutex_lock).wait_object = &census;
  const auto found = leak::find(leak::max_wait(0ns));
  EXPECT_NE(found.value().goroutines[0].waits_for.find("planted_object"), std::string::npos)
      << found.value().goroutines[0].waits_for;
  EXPECT_EQ(found.value().goroutines[1].waits_for.rfind("mutex 0x", 0), 0u)
      << found.value().goroutines[1].waits_for;
}

}  // namespace
