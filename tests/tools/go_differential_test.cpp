// SPDX-License-Identifier: Apache-2.0
// Goal: `vole pprof` prints what `go tool pprof` of Go 1.19 prints, to the byte.
// Method: run both on written-down and random profiles with a list of options; the standard outputs
// must be equal, and so must be whether they fail. Without Go in PATH the tests fail: ./dev test
// installs it.
#include <gtest/gtest.h>

#include <sstream>

#include "base/prng.h"
#include "fixtures.h"
#include "format/encode_profile.h"

namespace vole::test {
namespace {

constexpr int kRandomProfiles = 30;  // about 25 ms for each pair of runs
constexpr const char* kOptions[] = {
    "-top",
    "-text -cum",
    "-tree",
    "-traces",
    "-raw",
    "-tags",
    "-comments",
    "-peek=main|route",
    "-top -lines",
    "-top -addresses",
    "-top -files",
    "-top -filefunctions",
    "-top -functions",
    "-top -noinlines -lines",
    "-traces -lines",
    "-traces -addresses -noinlines",
    "-tree -lines -nodecount=5",
    "-tree -addresses -cum",
    "-tree -files",
    "-top -nodecount=3",
    "-top -nodecount -1",
    "-top -nodefraction=0.2",
    "-tree -nodefraction=0.1 -edgefraction=0.3",
    "-tree -trim=false",
    "-top -unit=ms",
    "-top -unit=kb",
    "-tree -unit=auto",
    "-tags -unit=bytes",
    "-top -sample_index=0",
    "-traces -sample_index=0",
    "-top -mean",
    "-tree -mean -trim=false",
    "-traces -mean",
    "-top -divide_by=10",
    "-top -drop_negative",
    "-top -compact_labels",
    "-top -focus=route",
    "-tree -focus=f -cum",
    "-top -focus=matches.nothing",
    "-top -relative_percentages -focus=main",
    "-top -ignore=g",
    "-traces -ignore=libc|libm",
    "-top -hide=main|visit",
    "-raw -hide=route",
    "-top -show=dispatch|ns",
    "-raw -show=dispatch|ns",
    "-traces -show_from=serve|run|ns",
    "-raw -prune_from=route|deep",
    "-tree -prune_from=visit|mallocgc",
    "-top -tagfocus=worker=1",
    "-top -tagfocus=worker:1,district",
    "-raw -tagignore=worker",
    "-traces -tagfocus=1kb:",
    "-traces -tagfocus=bytes=:64kb",
    "-traces -tagignore=bytes=16b:2kb",
    "-raw -tagshow=work|bytes",
    "-traces -taghide=worker|k",
};

std::vector<std::string> words(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

std::vector<std::string> command(std::vector<std::string> tool, const std::string& options,
                                 const std::vector<std::string>& sources) {
  tool.push_back("-symbolize=none");
  for (std::string& option : words(options)) tool.push_back(std::move(option));
  tool.insert(tool.end(), sources.begin(), sources.end());
  return tool;
}

void expect_same(const std::string& options, const std::vector<std::string>& sources) {
  const run_result go = run(command({"go", "tool", "pprof"}, options, sources));
  const run_result vole = run(command({VOLE_TOOL, "pprof"}, options, sources));
  EXPECT_EQ(go.status == 0, vole.status == 0) << options << "\n" << go.err << "\n" << vole.err;
  EXPECT_EQ(go.out, vole.out) << options;
}

class on_written_profiles : public testing::TestWithParam<const char*> {};

TEST_P(on_written_profiles, vole_and_go_print_the_same) {
  const scratch_folder scratch;
  for (const auto& [name, profile] :
       {std::pair{"cpu", cpu_profile()}, std::pair{"goroutine", goroutine_profile()},
        std::pair{"heap", heap_profile()}, std::pair{"bare", bare_profile()}}) {
    SCOPED_TRACE(name);
    expect_same(GetParam(), {scratch.write(std::string(name) + ".pb.gz",
                                           format::encode_profile_gzip(profile))});
  }
}
INSTANTIATE_TEST_SUITE_P(each_option, on_written_profiles, testing::ValuesIn(kOptions),
                         [](const auto& info) { return "option" + std::to_string(info.index); });

TEST(go_differential, random_profiles_print_the_same) {
  const scratch_folder scratch;
  for (std::uint64_t seed = 1; seed <= kRandomProfiles; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const std::string path = scratch.write(
        "random.pb.gz", format::encode_profile_gzip(random_profile(seed, seed % 4 == 0)));
    base::prng random(seed);
    for (int i = 0; i < 4; ++i) expect_same(kOptions[random.below(std::size(kOptions))], {path});
    if (testing::Test::HasFailure()) break;
  }
}

TEST(go_differential, several_sources_merge_the_same) {
  const scratch_folder scratch;
  const std::string cpu = scratch.write("cpu.pb.gz", format::encode_profile_gzip(cpu_profile()));
  const std::string uncompressed = scratch.write("cpu.pb", format::encode_profile(cpu_profile()));
  for (const char* options : {"-top", "-raw", "-tree -lines", "-tags"}) {
    expect_same(options, {cpu, uncompressed});
    expect_same(options, {cpu, cpu, scratch.path() / "missing.pb.gz"});
  }
}

TEST(go_differential, bases_are_subtracted_the_same) {
  const scratch_folder scratch;
  format::profile later = cpu_profile();
  for (format::sample& s : later.samples) {
    for (std::int64_t& value : s.values) value *= 3;
  }
  later.samples.pop_back();
  const std::string before =
      scratch.write("before.pb.gz", format::encode_profile_gzip(cpu_profile()));
  const std::string after = scratch.write("after.pb.gz", format::encode_profile_gzip(later));
  for (const std::string options :
       {"-top", "-tree", "-raw", "-top -drop_negative", "-top -normalize"}) {
    const auto with = [&options](const char* flag, const std::string& base) {
      std::string all = options;
      return all.append(flag).append(base);
    };
    expect_same(with(" -base=", before), {after});
    expect_same(with(" -diff_base=", before), {after});
    expect_same(with(" -base=", after), {before});
  }
}

TEST(go_differential, go_reads_the_same_from_either_proto) {
  const scratch_folder scratch;
  const std::string by_go = scratch.path() / "go.pb.gz";
  const std::string by_vole = scratch.path() / "vole.pb.gz";
  for (std::uint64_t seed = 1; seed <= kRandomProfiles; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const std::string source = scratch.write(
        "source.pb.gz", format::encode_profile_gzip(random_profile(seed, seed % 4 == 0)));
    const run_result go =
        run(command({"go", "tool", "pprof"}, "-proto -output=" + by_go, {source}));
    const run_result vole =
        run(command({VOLE_TOOL, "pprof"}, "-proto -output=" + by_vole, {source}));
    ASSERT_EQ(go.status, 0) << go.err;
    ASSERT_EQ(vole.status, 0) << vole.err;
    expect_same("-raw", {by_vole});
    const run_result first = run({"go", "tool", "pprof", "-symbolize=none", "-raw", by_go});
    const run_result second = run({"go", "tool", "pprof", "-symbolize=none", "-raw", by_vole});
    EXPECT_EQ(first.status, 0);
    EXPECT_EQ(first.out, second.out);
    if (testing::Test::HasFailure()) break;
  }
}

TEST(go_differential, both_reject_what_is_not_a_profile) {
  const scratch_folder scratch;
  const std::string good = format::encode_profile_gzip(cpu_profile());
  const std::string bad[] = {
      scratch.write("empty", ""),
      scratch.write("text", "hello\n"),
      scratch.write("truncated.pb.gz", good.substr(0, good.size() / 2)),
      scratch.write("twice.pb",
                    format::encode_profile(cpu_profile()) + format::encode_profile(cpu_profile())),
  };
  for (const std::string& path : bad) {
    SCOPED_TRACE(path);
    expect_same("-top", {path});
    EXPECT_EQ(run({VOLE_TOOL, "pprof", "-top", path}).status, 1);
  }
}

}  // namespace
}  // namespace vole::test
