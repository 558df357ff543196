// SPDX-License-Identifier: Apache-2.0
// doctest: guard, listener and main, each with what must pass and what must fail.
#define DOCTEST_CONFIG_IMPLEMENT
#include <vole/chan.h>
#include <vole/doctest.h>
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
  explicit listener(const doctest::ContextOptions& context)
      : leak_listener(context, vole::leak::max_wait(std::chrono::milliseconds(20))) {}
  // Where another mode is tested, this one looks the other way.
  void test_case_start(const doctest::TestCaseData& test) override {
    if (mode == "listener") leak_listener::test_case_start(test);
  }
};
REGISTER_LISTENER("leaks", 1, listener);

TEST_CASE("guard passes what is clean") {
  const vole::testing::verify_none leaks;
  leave_none();
}
TEST_CASE("guard fails what leaks") {
  const vole::testing::verify_none leaks{vole::leak::max_wait(std::chrono::milliseconds(20))};
  leave_one();
}
TEST_CASE("guard passes after a leak of another") {
  const vole::testing::verify_none leaks;
  leave_none();
}
TEST_CASE("bare clean") { leave_none(); }
TEST_CASE("bare leaks") { leave_one(); }
TEST_CASE("bare subcases") {
  SUBCASE("clean one") { leave_none(); }
  SUBCASE("leaky one") { leave_one(); }
}

}  // namespace

int main(int argc, char** argv) {
  doctest::Context context(argc, argv);
  if (mode == "main")
    return vole::testing::verify_test_main(
        context, vole::leak::max_wait(std::chrono::milliseconds(20)),
        vole::leak::cleanup([](int status) { std::fprintf(stderr, "cleanup got %d\n", status); }));
  return context.run();
}
