// SPDX-License-Identifier: Apache-2.0
// Goal: each form of a race report says what the report holds, whatever strange names are in it,
// and a suppression means what its line says.
#include <gtest/gtest.h>

#include "format/json_writer.h"
#include "format/race_report.h"
#include "format/race_suppressions.h"

namespace vole::format {
namespace {

race_report sample() {
  race_report report;
  report.id = 0x1234;
  report.kind = "data race";
  report.program = "/bin/app";
  report.process = 7;
  report.actors = {{.goroutine = 6,
                    .name = "worker",
                    .state = "chan receive",
                    .created_at = {{"main", "/src/a.cpp", 3, 0x10}},
                    .creator = 1},
                   {.goroutine = 1,
                    .thread = 1,
                    .is_main = true,
                    .name = "",
                    .state = "running",
                    .created_at = {}}};
  report.accesses = {{.what = "write",
                      .address = 0xabc0,
                      .size = 4,
                      .actor = 0,
                      .stack = {{"store", "/src/a.cpp", 9, 1}, {"0x55ff", "", 0, 0}},
                      .locks = {{0xdd00, "guard", true, {{"store", "/src/a.cpp", 8, 2}}}}},
                     {.what = "atomic read",
                      .address = 0xabc0,
                      .size = 1,
                      .actor = 1,
                      .stack = {},
                      .locks = {},
                      .are_locks_known = false}};
  report.location = {.kind = "global",
                     .name = "stats.hits[1]",
                     .type = "statistics",
                     .address = 0xabb0,
                     .size = 24,
                     .offset = 16,
                     .file = "/src/a.cpp",
                     .line = 1,
                     .function = "",
                     .allocated_at = {}};
  report.notes = {"Goroutine 6 unlocked it at /src/a.cpp:8."};
  return report;
}

TEST(race_text, is_gos_form_and_then_more) {
  EXPECT_EQ(race_text(sample(), "/src/"), R"(==================
WARNING: DATA RACE
Write at 0x00000000abc0 by goroutine 6:
  store()
      a.cpp:9 +0x1
  0x55ff
      ?? +0x0
  Holding lock 0x00000000dd00 'guard' (shared), locked at:
    store()
        a.cpp:8 +0x2

Previous atomic read at 0x00000000abc0 by main goroutine:
  [no stack was recorded]
  [which other locks it held is not known]

Goroutine 6 'worker' (chan receive) created at:
  main()
      a.cpp:3 +0x10

Location is global variable 'stats.hits[1]' of type statistics, 24 bytes at 0x00000000abb0)"
                                          R"(, offset 16, declared at a.cpp:1

Goroutine 6 unlocked it at a.cpp:8.

Accesses of 4 bytes and 1 byte; race id 0000000000001234
==================
)");
}

TEST(race_text, a_misuse_has_its_words_in_the_first_line) {
  race_report report = sample();
  report.kind = "misuse";
  report.message = "close of closed channel";
  report.accesses.resize(1);
  report.accesses[0].what = "close of channel";
  const std::string text = race_text(report);
  EXPECT_TRUE(text.starts_with(
      "==================\nWARNING: MISUSE: close of closed channel\nClose of channel at "))
      << text;
  EXPECT_NE(text.find("\nMisuse id 0000000000001234\n"), text.npos) << text;
}

TEST(race_text, a_chain_of_creators_that_is_a_circle_ends) {
  race_report report = sample();
  report.actors[1].is_main = false;
  report.actors[1].created_at = report.actors[0].created_at;
  report.actors[1].creator = 0;
  EXPECT_NE(race_text(report).find("Goroutine 1 (running) created at:"), std::string::npos);
}

TEST(json_writer, text_is_escaped_and_made_utf8) {
  json_writer to;
  to.begin_array();
  to.value("a\"b\\c\n\t\x01\x7f").value("\xc3\xa9 \xf0\x9f\x8c\x8d");
  // A lone continuation, an overlong slash, a surrogate, a cut-off sequence, beyond U+10FFFF.
  to.value("\x80|\xc0\xaf|\xed\xa0\x80|\xe2\x82|\xf4\x90\x80\x80");
  to.end_array();
  const std::string bad = "\xef\xbf\xbd";
  EXPECT_EQ(to.take(), "[\"a\\\"b\\\\c\\n\\t\\u0001\x7f\",\"\xc3\xa9 \xf0\x9f\x8c\x8d\",\"" + bad +
                           "|" + bad + bad + "|" + bad + bad + bad + "|" + bad + bad + "|" + bad +
                           bad + bad + bad + "\"]");
}

TEST(race_sarif, paths_become_uris) {
  race_report report = sample();
  report.accesses[0].stack[0].file = "/src/a b#é.cpp";
  const std::string whole = race_sarif_result(report);
  EXPECT_NE(whole.find("\"uri\":\"file:///src/a%20b%23%C3%A9.cpp\""), whole.npos) << whole;
  const std::string relative = race_sarif_result(report, "/src/");
  EXPECT_NE(relative.find("\"uri\":\"a%20b%23%C3%A9.cpp\""), whole.npos) << relative;
}

TEST(suppressions, each_kind_looks_where_it_says) {
  suppression_list list = parse_suppressions(
      "# all of them\n\nfunction:^store$  # by design\r\nfile:*/third/*\nid:00ff\nrace:main\n",
      "s");
  ASSERT_TRUE(list.errors.empty()) << list.errors[0];
  ASSERT_EQ(list.rules.size(), 4u);
  const std::vector<std::string> store = {"store"}, third = {"/x/third/store.cpp"}, none;
  const suppression* by_function = list.match(1, store, none);
  ASSERT_NE(by_function, nullptr);
  EXPECT_EQ(by_function->reason, "by design");
  EXPECT_EQ(by_function->line, 3u);
  EXPECT_EQ(list.match(1, none, store), nullptr) << "a function's rule matched a file";
  EXPECT_EQ(list.match(1, none, third)->text, "file:*/third/*");
  EXPECT_EQ(list.match(1, third, none), nullptr) << "a file's rule matched a function";
  EXPECT_EQ(list.match(0xff, none, none)->text, "id:00ff");
  EXPECT_EQ(list.unused(), std::vector<std::string>{"s:6: race:main matched nothing"});
}

TEST(suppressions, a_hash_inside_a_name_is_no_reason) {
  const suppression_list list = parse_suppressions("function:main::{lambda()#1}", "s");
  ASSERT_EQ(list.rules.size(), 1u);
  EXPECT_EQ(list.rules[0].pattern, "main::{lambda()#1}");
  EXPECT_EQ(list.rules[0].reason, "");
}

TEST(suppressions, faulty_lines_are_named_and_left_out) {
  const suppression_list list =
      parse_suppressions("funktion:x\nid:12345678901234567\nid:\nfile:x\nstore", "s");
  ASSERT_EQ(list.errors.size(), 4u);
  EXPECT_EQ(list.errors[0],
            "s:1: \"funktion:x\": expected function:PATTERN, file:PATTERN, race:PATTERN or id:ID");
  EXPECT_TRUE(list.errors[1].starts_with("s:2: ")) << list.errors[1];
  EXPECT_EQ(list.errors[2], "s:3: \"id:\": nothing follows id:");
  EXPECT_TRUE(list.errors[3].starts_with("s:5: ")) << list.errors[3];
  EXPECT_EQ(list.rules.size(), 1u);
}

TEST(suppressions, patterns_are_globs_within_the_text) {
  EXPECT_TRUE(matches_pattern("pool::worker", "work"));
  EXPECT_TRUE(matches_pattern("pool::worker", "^pool*er$"));
  EXPECT_FALSE(matches_pattern("pool::worker", "^worker"));
  EXPECT_FALSE(matches_pattern("pool::worker", "pool$"));
  EXPECT_TRUE(matches_pattern("aXbXc", "a*c"));
  EXPECT_FALSE(matches_pattern("ab", "^ab*b$"));
}

}  // namespace
}  // namespace vole::format
