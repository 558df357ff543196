// SPDX-License-Identifier: Apache-2.0
// The contract of <vole/pprof.h>: profiles by name, their three formats, labels, rates, the server.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/pprof.h>
#include <vole/sync.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <string>
#include <string_view>

#include "support.h"

namespace pprof = vole::pprof;
using vole_test::contains;

namespace {

std::string written(pprof::profile& p, int debug) {
  std::ostringstream out;
  p.write_to(out, debug);
  return out.str();
}

bool is_gzip(std::string_view bytes) { return bytes.substr(0, 2) == "\x1f\x8b"; }

TEST(pprof, lookup_knows_the_profiles_of_go_and_no_others) {
  for (const char* name :
       {"goroutine", "goroutineleak", "heap", "allocs", "block", "mutex", "threadcreate"}) {
    pprof::profile* p = pprof::lookup(name);
    ASSERT_NE(p, nullptr) << name;
    EXPECT_EQ(p->name(), name);
    EXPECT_TRUE(is_gzip(written(*p, 0))) << name;
  }
  EXPECT_EQ(pprof::lookup("no such profile"), nullptr);
}

TEST(pprof, the_goroutine_profile_counts_and_shows_them) {
  vole_test::settle();
  const auto gate = vole::make_chan<vole::unit>();
  for (int i = 0; i < 3; ++i) vole::go([gate] { gate.recv(); });
  vole_test::until([] { return contains(vole::stack(true), "[chan receive"); });
  pprof::profile* p = pprof::lookup("goroutine");
  EXPECT_EQ(p->count(), 4u);
  const std::string text = written(*p, 1);
  EXPECT_EQ(text.rfind("goroutine profile: total 4\n", 0), 0u) << text;
  const std::string traceback = written(*p, 2);
  EXPECT_EQ(traceback.rfind("goroutine 1 [running", 0), 0u) << traceback;
  EXPECT_TRUE(contains(traceback, "[chan receive")) << traceback;
  gate.close();
  vole_test::settle();
}

TEST(pprof, a_program_may_have_profiles_of_its_own) {
  pprof::profile* p = pprof::new_profile("contract.handles");
  ASSERT_NE(p, nullptr);
  EXPECT_EQ(pprof::lookup("contract.handles"), p);
  int a = 0, b = 0;
  p->add(&a);
  p->add(&b, 1);
  EXPECT_EQ(p->count(), 2u);
  EXPECT_TRUE(contains(written(*p, 1), "contract.handles profile: total 2"));
  EXPECT_TRUE(is_gzip(written(*p, 0)));
  p->remove(&a);
  EXPECT_EQ(p->count(), 1u);
  p->remove(&b);
}

TEST(pprof, the_cpu_profile_goes_to_a_path_or_a_stream) {
  volatile unsigned sink = 1;
  const auto burn = [&] {
    for (int i = 0; i < 20'000'000; ++i) sink = sink * 1664525u + 1013904223u;
  };
  std::ostringstream stream;
  pprof::start_cpu_profile(stream);
  burn();
  pprof::stop_cpu_profile();
  EXPECT_TRUE(is_gzip(stream.str()));

  // The same test runs in other processes at the same time.
  const auto path = std::filesystem::path(::testing::TempDir()) /
                    ("contract_cpu." + std::to_string(::getpid()) + ".pb.gz");
  pprof::start_cpu_profile(path.string(), 200);
  burn();
  pprof::stop_cpu_profile();
  std::ostringstream file;
  file << std::ifstream(path, std::ios::binary).rdbuf();
  EXPECT_TRUE(is_gzip(file.str()));
  std::filesystem::remove(path);
}

TEST(pprof, labels_hold_for_the_function_and_what_it_spawns) {
  const auto gate = vole::make_chan<vole::unit>();
  bool ran = false;
  pprof::with_labels({{"job", "import"}}, [&] {
    ran = true;
    vole::go([gate] { gate.recv(); });
  });
  EXPECT_TRUE(ran);
  vole_test::until([] { return contains(vole::stack(true), "[chan receive"); });
  const std::string text = written(*pprof::lookup("goroutine"), 1);
  EXPECT_TRUE(contains(text, "# labels: {\"job\":\"import\"}")) << text;
  gate.close();
  vole_test::settle();
  EXPECT_FALSE(contains(written(*pprof::lookup("goroutine"), 1), "import"));
}

TEST(pprof, the_mutex_and_block_profiles_see_contention_when_asked) {
  pprof::set_mutex_profile_fraction(1);
  pprof::set_block_profile_rate(1);
  vole::mutex m;
  m.lock();
  vole::wait_group other;
  other.go([&] { const std::lock_guard hold(m); });
  vole_test::until([] { return contains(vole::stack(true), "[sync.Mutex.Lock"); });
  m.unlock();
  other.wait();
  EXPECT_GE(pprof::lookup("mutex")->count(), 1u);
  EXPECT_GE(pprof::lookup("block")->count(), 1u);
  pprof::set_mutex_profile_fraction(0);
  pprof::set_block_profile_rate(0);
  pprof::set_mem_profile_rate(512 * 1024);
}

// What a GET of path on the server returns, head and body.
std::string fetch(const std::string& address, const std::string& path) {
  const std::size_t colon = address.rfind(':');
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
  inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  std::string answer;
  if (connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) {
    const std::string request =
        "GET " + path + " HTTP/1.1\r\nHost: " + address + "\r\nConnection: close\r\n\r\n";
    char part[4096];
    ssize_t n = send(fd, request.data(), request.size(), 0);
    while (n > 0 && (n = recv(fd, part, sizeof part, 0)) > 0) answer.append(part, part + n);
  }
  close(fd);
  return answer;
}

TEST(pprof, the_server_serves_what_net_http_pprof_serves) {
  const pprof::server s{"127.0.0.1:0"};
  const auto get = [&](const std::string& path) {
    return vole::blocking([&] { return fetch(s.address(), path); });
  };
  const std::string index = get("/debug/pprof/");
  EXPECT_EQ(index.rfind("HTTP/1.1 200", 0), 0u) << index;
  for (const char* name : {"goroutine", "heap", "mutex", "block", "threadcreate"}) {
    EXPECT_TRUE(contains(index, name)) << index;
  }
  EXPECT_TRUE(contains(get("/debug/pprof/goroutine?debug=1"), "goroutine profile: total "));
  EXPECT_TRUE(contains(get("/debug/pprof/goroutine?debug=2"), "goroutine 1 ["));
  EXPECT_TRUE(contains(get("/debug/pprof/heap"), "\x1f\x8b"));
  EXPECT_EQ(get("/debug/pprof/nothing").rfind("HTTP/1.1 404", 0), 0u);
}

}  // namespace
