// SPDX-License-Identifier: Apache-2.0
// Goal: /debug/pprof answers as Go's net/http/pprof does: paths, statuses, headers, errors.
#include <gtest/gtest.h>
#include <httplib.h>
#include <vole/go.h>
#include <vole/pprof.h>

#include <stdexcept>
#include <system_error>
#include <thread>

#include "tool.h"

namespace server_case {

namespace pprof = vole::pprof;
using profile_test::contains;
using profile_test::go_pprof;

class served : public ::testing::Test {
 protected:
  httplib::Result get(const std::string& path) {
    return vole::blocking([&] {
      httplib::Client client("127.0.0.1", server_.port());
      client.set_read_timeout(60);
      return client.Get(path.c_str());
    });
  }
  pprof::server server_{"127.0.0.1:0"};
};

TEST_F(served, the_index_lists_all_profiles) {
  const auto answer = get("/debug/pprof/");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->get_header_value("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(answer->get_header_value("X-Content-Type-Options"), "nosniff");
  for (const char* link :
       {"allocs?debug=1", "block?debug=1", "cmdline", "goroutine?debug=1", "goroutine?debug=2",
        "heap?debug=1", "mutex?debug=1", "profile", "symbol", "threadcreate?debug=1"})
    EXPECT_TRUE(contains(answer->body, link)) << link;
}

TEST_F(served, a_profile_comes_as_a_file_or_as_text) {
  const auto binary = get("/debug/pprof/goroutine");
  ASSERT_TRUE(binary);
  EXPECT_EQ(binary->status, 200);
  EXPECT_EQ(binary->get_header_value("Content-Type"), "application/octet-stream");
  EXPECT_EQ(binary->get_header_value("Content-Disposition"), "attachment; filename=\"goroutine\"");
  EXPECT_EQ(go_pprof("-raw", binary->body).status, 0);
  const auto text = get("/debug/pprof/goroutine?debug=1");
  EXPECT_EQ(text->get_header_value("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_FALSE(text->has_header("Content-Disposition"));
  EXPECT_TRUE(text->body.starts_with("goroutine profile: total ")) << text->body;
  const auto dump = get("/debug/pprof/goroutine?debug=2");
  EXPECT_TRUE(dump->body.starts_with("goroutine 1 [")) << dump->body;
}

TEST_F(served, the_threads_of_the_server_are_no_goroutines) {
  const auto dump = get("/debug/pprof/goroutine?debug=2");
  ASSERT_TRUE(dump);
  EXPECT_FALSE(contains(dump->body, "accept_until_stopped")) << dump->body;
  EXPECT_FALSE(contains(dump->body, "\n\ngoroutine ")) << dump->body;
  EXPECT_EQ(vole::num_goroutine(), 1u);
}

TEST_F(served, unknown_names_and_bad_parameters_are_refused_as_go_does) {
  const auto unknown = get("/debug/pprof/nothing");
  ASSERT_TRUE(unknown);
  EXPECT_EQ(unknown->status, 404);
  EXPECT_EQ(unknown->body, "Unknown profile\n");
  EXPECT_EQ(unknown->get_header_value("X-Go-Pprof"), "1");
  EXPECT_EQ(get("/elsewhere")->status, 404);
  const std::pair<const char*, const char*> refused[] = {
      {"/debug/pprof/heap?seconds=x",
       "invalid value for \"seconds\" - must be a positive integer\n"},
      {"/debug/pprof/heap?seconds=-1",
       "invalid value for \"seconds\" - must be a positive integer\n"},
      {"/debug/pprof/heap?seconds=1&debug=1", "seconds and debug params are incompatible\n"},
      {"/debug/pprof/goroutineleak?seconds=1",
       "\"seconds\" parameter is not supported for this profile type\n"}};
  for (const auto& [path, text] : refused) {
    const auto answer = get(path);
    ASSERT_TRUE(answer) << path;
    EXPECT_EQ(answer->status, 400) << path;
    EXPECT_EQ(answer->body, text) << path;
  }
}

TEST_F(served, a_cpu_profile_takes_its_seconds_and_only_one_may_run) {
  std::thread busy([&] {
    httplib::Client client("127.0.0.1", server_.port());
    client.set_read_timeout(60);
    const auto answer = client.Get("/debug/pprof/profile?seconds=1");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200) << answer->body;
    EXPECT_EQ(answer->get_header_value("Content-Disposition"), "attachment; filename=\"profile\"");
    EXPECT_EQ(go_pprof("-raw", answer->body).status, 0);
  });
  busy.join();
  std::ostringstream out;
  pprof::start_cpu_profile(out);
  const auto refused = get("/debug/pprof/profile?seconds=1");
  pprof::stop_cpu_profile();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 500);
  EXPECT_EQ(refused->body, "Could not enable CPU profiling: cpu profiling already in use\n");
}

TEST_F(served, a_delta_profile_has_a_name_and_a_duration) {
  const auto answer = get("/debug/pprof/mutex?seconds=1");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->get_header_value("Content-Disposition"),
            "attachment; filename=\"mutex-delta\"");
  EXPECT_TRUE(contains(go_pprof("-raw", answer->body).output, "Duration: 1.")) << answer->body;
}

TEST_F(served, the_command_line_and_symbols_are_told) {
  EXPECT_TRUE(contains(get("/debug/pprof/cmdline")->body, "profile_test"));
  EXPECT_EQ(get("/debug/pprof/symbol")->body, "num_symbols: 1\n");
  char question[64];
  std::snprintf(question, sizeof question, "%p", reinterpret_cast<void*>(&profile_test::contains));
  const auto by_get = get("/debug/pprof/symbol?" + std::string(question) + "+0x0");
  EXPECT_EQ(by_get->body, "num_symbols: 1\n" + std::string(question) + " profile_test::contains\n");
  const auto by_post = vole::blocking([&] {
    httplib::Client client("127.0.0.1", server_.port());
    return client.Post("/debug/pprof/symbol", question, "text/plain");
  });
  EXPECT_EQ(by_post->body, by_get->body);
}

TEST_F(served, go_tool_pprof_fetches_from_it) {
  const profile_test::scratch_file home;
  const auto top = vole::blocking([&] {
    return profile_test::run("PPROF_TMPDIR=" + home.path() + ".d go tool pprof -top http://" +
                             server_.address() + "/debug/pprof/goroutine; rm -rf " + home.path() +
                             ".d");
  });
  EXPECT_TRUE(contains(top.output, "Type: goroutine")) << top.output;
}

TEST(server, stops_at_once_though_a_profile_is_waited_for) {
  std::thread client;
  {
    const pprof::server s("127.0.0.1:0");
    client = std::thread([port = s.port()] {
      // The loop below may have a profile on just then: that answer is no answer.
      for (int status = 500; status == 500;) {
        httplib::Client http("127.0.0.1", port);
        http.set_read_timeout(600);
        const auto answer = http.Get("/debug/pprof/profile?seconds=500");
        status = answer ? answer->status : 0;
      }
    });
    // Until the request's profile is on: then another one is refused.
    for (bool is_on = false; !is_on;) {
      try {
        std::ostringstream out;
        pprof::start_cpu_profile(out);
        pprof::stop_cpu_profile();
        std::this_thread::yield();
      } catch (const std::runtime_error&) {
        is_on = true;
      }
    }
  }
  client.join();
  std::ostringstream out;
  pprof::start_cpu_profile(out);
  pprof::stop_cpu_profile();
}

TEST(server, two_may_not_have_one_port) {
  const pprof::server first("127.0.0.1:0");
  EXPECT_THROW(pprof::server(first.address()), std::system_error);
}

TEST(server, addresses_that_are_none_are_refused) {
  for (const char* address :
       {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", ":-1"})
    EXPECT_THROW(pprof::server{address}, std::invalid_argument) << address;
}

}  // namespace server_case
