// SPDX-License-Identifier: Apache-2.0
// Goal: units, merging, filters, the graph and the printers do what they say, without another tool
// to compare with. Goldens: golden/*.txt, written anew when VOLE_UPDATE_GOLDENS is set; the time
// zone is fixed, nothing else is of this machine.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>

#include "fixtures.h"
#include "model/merge.h"
#include "model/tag_filter.h"
#include "report/printers.h"
#include "text/go_time.h"
#include "text/layout.h"
#include "text/units.h"

namespace vole::test {
namespace {

void ignore_warning(const std::string&) {}

format::profile normal(format::profile p) {
  std::vector<format::profile> one;
  one.push_back(std::move(p));
  base::result<format::profile> merged = model::merge_profiles(std::move(one));
  if (!merged) throw std::runtime_error(merged.error_text());
  return *std::move(merged);
}

report::report make_report(format::profile p, report::report_options options = {}) {
  base::result<report::report> r =
      report::report::make(normal(std::move(p)), std::move(options), ignore_warning);
  if (!r) throw std::runtime_error(r.error_text());
  return *std::move(r);
}

std::int64_t sum_of(const format::profile& p, std::size_t type) {
  std::int64_t sum = 0;
  for (const format::sample& s : p.samples) sum += s.values[type];
  return sum;
}

TEST(units, values_are_shown_in_the_largest_unit_that_fits) {
  EXPECT_EQ(text::scaled_label(0, "nanoseconds", "auto"), "0");
  EXPECT_EQ(text::scaled_label(999, "nanoseconds", "auto"), "999ns");
  EXPECT_EQ(text::scaled_label(1'100'000'000, "nanoseconds", "auto"), "1.10s");
  EXPECT_EQ(text::scaled_label(-1'500, "ms", "auto"), "-1.50s");
  EXPECT_EQ(text::scaled_label(1536, "bytes", "auto"), "1.50kB");
  EXPECT_EQ(text::scaled_label(3, "hours", "auto"), "3hrs");
  EXPECT_EQ(text::scaled_label(37, "count", "auto"), "37");
  EXPECT_EQ(text::scaled_label(37, "widgets", "auto"), "37");
  EXPECT_EQ(text::scaled_label(1, "bytes", "gb"), "0");
  EXPECT_EQ(text::scaled_label(INT64_MIN, "bytes", "auto"), "-9223372036854775808B");
}

TEST(units, shares_have_two_significant_digits_and_a_round_hundred) {
  EXPECT_EQ(text::percentage(0, 10), "    0%");
  EXPECT_EQ(text::percentage(1, 1000), "  0.1%");
  EXPECT_EQ(text::percentage(12345, 10000), "123.45%");
  EXPECT_EQ(text::percentage(99951, 100000), "  100%");
  EXPECT_EQ(text::percentage(99949, 100000), "99.95%");
  EXPECT_EQ(text::percentage(-1, 2), "50.00%");
  EXPECT_EQ(text::percentage(1, 0), "    0%");
}

TEST(go_time, durations_have_go_s_form) {
  EXPECT_EQ(text::duration_text(0), "0s");
  EXPECT_EQ(text::duration_text(1), "1ns");
  EXPECT_EQ(text::duration_text(1'500), "1.5µs");
  EXPECT_EQ(text::duration_text(2'000'001), "2.000001ms");
  EXPECT_EQ(text::duration_text(3'723'500'000'000), "1h2m3.5s");
  EXPECT_EQ(text::duration_text(-60'000'000'000), "-1m0s");
}

TEST(layout, padding_counts_code_points) {
  EXPECT_EQ(text::pad_left("ключ", 6), "  ключ");
  EXPECT_EQ(text::rune_count("\xff\xfe"), 2u);
  EXPECT_EQ(text::rune_count("\xe2\x82"), 2u);
  EXPECT_EQ(text::pad_left("longer", 3), "longer");
}

TEST(merge, the_sum_of_two_is_the_sum_of_each) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const format::profile p = normal(random_profile(seed));
    std::vector<format::profile> both = {p, p};
    const base::result<format::profile> merged = model::merge_profiles(std::move(both));
    ASSERT_TRUE(merged) << merged.error_text();
    EXPECT_EQ(format::check_profile(*merged), "");
    EXPECT_EQ(merged->samples.size(), p.samples.size());
    for (std::size_t t = 0; t < p.sample_types.size(); ++t)
      EXPECT_EQ(sum_of(*merged, t), 2 * sum_of(p, t));
  }
}

TEST(merge, merging_again_changes_nothing) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const format::profile once = normal(random_profile(seed));
    EXPECT_EQ(report::print_raw(once), report::print_raw(normal(once)));
  }
}

TEST(merge, a_profile_less_itself_is_empty) {
  format::profile negative = cpu_profile();
  model::scale_values(negative, -1);
  std::vector<format::profile> both = {cpu_profile(), std::move(negative)};
  const base::result<format::profile> merged = model::merge_profiles(std::move(both));
  ASSERT_TRUE(merged);
  EXPECT_TRUE(merged->samples.empty());
}

TEST(merge, units_are_unified_to_the_finest) {
  format::profile coarse = cpu_profile();
  coarse.sample_types[1].unit = coarse.strings.intern("milliseconds");
  for (format::sample& s : coarse.samples) s.values[1] /= 1'000'000;
  std::vector<format::profile> both = {std::move(coarse), cpu_profile()};
  const base::result<format::profile> merged = model::merge_profiles(std::move(both));
  ASSERT_TRUE(merged) << merged.error_text();
  EXPECT_EQ(merged->text(merged->sample_types[1].unit), "nanoseconds");
  EXPECT_EQ(sum_of(*merged, 1), 2 * sum_of(cpu_profile(), 1));
}

TEST(merge, types_that_differ_are_an_error_that_names_them) {
  std::vector<format::profile> both = {cpu_profile(), heap_profile()};
  EXPECT_FALSE(model::merge_profiles(std::move(both)));
  format::profile other = cpu_profile();
  other.sample_types[1].type = other.strings.intern("wall");
  both = {cpu_profile(), std::move(other)};
  const base::result<format::profile> merged = model::merge_profiles(std::move(both));
  ASSERT_FALSE(merged);
  EXPECT_NE(merged.error_text().find("cpu/nanoseconds and wall/nanoseconds"), std::string::npos)
      << merged.error_text();
}

TEST(filter, focus_and_ignore_part_the_samples) {
  const std::int64_t all = sum_of(cpu_profile(), 1);
  for (const char* pattern : {"route", "visit", "main", "nothing", "\\.cpp$"}) {
    report::report_options focus;
    focus.filters.focus = pattern;
    report::report_options ignore;
    ignore.filters.ignore = pattern;
    EXPECT_EQ(sum_of(make_report(cpu_profile(), focus).profile(), 1) +
                  sum_of(make_report(cpu_profile(), ignore).profile(), 1),
              all)
        << pattern;
  }
}

TEST(filter, a_bad_expression_names_its_option) {
  report::report_options options;
  options.filters.show_from = "(";
  const base::result<report::report> r =
      report::report::make(normal(cpu_profile()), options, ignore_warning);
  ASSERT_FALSE(r);
  EXPECT_TRUE(r.error_text().starts_with("parsing show_from regexp: ")) << r.error_text();
}

TEST(filter, a_filter_that_matches_nothing_warns) {
  std::string warnings;
  report::report_options options;
  options.filters.focus = "nothing";
  options.filters.taghide = "nothing";
  ASSERT_TRUE(
      report::report::make(normal(cpu_profile()), options,
                           [&warnings](const std::string& text) { warnings += text + "\n"; }));
  EXPECT_EQ(warnings,
            "Focus expression matched no samples\nTagHide expression matched no samples\n");
}

TEST(graph, flat_values_sum_to_the_total_and_no_cum_is_larger) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    format::profile p = random_profile(seed);
    std::erase_if(p.samples, [](const format::sample& s) { return s.location_ids.empty(); });
    for (format::sample& s : p.samples) {
      for (std::int64_t& v : s.values) v = std::abs(v);
    }
    report::report_options options;
    options.trim = false;
    report::report r = make_report(std::move(p), options);
    const report::text_table table = report::make_text_table(r);
    std::int64_t sum = 0;
    for (const report::text_item& item : table.items) {
      sum += item.flat;
      EXPECT_GE(item.cum, item.flat);
      EXPECT_LE(item.cum, r.total());
    }
    EXPECT_EQ(sum, r.total()) << "seed " << seed;
  }
}

TEST(graph, a_recursive_frame_counts_once) {
  report::report r = make_report(cpu_profile());
  const std::vector<report::text_item> items = report::make_text_table(r).items;
  const auto visit = std::find_if(items.begin(), items.end(), [](const report::text_item& item) {
    return item.name == "dispatch::visit";
  });
  ASSERT_NE(visit, items.end());
  EXPECT_EQ(visit->cum, 100'000'000);
}

TEST(report, the_sample_index_is_a_number_a_name_or_the_default) {
  const format::profile p = normal(heap_profile());
  EXPECT_EQ(*report::find_sample_index(p, ""), 3u);
  EXPECT_EQ(*report::find_sample_index(p, "1"), 1u);
  EXPECT_EQ(*report::find_sample_index(p, "alloc_objects"), 0u);
  EXPECT_EQ(report::find_sample_index(p, "4").error_text(),
            "sample_index 4 is outside the range [0..3]");
  EXPECT_EQ(
      report::find_sample_index(p, "x").error_text(),
      "sample_index \"x\" must be one of: [alloc_objects alloc_space inuse_objects inuse_space]");
}

// Prints for the goldens.
using print_function = std::string (*)(report::report&);
struct golden {
  const char* name;
  format::profile (*profile)();
  print_function print;
};
const golden kGoldens[] = {
    {"cpu_text", cpu_profile, [](report::report& r) { return report::print_text(r); }},
    {"cpu_tree", cpu_profile, [](report::report& r) { return *report::print_tree(r); }},
    {"cpu_traces", cpu_profile, [](report::report& r) { return report::print_traces(r); }},
    {"cpu_raw", cpu_profile, [](report::report& r) { return report::print_raw(r.profile()); }},
    {"goroutine_traces", goroutine_profile,
     [](report::report& r) { return report::print_traces(r); }},
    {"heap_text", heap_profile, [](report::report& r) { return report::print_text(r); }},
    {"heap_tags", heap_profile, [](report::report& r) { return report::print_tags(r); }},
    {"bare_text", bare_profile, [](report::report& r) { return report::print_text(r); }},
};

class goldens : public testing::TestWithParam<golden> {};

TEST_P(goldens, printed_text_is_the_reviewed_one) {
  setenv("TZ", "UTC", 1);
  report::report r = make_report(GetParam().profile());
  const std::string printed = GetParam().print(r);
  const std::string path = std::string(VOLE_GOLDEN_FOLDER) + "/" + GetParam().name + ".txt";
  if (std::getenv("VOLE_UPDATE_GOLDENS") != nullptr) std::ofstream(path) << printed;
  EXPECT_EQ(printed, read_file(path));
}
INSTANTIATE_TEST_SUITE_P(each_report, goldens, testing::ValuesIn(kGoldens),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace vole::test
