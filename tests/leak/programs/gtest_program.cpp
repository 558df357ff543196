// SPDX-License-Identifier: Apache-2.0
// GoogleTest: guard, fixture, listener and main, each with what must pass and what must fail.
// MODE=listener|main|guard chooses what watches.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/gtest.h>

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
  EXPECT_EQ(done.recv(), 1);
}

TEST(guard, passes_what_is_clean) {
  const vole::testing::verify_none leaks;
  leave_none();
}
TEST(guard, fails_what_leaks) {
  const vole::testing::verify_none leaks{vole::leak::max_wait(std::chrono::milliseconds(20))};
  leave_one();
}
TEST(guard, passes_after_a_leak_of_another) {
  const vole::testing::verify_none leaks;
  leave_none();
}
TEST(guard, fails_also_when_the_test_throws) {
  const vole::testing::verify_none leaks{vole::leak::max_wait(std::chrono::milliseconds(20))};
  leave_one();
  throw std::runtime_error("planted");
}

class fixture : public ::testing::Test {
 protected:
  vole::testing::verify_none leaks_{vole::leak::max_wait(std::chrono::milliseconds(20))};
};
TEST_F(fixture, guard_as_a_member_passes) { leave_none(); }
TEST_F(fixture, guard_as_a_member_fails) { leave_one(); }

TEST(bare, leaks) { leave_one(); }
TEST(bare, clean) { leave_none(); }

}  // namespace

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  if (mode == "listener")
    ::testing::UnitTest::GetInstance()->listeners().Append(
        new vole::testing::leak_listener(vole::leak::max_wait(std::chrono::milliseconds(20))));
  if (mode == "main")
    return vole::testing::verify_test_main(
        vole::leak::max_wait(std::chrono::milliseconds(20)),
        vole::leak::cleanup([](int status) { std::fprintf(stderr, "cleanup got %d\n", status); }));
  return RUN_ALL_TESTS();
}
