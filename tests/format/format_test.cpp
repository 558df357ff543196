// SPDX-License-Identifier: Apache-2.0
// Goal: what the encoder writes is what a protobuf reader reads, and the checks of a profile find
// each fault.
#include <gtest/gtest.h>

#include "base/prng.h"
#include "format/encode_profile.h"
#include "format/gzip.h"
#include "format/profile.h"
#include "profile.pb.h"

namespace vole::format {
namespace {

profile small_profile() {
  profile p;
  auto id = [&p](std::string_view text) { return p.strings.intern(text); };
  p.sample_types = {{id("samples"), id("count")}, {id("cpu"), id("nanoseconds")}};
  p.period_type = value_type{id("cpu"), id("nanoseconds")};
  p.period = 10'000'000;
  p.time_nanos = 1'700'000'000'000'000'001;
  p.duration_nanos = -1;
  p.mappings = {{.id = 3,
                 .memory_start = 0x400000,
                 .memory_limit = 0x500000,
                 .file_offset = 0x1000,
                 .filename = id("/bin/app"),
                 .build_id = id("abcd"),
                 .has_functions = true,
                 .has_inline_frames = true}};
  p.functions = {{.id = 7,
                  .name = id("f"),
                  .system_name = id("_Z1fv"),
                  .filename = id("f.cpp"),
                  .start_line = 4}};
  p.locations = {{.id = 9,
                  .mapping_id = 3,
                  .address = ~0ull,
                  .lines = {{7, 5, 2}, {7, 6, 0}},
                  .is_folded = true}};
  p.samples = {{.location_ids = {9, 9},
                .values = {-5, INT64_MAX},
                .labels = {{.key = id("k"), .str = id("v")}}}};
  p.samples.push_back(
      {.location_ids = {},
       .values = {0, 0},
       .labels = {{.key = id("n"), .str = 0, .num = INT64_MIN, .num_unit = id("bytes")}}});
  p.comments = {id("first"), id("second")};
  p.drop_frames = id("drop");
  p.keep_frames = id("keep");
  p.default_sample_type = id("cpu");
  p.doc_url = id("https://example.org/");
  return p;
}

TEST(encode_profile, protobuf_reads_every_field_back) {
  const profile p = small_profile();
  wire::Profile read;
  ASSERT_TRUE(read.ParseFromString(encode_profile(p)));
  auto text = [&read](std::int64_t index) { return read.string_table(static_cast<int>(index)); };
  EXPECT_EQ(read.string_table(0), "");
  ASSERT_EQ(read.sample_type_size(), 2);
  EXPECT_EQ(text(read.sample_type(1).type()), "cpu");
  EXPECT_EQ(text(read.sample_type(1).unit()), "nanoseconds");
  ASSERT_EQ(read.sample_size(), 2);
  EXPECT_EQ(read.sample(0).location_id_size(), 2);
  EXPECT_EQ(read.sample(0).value(0), -5);
  EXPECT_EQ(read.sample(0).value(1), INT64_MAX);
  EXPECT_EQ(text(read.sample(0).label(0).key()), "k");
  EXPECT_EQ(text(read.sample(0).label(0).str()), "v");
  EXPECT_EQ(read.sample(1).label(0).num(), INT64_MIN);
  EXPECT_EQ(text(read.sample(1).label(0).num_unit()), "bytes");
  ASSERT_EQ(read.mapping_size(), 1);
  EXPECT_EQ(read.mapping(0).id(), 3u);
  EXPECT_EQ(read.mapping(0).memory_start(), 0x400000u);
  EXPECT_EQ(read.mapping(0).memory_limit(), 0x500000u);
  EXPECT_EQ(read.mapping(0).file_offset(), 0x1000u);
  EXPECT_EQ(text(read.mapping(0).filename()), "/bin/app");
  EXPECT_EQ(text(read.mapping(0).build_id()), "abcd");
  EXPECT_TRUE(read.mapping(0).has_functions());
  EXPECT_FALSE(read.mapping(0).has_filenames());
  EXPECT_FALSE(read.mapping(0).has_line_numbers());
  EXPECT_TRUE(read.mapping(0).has_inline_frames());
  ASSERT_EQ(read.location_size(), 1);
  EXPECT_EQ(read.location(0).address(), ~0ull);
  EXPECT_EQ(read.location(0).mapping_id(), 3u);
  EXPECT_TRUE(read.location(0).is_folded());
  ASSERT_EQ(read.location(0).line_size(), 2);
  EXPECT_EQ(read.location(0).line(0).line(), 5);
  EXPECT_EQ(read.location(0).line(0).column(), 2);
  EXPECT_EQ(read.location(0).line(1).function_id(), 7u);
  ASSERT_EQ(read.function_size(), 1);
  EXPECT_EQ(text(read.function(0).system_name()), "_Z1fv");
  EXPECT_EQ(read.function(0).start_line(), 4);
  EXPECT_EQ(text(read.drop_frames()), "drop");
  EXPECT_EQ(text(read.keep_frames()), "keep");
  EXPECT_EQ(read.time_nanos(), 1'700'000'000'000'000'001);
  EXPECT_EQ(read.duration_nanos(), -1);
  EXPECT_EQ(text(read.period_type().type()), "cpu");
  EXPECT_EQ(read.period(), 10'000'000);
  ASSERT_EQ(read.comment_size(), 2);
  EXPECT_EQ(text(read.comment(1)), "second");
  EXPECT_EQ(text(read.default_sample_type()), "cpu");
  EXPECT_EQ(text(read.doc_url()), "https://example.org/");
}

TEST(encode_profile, gzip_form_holds_the_same_bytes) {
  const std::string packed = encode_profile_gzip(small_profile());
  ASSERT_TRUE(is_gzip(packed));
  const base::result<std::string> unpacked = gzip_decompress(packed, 1 << 20);
  ASSERT_TRUE(unpacked) << unpacked.error_text();
  EXPECT_EQ(*unpacked, encode_profile(small_profile()));
}

TEST(encode_profile, empty_profile_still_has_the_empty_string) {
  wire::Profile read;
  ASSERT_TRUE(read.ParseFromString(encode_profile(profile{})));
  ASSERT_EQ(read.string_table_size(), 1);
  EXPECT_EQ(read.string_table(0), "");
}

TEST(gzip, any_bytes_come_back) {
  base::prng random(1);
  for (std::size_t size : {0ul, 1ul, 100ul, 65536ul, 65537ul, 1000000ul}) {
    std::string bytes(size, 'a');
    for (std::size_t i = 0; i < size; i += 1 + random.below(3))
      bytes[i] = static_cast<char>(random.next());
    for (int level : {1, 6, 9}) {
      const base::result<std::string> back = gzip_decompress(gzip_compress(bytes, level), size + 1);
      ASSERT_TRUE(back) << back.error_text();
      EXPECT_EQ(*back, bytes);
    }
  }
}

TEST(gzip, members_are_read_one_after_the_other) {
  const base::result<std::string> both =
      gzip_decompress(gzip_compress("one,", 1) + gzip_compress("two", 9), 100);
  ASSERT_TRUE(both) << both.error_text();
  EXPECT_EQ(*both, "one,two");
}

TEST(gzip, every_truncation_is_an_error_that_names_the_offset) {
  const std::string whole = gzip_compress(encode_profile(small_profile()), 6);
  for (std::size_t size = 2; size < whole.size(); ++size) {
    const base::result<std::string> cut = gzip_decompress(whole.substr(0, size), 1 << 20);
    ASSERT_FALSE(cut) << size;
    EXPECT_NE(cut.error_text().find("offset " + std::to_string(size)), std::string::npos)
        << cut.error_text();
  }
}

TEST(gzip, damage_and_trailing_bytes_are_errors) {
  std::string damaged = gzip_compress(std::string(1000, 'x'), 6);
  damaged[damaged.size() - 6] ^= 1;  // the checksum
  EXPECT_FALSE(gzip_decompress(damaged, 1 << 20));
  const base::result<std::string> trailing = gzip_decompress(gzip_compress("x", 1) + "junk", 100);
  ASSERT_FALSE(trailing);
  EXPECT_NE(trailing.error_text().find("magic"), std::string::npos) << trailing.error_text();
}

TEST(gzip, output_never_passes_the_limit) {
  const std::string bomb = gzip_compress(std::string(1 << 20, '\0'), 9);
  EXPECT_TRUE(gzip_decompress(bomb, 1 << 20));
  EXPECT_FALSE(gzip_decompress(bomb, (1 << 20) - 1));
  EXPECT_FALSE(gzip_decompress(bomb, 0));
}

TEST(check_profile, a_sound_profile_has_no_fault) { EXPECT_EQ(check_profile(small_profile()), ""); }

TEST(check_profile, each_fault_is_named) {
  const auto fault = [](auto damage) {
    profile p = small_profile();
    damage(p);
    return check_profile(p);
  };
  const struct {
    std::string found;
    const char* words;
  } faults[] = {
      {fault([](profile& p) { p.samples[1].values.pop_back(); }),
       "sample #1: has 1 values, expected 2"},
      {fault([](profile& p) { p.sample_types.clear(); }), "missing sample type"},
      {fault([](profile& p) { p.samples[0].location_ids[1] = 8; }),
       "sample #0: names location id 8"},
      {fault([](profile& p) { p.mappings[0].id = 0; }), "mapping #0: found the reserved id 0"},
      {fault([](profile& p) { p.mappings.push_back(p.mappings[0]); }),
       "mapping #1: the id 3 was given before"},
      {fault([](profile& p) { p.functions[0].id = 0; }), "function #0"},
      {fault([](profile& p) { p.functions.push_back(p.functions[0]); }), "function #1: the id 7"},
      {fault([](profile& p) { p.locations[0].id = 0; }), "location #0"},
      {fault([](profile& p) { p.locations.push_back(p.locations[0]); }), "location #1: the id 9"},
      {fault([](profile& p) { p.locations[0].mapping_id = 4; }), "names mapping id 4"},
      {fault([](profile& p) { p.locations[0].lines[1].function_id = 0; }), "names function id 0"},
  };
  for (const auto& [found, words] : faults)
    EXPECT_NE(found.find(words), std::string::npos) << found;
}

TEST(string_table, equal_texts_share_an_id_also_after_copy_and_move) {
  string_table table;
  const string_id a = table.intern("a");
  EXPECT_EQ(table.intern(""), kEmptyString);
  EXPECT_EQ(table.intern("a"), a);
  for (int i = 0; i < 1000; ++i) table.intern(std::to_string(i));
  string_table copy = table;
  string_table moved = std::move(table);
  for (string_table* t : {&copy, &moved}) {
    EXPECT_EQ((*t)[a], "a");
    EXPECT_EQ(t->intern("999"), moved.intern("999"));
    EXPECT_EQ(t->find("no such text"), std::nullopt);
  }
  EXPECT_EQ(copy.intern("new"), moved.size());
}

}  // namespace
}  // namespace vole::format
