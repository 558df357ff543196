// SPDX-License-Identifier: Apache-2.0
// Schedule strings: what is written can be read, what can't be read is refused with its place, and
// no string does worse.
#include <gtest/gtest.h>

#include <string>

#include "base/prng.h"
#include "sched/sim/schedule.h"

namespace sched = vole::sched;

namespace {

std::string error_of(const std::string& text) {
  sched::schedule read;
  std::string error;
  EXPECT_FALSE(sched::parse_schedule(text, read, error)) << text;
  return error;
}

TEST(schedule, is_short) {
  EXPECT_EQ(sched::encode_schedule({0, {}, 0}), "v1:0:.0");
  EXPECT_EQ(sched::encode_schedule({87, {0, 0, 0, 1, 0, 2, 26, 27, 0, 0}, 0}),
            "v1:2f:3a1bz(27).10");
  EXPECT_EQ(sched::encode_schedule({0, {1}, 99}), "v1:0:a.1~99");
}

TEST(schedule, that_was_written_can_be_read) {
  vole::base::prng random(1);
  for (int round = 0; round < 2000; ++round) {
    sched::schedule wrote{static_cast<std::uint32_t>(random.next()), {}, 0};
    for (std::uint32_t i = random.below(60); i > 0; --i)
      wrote.answers.push_back(random.below(3) == 0 ? random.below(1U << random.below(12)) : 0);
    sched::schedule read;
    std::string error;
    ASSERT_TRUE(sched::parse_schedule(sched::encode_schedule(wrote), read, error)) << error;
    EXPECT_EQ(read.tie_seed, wrote.tie_seed);
    EXPECT_EQ(read.answers, wrote.answers);
  }
}

TEST(schedule, that_is_none_is_refused_with_its_place) {
  EXPECT_EQ(error_of("v1:"), "schedule: position 3: expected a number, found the end");
  EXPECT_EQ(error_of("v1:zzzzzzzz:.0"),
            "schedule: position 3: expected a number of at most 4294967295, found 'zzzzzzzz'");
  EXPECT_EQ(error_of("v1:0"), "schedule: position 4: expected ':', found the end");
  EXPECT_EQ(error_of("v1:0:a"),
            "schedule: position 6: expected a letter, '(' or '.', found the end");
  EXPECT_EQ(error_of("v1:0:(5).1"),
            "schedule: position 7: expected a letter for an answer up to 26, found ').1'");
  EXPECT_EQ(error_of("v1:0:(30.1"), "schedule: position 8: expected ')', found '.1'");
  EXPECT_EQ(error_of("v1:0:99999999999a.1"),
            "schedule: position 5: expected a number of at most 100000000, found '99999999'");
  EXPECT_EQ(error_of("v1:0:.1 "), "schedule: position 7: expected the end, found ' '");
  EXPECT_EQ(error_of("v1:0:3a.2"),
            "schedule: it has 4 answers up to its last move, but ends with a count of 2");
}

// Valid strings with one or two characters changed, dropped or doubled.
TEST(schedule, of_any_characters_is_read_or_refused) {
  vole::base::prng random(2);
  const std::string from = "v1:2f:3a12b(27)z4c.300~88";
  const std::string alphabet = "v1:zab(). 09-~";
  for (int round = 0; round < 20'000; ++round) {
    std::string text = from;
    for (std::uint32_t i = 1 + random.below(2); i > 0; --i) {
      const std::size_t at = random.below(static_cast<std::uint32_t>(text.size()));
      const char c = alphabet[random.below(static_cast<std::uint32_t>(alphabet.size()))];
      if (random.below(3) == 0)
        text.erase(at, 1);
      else if (random.below(2) == 0)
        text[at] = c;
      else
        text.insert(at, 1, c);
    }
    sched::schedule read;
    std::string error;
    if (sched::parse_schedule(text, read, error)) {
      sched::schedule again;
      ASSERT_TRUE(sched::parse_schedule(sched::encode_schedule(read), again, error)) << text;
      EXPECT_EQ(again.answers, read.answers) << text;
    } else {
      EXPECT_EQ(error.rfind("schedule: ", 0), 0U) << text;
    }
  }
}

}  // namespace
