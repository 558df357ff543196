// SPDX-License-Identifier: Apache-2.0
// Goal: the reader takes what the encoder writes, says where a damaged file is damaged, and
// survives any bytes.
#include <gtest/gtest.h>

#include "base/prng.h"
#include "fixtures.h"
#include "format/encode_profile.h"
#include "format/gzip.h"
#include "model/merge.h"
#include "model/read_profile.h"
#include "report/printers.h"

namespace vole::test {
namespace {

constexpr int kMutations = 4000;

std::string varint(std::uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  return out + static_cast<char>(value);
}
std::string field(unsigned number, std::string_view payload) {
  return varint(number << 3 | 2) + varint(payload.size()) + std::string(payload);
}
std::string field(unsigned number, std::uint64_t value) {
  return varint(number << 3) + varint(value);
}

std::string error_of(const std::string& bytes) {
  const base::result<format::profile> p = model::decode_profile(bytes, "it.pb.gz");
  return p ? std::string("no error") : p.error_text();
}

void expect_error(const std::string& bytes, const std::vector<std::string>& parts) {
  const std::string text = error_of(bytes);
  EXPECT_TRUE(text.starts_with("it.pb.gz: ")) << text;
  for (const std::string& part : parts)
    EXPECT_NE(text.find(part), std::string::npos) << text << "\nwants: " << part;
}

TEST(read_profile, reads_what_the_encoder_writes) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const format::profile written = random_profile(seed, true);
    const base::result<format::profile> read =
        model::decode_profile(format::encode_profile_gzip(written), "it");
    ASSERT_TRUE(read) << read.error_text();
    // Labels come back in the reader's order, so compare what both print after one more round.
    const base::result<format::profile> again =
        model::decode_profile(format::encode_profile(*read), "it");
    ASSERT_TRUE(again) << again.error_text();
    EXPECT_EQ(report::print_raw(*read), report::print_raw(*again));
    ASSERT_EQ(read->samples.size(), written.samples.size());
    for (std::size_t i = 0; i < written.samples.size(); ++i) {
      EXPECT_EQ(read->samples[i].values, written.samples[i].values);
      EXPECT_EQ(read->samples[i].location_ids, written.samples[i].location_ids);
    }
    EXPECT_EQ(read->time_nanos, written.time_nanos);
  }
}

TEST(read_profile, packed_and_unpacked_numbers_are_the_same) {
  const std::string strings = field(6, "") + field(6, "t") + field(6, "u");
  const std::string type = field(1, field(1, 1u) + field(2, 2u));
  const std::string location = field(4, field(1, 1u));
  const std::string packed = field(2, field(1, varint(1) + varint(1)) + field(2, varint(7)));
  const std::string unpacked = field(2, field(1, 1u) + field(1, 1u) + field(2, 7u));
  const auto a = model::decode_profile(type + packed + location + strings, "a");
  const auto b = model::decode_profile(type + unpacked + location + strings, "b");
  ASSERT_TRUE(a) << a.error_text();
  ASSERT_TRUE(b) << b.error_text();
  EXPECT_EQ(report::print_raw(*a), report::print_raw(*b));
}

TEST(read_profile, unknown_fields_are_skipped) {
  const std::string good = format::encode_profile(cpu_profile());
  const std::string fixed64 = varint(90 << 3 | 1) + std::string(8, 'x');
  const std::string fixed32 = varint(91 << 3 | 5) + std::string(4, 'x');
  const auto p =
      model::decode_profile(field(99, 5u) + fixed64 + good + fixed32 + field(98, "text"), "it");
  ASSERT_TRUE(p) << p.error_text();
  EXPECT_EQ(p->samples.size(), cpu_profile().samples.size());
}

TEST(read_profile, an_empty_file_is_an_error) { expect_error("", {"empty"}); }

TEST(read_profile, text_is_an_error_at_its_offset) {
  expect_error("hello\n", {"not a profile: offset 2", "wire type 4"});
}

TEST(read_profile, a_truncated_gzip_names_the_compressed_offset) {
  const std::string whole = format::encode_profile_gzip(cpu_profile());
  expect_error(whole.substr(0, 100), {"gzip: compressed offset 100", "truncated"});
}

TEST(read_profile, a_truncated_varint_names_offset_and_field) {
  // sample[0].value: the payload of one byte says that more follow.
  const std::string bytes = field(2, field(2, "\x80"));
  expect_error(bytes, {"offset 4", "Profile.sample[0].value", "bad varint"});
}

TEST(read_profile, a_varint_of_eleven_bytes_names_offset_and_field) {
  const std::string bytes = field(12, 1u) + varint(10 << 3) + std::string(10, '\xff') + '\x01';
  expect_error(bytes, {"offset 3", "Profile.duration_nanos", "longer than 10 bytes"});
}

TEST(read_profile, a_length_past_the_end_names_offset_and_field) {
  expect_error(varint(6 << 3 | 2) + varint(1000) + "short",
               {"offset 1", "Profile.string_table", "1000 bytes", "5"});
}

TEST(read_profile, a_wrong_wire_type_names_what_was_expected) {
  expect_error(field(9, "text"), {"offset 0", "Profile.time_nanos", "wire type 2", "expected 0"});
  expect_error(field(4, field(4, 3u)),
               {"offset 2", "Profile.location[0].line[0]", "wire type 0", "expected 2"});
  expect_error(varint(50 << 3 | 3), {"offset 0", "unknown wire type 3"});
}

TEST(read_profile, two_profiles_in_one_file_are_an_error) {
  const std::string one = format::encode_profile(cpu_profile());
  expect_error(one + one, {"Profile.time_nanos", "concatenated"});
}

TEST(read_profile, a_string_table_without_the_empty_string_is_an_error) {
  expect_error(field(6, "x"), {"Profile.string_table", "entry 0"});
}

TEST(read_profile, a_string_index_out_of_range_names_field_and_range) {
  expect_error(field(1, field(1, 5u)) + field(6, ""),
               {"ValueType.type", "string index 5", "0 to 0"});
  expect_error(field(5, field(1, 1u) + field(2, static_cast<std::uint64_t>(-1))) + field(6, ""),
               {"Function.name", "string index -1"});
}

TEST(read_profile, rules_of_the_format_are_checked) {
  format::profile p = cpu_profile();
  p.samples[2].values.push_back(1);
  expect_error(format::encode_profile(p),
               {"malformed profile", "sample #2", "3 values", "expected 2"});
}

TEST(read_profile, a_missing_file_is_named_with_the_reason) {
  const base::result<format::profile> p = model::read_profile_file("/no/such/file.pb.gz");
  ASSERT_FALSE(p);
  EXPECT_EQ(p.error_text(), "open /no/such/file.pb.gz: No such file or directory");
  const base::result<format::profile> folder = model::read_profile_file("/");
  ASSERT_FALSE(folder);
  EXPECT_NE(folder.error_text().find('/'), std::string::npos);
}

// Whatever the bytes: an error in words or a profile that every printer can print.
void digest(const std::string& bytes) {
  base::result<format::profile> read = model::decode_profile(bytes, "mutant");
  if (!read) {
    EXPECT_FALSE(read.error_text().empty());
    return;
  }
  std::vector<format::profile> sources;
  sources.push_back(*std::move(read));
  base::result<format::profile> merged = model::merge_profiles(std::move(sources));
  ASSERT_TRUE(merged) << merged.error_text();
  report::print_raw(*merged);
  base::result<report::report> r =
      report::report::make(*std::move(merged), {}, [](const std::string&) {});
  if (!r) return;
  report::print_text(*r);
  report::print_traces(*r);
  report::print_tags(*r);
  EXPECT_TRUE(report::print_tree(*r));
}

TEST(read_profile, no_mutation_of_a_file_breaks_the_reader) {
  base::prng random(7);
  for (int i = 0; i < kMutations; ++i) {
    std::string bytes = format::encode_profile(random_profile(1 + random.below(50), true));
    for (std::uint32_t n = 1 + random.below(4); n > 0 && !bytes.empty(); --n) {
      const std::uint32_t at = random.below(static_cast<std::uint32_t>(bytes.size()));
      switch (random.below(4)) {
        case 0:
          bytes[at] = static_cast<char>(random.next());
          break;
        case 1:
          bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.below(8)));
          break;
        case 2:
          bytes.erase(at, 1 + random.below(20));
          break;
        default:
          bytes.insert(at, std::string(1 + random.below(9), static_cast<char>(random.next())));
      }
    }
    SCOPED_TRACE("mutation " + std::to_string(i));
    digest(bytes);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(read_profile, no_mutation_of_a_gzip_breaks_the_reader) {
  base::prng random(8);
  const std::string whole = format::encode_profile_gzip(cpu_profile());
  for (int i = 0; i < kMutations; ++i) {
    std::string bytes = whole;
    bytes[2 + random.below(static_cast<std::uint32_t>(bytes.size() - 2))] ^=
        static_cast<char>(1 + random.below(255));
    SCOPED_TRACE("mutation " + std::to_string(i));
    digest(bytes);
  }
}

}  // namespace
}  // namespace vole::test
