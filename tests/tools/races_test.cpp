// SPDX-License-Identifier: Apache-2.0
// Goal: the tool reads back exactly what the runtime writes, says where a bad file is bad, and
// merges by id.
#include "races/read_races.h"

#include <gtest/gtest.h>

#include "base/prng.h"
#include "format/race_report.h"

namespace vole::races {
namespace {

format::race_report sample(std::uint64_t id) {
  format::race_report report;
  report.id = id;
  report.kind = "data race";
  report.program = "/bin/app";
  report.process = 7;
  report.actors = {{.goroutine = 6,
                    .name = "worker \"1\"",
                    .state = "running",
                    .created_at = {{"main", "/src/a.cpp", 3, 0x10}},
                    .creator = 1},
                   {.goroutine = 1,
                    .thread = 1,
                    .is_main = true,
                    .name = "",
                    .state = "chan receive",
                    .created_at = {}}};
  report.accesses = {
      {.what = "write",
       .address = 0x7fff'ffff'fff0,
       .size = 4,
       .actor = 0,
       .stack = {{"store", "/src/a.cpp", 9, 1}, {"0x55ff", "", 0, 0}},
       .locks = {{0xdd00, "guard", true, {{"store", "/src/a.cpp", 8, 2}}},
                 {0xdd08, "", false, {}}}},
      {.what = "read", .address = 0xabc0, .size = 1, .actor = 1, .stack = {}, .locks = {}}};
  report.accesses[1].are_locks_known = false;
  report.location = {.kind = "heap",
                     .name = "",
                     .type = "",
                     .address = 0xabb0,
                     .size = 24,
                     .offset = 16,
                     .file = "",
                     .actor = 1,
                     .function = "",
                     .allocated_at = {{"main", "/src/a.cpp", 2, 5}}};
  report.notes = {"One.", "Two."};
  return report;
}

std::string error_of(const std::string& text) {
  const auto result = parse_races(text, "f");
  return result ? "no error" : result.error_text();
}

TEST(parse_races, reads_back_every_member) {
  format::race_report second = sample(2);
  second.is_suppressed = true;
  second.reason = "known";
  second.occurrences = 3;
  second.location = {.kind = "stack",
                     .name = "",
                     .type = "",
                     .address = 1,
                     .file = "",
                     .actor = 0,
                     .function = "main",
                     .allocated_at = {}};
  format::race_report third = sample(3);
  third.kind = "misuse";
  third.message = "close of closed channel";
  third.accesses.resize(1);
  third.location = {};
  const auto read = parse_races(
      format::race_json(sample(1)) + "\n" + format::race_json(second) + format::race_json(third),
      "f");
  ASSERT_TRUE(read) << read.error_text();
  EXPECT_EQ(*read, (std::vector{sample(1), second, third}));
}

TEST(parse_races, says_where_and_what_is_wrong) {
  const std::string good = format::race_json(sample(1));
  const auto replaced = [&](const std::string& what, const std::string& by) {
    std::string text = good;
    const std::size_t at = text.find(what);
    EXPECT_NE(at, text.npos) << what;
    return good + text.replace(at, what.size(), by);
  };
  EXPECT_EQ(error_of(replaced("\"size\":4", "\"size\":-4")),
            "f:2: accesses[0].size: expected a whole number, found -4");
  EXPECT_EQ(error_of(replaced("\"actor\":0", "\"actor\":2")),
            "f:2: accesses[0].actor: expected the index of one of 2 actors, found 2");
  EXPECT_EQ(error_of(replaced("\"creator\":1", "\"creator\":2")),
            "f:2: actors[0].creator: there is no such actor");
  EXPECT_EQ(error_of(replaced("\"state\":\"running\",", "")), "f:2: actors[0].state: is missing");
  EXPECT_EQ(error_of(replaced("\"vole_race_report\":1", "\"vole_race_report\":2")),
            "f:2: vole_race_report: expected version 1, found 2");
  EXPECT_EQ(error_of(replaced("\"0x7ffffffffff0\"", "\"7ffffffffff0\"")),
            "f:2: accesses[0].address: expected 0x and 12 hexadecimal digits, found "
            "\"7ffffffffff0\"");
  EXPECT_EQ(error_of("[]\n"), "f:1: not a race report of vole: vole_race_report is missing");
  EXPECT_TRUE(error_of("\n{\"a\":\n").starts_with("f:2: not JSON: ")) << error_of("\n{\"a\":\n");
  EXPECT_EQ(error_of(good + good.substr(0, good.size() / 2)),
            "f:2: the last report is cut off: its writer was killed?");
  EXPECT_TRUE(parse_races("", "f"));
}

// No input, however broken, does anything but fail or read.
TEST(parse_races, survives_broken_input) {
  const std::string good = format::race_json(sample(1));
  base::prng random(1);
  for (int round = 0; round < 3000; ++round) {
    std::string text = good;
    for (int change = 0; change < 3; ++change) {
      const std::size_t at = random.below(text.size());
      if (random.below(2) == 0) {
        text[at] = static_cast<char>(random.below(256));
      } else {
        text.erase(at, random.below(20));
      }
    }
    if (const auto read = parse_races(text, "f")) {
      for (const format::race_report& report : *read) (void)format::race_text(report);
    }
  }
}

TEST(merge_races, keeps_one_of_each_id_and_counts) {
  format::race_report known = sample(5);
  known.is_suppressed = true;
  format::race_report often = sample(9);
  often.occurrences = 4;
  const auto merged = merge_races({known, sample(9), sample(5), often});
  ASSERT_EQ(merged.size(), 2u);
  EXPECT_EQ(merged[0].id, 5u);
  EXPECT_EQ(merged[0].occurrences, 2u);
  EXPECT_FALSE(merged[0].is_suppressed);
  EXPECT_EQ(merged[1].id, 9u);
  EXPECT_EQ(merged[1].occurrences, 5u);
}

}  // namespace
}  // namespace vole::races
