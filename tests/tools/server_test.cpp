// SPDX-License-Identifier: Apache-2.0
// Goal: the viewer's server answers on the loopback with the page and the data, and only to
// loopback names.
#include <gtest/gtest.h>
#include <httplib.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "fixtures.h"
#include "model/merge.h"
#include "serve/assets.h"
#include "serve/server.h"

namespace vole::test {
namespace {

using nlohmann::json;

format::profile normal(format::profile p) {
  std::vector<format::profile> one;
  one.push_back(std::move(p));
  return *model::merge_profiles(std::move(one));
}

class server_test : public testing::Test {
 protected:
  server_test()
      : server_({{"cpu.pb.gz", normal(cpu_profile())}, {"heap.pb.gz", normal(heap_profile())}}) {
    base::result<int> port = server_.bind(0);
    if (!port) throw std::runtime_error(port.error_text());
    port_ = *port;
    client_ = std::make_unique<httplib::Client>("127.0.0.1", port_);
    thread_ = std::thread([this] { server_.run(); });
    // The socket listens since bind(); stop() works once the server takes connections.
    client_->Get("/api/profiles");
  }
  ~server_test() override {
    server_.stop();
    thread_.join();
  }
  json get(const std::string& path) {
    const httplib::Result answer = client_->Get(path);
    if (!answer || answer->status != 200) throw std::runtime_error("no answer to " + path);
    return json::parse(answer->body);
  }
  int status_of(const std::string& path, const httplib::Headers& headers = {}) {
    const httplib::Result answer = client_->Get(path, headers);
    return answer ? answer->status : -1;
  }

  serve::server server_;
  int port_ = 0;
  std::unique_ptr<httplib::Client> client_;
  std::thread thread_;
};

TEST_F(server_test, lists_the_profiles_with_their_types) {
  const json list = get("/api/profiles");
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0]["name"], "cpu.pb.gz");
  EXPECT_EQ(list[0]["file"], "dispatch");
  EXPECT_EQ(list[0]["types"][1], (json{{"type", "cpu"}, {"unit", "nanoseconds"}}));
  EXPECT_EQ(list[0]["defaultType"], 1);
  EXPECT_EQ(list[1]["defaultType"], 3);
}

TEST_F(server_test, the_table_has_each_function_once_and_sums_to_the_total) {
  const json top = get("/api/profiles/0/top?type=1");
  EXPECT_EQ(top["total"], 1'030'000'000);
  std::int64_t flat = 0;
  std::set<std::string> names;
  for (const json& row : top["rows"]) {
    flat += row["flat"].get<std::int64_t>();
    EXPECT_TRUE(names.insert(row["name"]).second);
  }
  EXPECT_EQ(flat, 1'030'000'000);
  EXPECT_EQ(names.size(), 6u);
}

TEST_F(server_test, the_flame_s_columns_agree_and_zoom_keeps_the_path) {
  const json whole = get("/api/profiles/0/flame?type=1");
  const json& nodes = whole["nodes"];
  for (const char* column : {"parent", "frame", "self", "total", "inlined"}) {
    EXPECT_EQ(nodes[column].size(), nodes["id"].size()) << column;
  }
  EXPECT_TRUE(whole["path"].empty());
  const json part =
      get("/api/profiles/0/flame?type=1&root=" + std::to_string(nodes["id"].back().get<int>()));
  EXPECT_EQ(part["nodes"]["total"][0], nodes["total"].back());
  EXPECT_FALSE(part["path"].empty());
  EXPECT_EQ(part["path"][0]["id"], 0);
}

TEST_F(server_test, what_does_not_exist_is_404_and_nonsense_400) {
  EXPECT_EQ(status_of("/api/profiles/2/top?type=0"), 404);
  EXPECT_EQ(status_of("/api/profiles/0/top?type=2"), 404);
  EXPECT_EQ(status_of("/api/profiles/0/flame?type=0&root=99999"), 404);
  EXPECT_EQ(status_of("/api/profiles/0/flame?type=x"), 400);
  EXPECT_EQ(status_of("/api/profiles/0/flame?root=-1"), 400);
  EXPECT_EQ(status_of("/viewer/no/such/file.mjs"), 404);
  EXPECT_EQ(status_of("/viewer/../../etc/passwd"), 404);
  EXPECT_EQ(status_of("/etc/passwd"), 404);
}

TEST_F(server_test, every_viewer_file_is_served_as_it_is) {
  for (const serve::asset& asset : serve::viewer_assets()) {
    const httplib::Result answer = client_->Get("/viewer/" + std::string(asset.path));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body,
              read_file(std::string(VOLE_VIEWER_FOLDER) + "/" + std::string(asset.path)));
    EXPECT_EQ(answer->get_header_value("X-Content-Type-Options"), "nosniff");
  }
  EXPECT_EQ(client_->Get("/")->body, read_file(std::string(VOLE_VIEWER_FOLDER) + "/index.html"));
}

TEST_F(server_test, only_loopback_hosts_are_answered) {
  for (const char* host : {"localhost", "localhost:80", "127.0.0.1:1", "[::1]:8080", "LOCALHOST"}) {
    EXPECT_EQ(status_of("/api/profiles", {{"Host", host}}), 200) << host;
  }
  for (const char* host : {"example.org", "127.0.0.1.example.org", "localhost.example.org:80",
                           "10.0.0.1", "[::2]", "[::1", "0.0.0.0"}) {
    EXPECT_EQ(status_of("/api/profiles", {{"Host", host}}), 403) << host;
    EXPECT_EQ(status_of("/", {{"Host", host}}), 403) << host;
  }
}

TEST_F(server_test, a_port_in_use_is_an_error) {
  serve::server second({{"cpu.pb.gz", normal(cpu_profile())}});
  const base::result<int> port = second.bind(port_);
  ASSERT_FALSE(port);
  EXPECT_NE(port.error_text().find(std::to_string(port_)), std::string::npos);
}

}  // namespace
}  // namespace vole::test
