// SPDX-License-Identifier: Apache-2.0
// Catch2: guard, listener and main, each with what must pass and what must fail.
#define CATCH_CONFIG_RUNNER
#include <vole/catch2.h>
#include <vole/chan.h>
#include <vole/go.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {

const std::string_view mode = std::getenv("MODE") != nullptr ? std::getenv("MODE") : "guard";

void leave_one() {
  vole::go([] { vole::make_chan<int>().recv(); });
}
void leave_none() {
  const auto done = vole::make_chan<int>();
  vole::go([done] { done.send(1); });
  REQUIRE(done.recv() == 1);
}

struct listener : vole::testing::leak_listener {
  explicit listener(const Catch::ReporterConfig& config) : leak_listener(config) {
    options_.push_back(vole::leak::max_wait(std::chrono::milliseconds(20)));
  }
  // Where another mode is tested, this one looks the other way.
  void sectionStarting(const Catch::SectionInfo& section) override {
    if (mode == "listener") leak_listener::sectionStarting(section);
  }
  void sectionEnded(const Catch::SectionStats& stats) override {
    if (mode == "listener") leak_listener::sectionEnded(stats);
  }
};
CATCH_REGISTER_LISTENER(listener)

TEST_CASE("guard passes what is clean", "[guard]") {
  const vole::testing::verify_none leaks;
  leave_none();
}
TEST_CASE("guard fails what leaks", "[guard]") {
  const vole::testing::verify_none leaks{vole::leak::max_wait(std::chrono::milliseconds(20))};
  leave_one();
}
TEST_CASE("guard passes after a leak of another", "[guard]") {
  const vole::testing::verify_none leaks;
  leave_none();
}
TEST_CASE("bare clean", "[clean]") { leave_none(); }
TEST_CASE("bare leaks", "[leaky]") { leave_one(); }
TEST_CASE("bare sections", "[leaky]") {
  SECTION("clean one") { leave_none(); }
  SECTION("leaky one") { leave_one(); }
}

}  // namespace

int main(int argc, char** argv) {
  Catch::Session session;
  if (const int status = session.applyCommandLine(argc, argv)) return status;
  if (mode == "main")
    return vole::testing::verify_test_main(
        session, vole::leak::max_wait(std::chrono::milliseconds(20)),
        vole::leak::cleanup([](int status) { std::fprintf(stderr, "cleanup got %d\n", status); }));
  return session.run();
}
