// SPDX-License-Identifier: Apache-2.0
// Goal: the command line says what it can do, refuses what it cannot, and its exit status tells
// which.
#include <gtest/gtest.h>
#include <httplib.h>
#include <sys/stat.h>

#include <thread>

#include "fixtures.h"
#include "format/encode_profile.h"
#include "vole/source.h"

namespace vole::test {
namespace {

run_result vole(std::vector<std::string> arguments, const std::filesystem::path& folder = ".") {
  arguments.insert(arguments.begin(), VOLE_TOOL);
  return run(arguments, folder);
}

class command_line : public testing::Test {
 protected:
  scratch_folder scratch_;
  std::string cpu_ = scratch_.write("cpu.pb.gz", format::encode_profile_gzip(cpu_profile()));
};

TEST_F(command_line, help_and_version_succeed) {
  EXPECT_EQ(vole({"--help"}).status, 0);
  EXPECT_NE(vole({"pprof", "-help"}).out.find("--nodecount"), std::string::npos);
  EXPECT_EQ(vole({"--version"}).out.substr(0, 5), "vole ");
}

TEST_F(command_line, misuse_exits_2_with_a_line_that_names_it) {
  const struct {
    std::vector<std::string> arguments;
    const char* words;
  } cases[] = {
      {{}, "subcommand"},
      {{"nonsense"}, "nonsense"},
      {{"pprof"}, "no profile source specified"},
      {{"pprof", "-top"}, "no profile source specified"},
      {{"pprof", cpu_}, "no output format"},
      {{"pprof", "-bogus", cpu_}, "-bogus"},
      {{"pprof", "-top", "-tree", cpu_}, "must set at most one output format"},
      {{"pprof", "-top", "-peek=x", cpu_}, "must set at most one output format"},
      {{"pprof", "-top", "-cum", "-flat", cpu_}, "conflicting options"},
      {{"pprof", "-top", "-lines", "-files", cpu_}, "conflicting options"},
      {{"pprof", "-top", "-nodecount=many", cpu_}, "nodecount"},
      {{"pprof", "-top", "-nodefraction", "x", cpu_}, "nodefraction"},
      {{"pprof", "-top", "-symbolize=local", cpu_}, "-symbolize=local"},
      {{"pprof", "-top", "-focus=(", cpu_}, "parsing focus regexp"},
      {{"pprof", "-top", "-sample_index=7", cpu_}, "sample_index 7 is outside the range [0..1]"},
      {{"pprof", "-top", "-divide_by=0", cpu_}, "zero divisor"},
      {{"pprof", "-peek=no.such", cpu_}, "no matches found for regexp: no.such"},
      {{"pprof", "-top", "-normalize", cpu_}, "base profile"},
      {{"pprof", "-top", "-base=a", "-diff_base=b", cpu_}, "cannot both be specified"},
      {{"view"}, "source"},
      {{"view", "-port=70000", cpu_}, "port"},
  };
  for (const auto& [arguments, words] : cases) {
    const run_result r = vole(arguments);
    EXPECT_EQ(r.status, 2) << words << "\n" << r.err;
    EXPECT_NE(r.err.find(words), std::string::npos) << r.err << "\nwants: " << words;
    EXPECT_EQ(r.out, "");
  }
}

TEST_F(command_line, a_bad_file_exits_1_and_is_named) {
  const std::string whole = format::encode_profile_gzip(cpu_profile());
  const std::string truncated = scratch_.write("truncated.pb.gz", whole.substr(0, 80));
  const std::string corrupt = scratch_.write("corrupt.pb", std::string("\x12\x03\x12\x01\x80", 5));
  const std::string missing = scratch_.path() / "missing.pb.gz";
  const struct {
    const std::string& path;
    const char* words;
  } cases[] = {{truncated, "compressed offset 80"},
               {corrupt, "offset 4: Profile.sample[0].value"},
               {missing, "No such file"}};
  for (const auto& [path, words] : cases) {
    for (const char* command : {"pprof", "view"}) {
      std::vector<std::string> arguments = {command, path};
      if (arguments[0] == "pprof") arguments.insert(arguments.begin() + 1, "-top");
      const run_result r = vole(arguments);
      EXPECT_EQ(r.status, 1) << r.err;
      EXPECT_NE(r.err.find(path), std::string::npos) << r.err;
      EXPECT_NE(r.err.find(words), std::string::npos) << r.err;
    }
  }
}

TEST_F(command_line, flags_have_every_form_that_go_takes) {
  const std::string wanted = vole({"pprof", "-top", "-nodecount=2", cpu_}).out;
  EXPECT_NE(wanted.find("Showing top 2 nodes"), std::string::npos);
  EXPECT_EQ(vole({"pprof", "--top", "--nodecount=2", cpu_}).out, wanted);
  EXPECT_EQ(vole({"pprof", "-top", "-nodecount", "2", cpu_}).out, wanted);
  EXPECT_EQ(vole({"pprof", "-top=true", "-tree=false", "-nodecount=5", "-nodecount=2", cpu_}).out,
            wanted);
  EXPECT_EQ(vole({"pprof", cpu_, "-nodecount=2", "-top"}).out, wanted)
      << "options after the source";
  EXPECT_EQ(vole({"pprof", "-top", "-nodecount=2", "--", cpu_}).out, wanted);
}

TEST_F(command_line, a_binary_before_the_sources_gives_its_name) {
  const std::string out = vole({"pprof", "-top", VOLE_TOOL, cpu_}).out;
  EXPECT_TRUE(out.starts_with("File: vole\n")) << out;
  EXPECT_NE(vole({"pprof", "-top", "00ff", cpu_}).out.find("Build ID: 00ff\n"), std::string::npos);
}

TEST_F(command_line, a_source_that_fails_does_not_hide_the_others) {
  const std::string missing = scratch_.path() / "missing.pb.gz";
  const run_result r = vole({"pprof", "-top", missing, cpu_});
  EXPECT_EQ(r.status, 0);
  EXPECT_EQ(r.out, vole({"pprof", "-top", cpu_}).out);
  EXPECT_NE(r.err.find("Fetched 1 source profiles out of 2"), std::string::npos) << r.err;
}

TEST_F(command_line, output_goes_to_the_file_and_leaves_nothing_beside_it) {
  const std::string path = scratch_.path() / "out.txt";
  scratch_.write("out.txt", "old");
  const run_result r = vole({"pprof", "-top", "-output", path, cpu_});
  EXPECT_EQ(r.status, 0) << r.err;
  EXPECT_EQ(r.out, "");
  EXPECT_EQ(read_file(path), vole({"pprof", "-top", cpu_}).out);
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(scratch_.path()))
    ++files;
  EXPECT_EQ(files, 2u);
  EXPECT_EQ(vole({"pprof", "-top", "-output=/no/such/folder/x", cpu_}).status, 1);
  EXPECT_EQ(vole({"pprof", "-top", "-output=/dev/null", cpu_}).status, 0);
  struct stat status{};
  ASSERT_EQ(::stat("/dev/null", &status), 0);
  EXPECT_TRUE(S_ISCHR(status.st_mode));
}

TEST(source, urls_are_told_from_files) {
  EXPECT_TRUE(cli::is_url("http://host/x"));
  EXPECT_TRUE(cli::is_url("localhost:6060"));
  EXPECT_TRUE(cli::is_url("localhost:6060/debug/pprof/heap"));
  EXPECT_FALSE(cli::is_url("/tmp/cpu.pb.gz"));
  EXPECT_FALSE(cli::is_url("cpu.pb.gz"));
  EXPECT_FALSE(cli::is_url("folder/a:b"));
}

TEST(source, the_request_has_go_s_defaults) {
  EXPECT_EQ(cli::request_url("localhost:6060", {}), "http://localhost:6060/debug/pprof/profile");
  EXPECT_EQ(cli::request_url("http://h/", {.seconds = 5}),
            "http://h/debug/pprof/profile?seconds=5");
  EXPECT_EQ(cli::request_url("http://h/heap?gc=1&seconds=9", {.seconds = 5}),
            "http://h/heap?gc=1&seconds=5");
  EXPECT_EQ(cli::request_url("http://h/heap?seconds=9", {}), "http://h/heap?seconds=9");
}

TEST_F(command_line, profiles_are_fetched_over_http) {
  httplib::Server http;
  http.Get(
      "/debug/pprof/profile", [](const httplib::Request& request, httplib::Response& response) {
        response.set_content(format::encode_profile_gzip(request.get_param_value("seconds") == "3"
                                                             ? cpu_profile()
                                                             : goroutine_profile()),
                             "application/octet-stream");
      });
  http.Get("/busy", [](const httplib::Request&, httplib::Response& response) {
    response.status = 500;
    response.set_header("X-Go-Pprof", "1");
    response.set_content("Could not enable CPU profiling", "text/plain; charset=utf-8");
  });
  const int port = http.bind_to_any_port("127.0.0.1");
  std::thread serving([&http] { http.listen_after_bind(); });
  const std::string host = "127.0.0.1:" + std::to_string(port);

  const run_result fetched = vole({"pprof", "-top", "-seconds=3", host});
  EXPECT_EQ(fetched.status, 0) << fetched.err;
  EXPECT_EQ(fetched.out, vole({"pprof", "-top", cpu_}).out);
  EXPECT_NE(fetched.err.find("Fetching profile over HTTP from http://" + host), std::string::npos);
  const run_result busy = vole({"pprof", "-top", "http://" + host + "/busy"});
  EXPECT_EQ(busy.status, 1);
  EXPECT_NE(busy.err.find("500"), std::string::npos) << busy.err;
  EXPECT_NE(busy.err.find("Could not enable CPU profiling"), std::string::npos) << busy.err;

  http.stop();
  serving.join();
  const run_result gone = vole({"pprof", "-top", "http://" + host + "/heap"});
  EXPECT_EQ(gone.status, 1);
  EXPECT_NE(gone.err.find("http fetch: cannot connect"), std::string::npos) << gone.err;
}

}  // namespace
}  // namespace vole::test
