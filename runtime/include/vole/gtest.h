// SPDX-License-Identifier: Apache-2.0
// Leak and race checks in GoogleTest: scope guards, a check at the end of main, listeners for every
// test.
//
//   TEST(pool, stops) {
//     vole::testing::verify_none leaks;    // fails this test if a goroutine of its outlives it
//     pool p(4);
//   }
//   int main(int argc, char** argv) {
//     testing::InitGoogleTest(&argc, argv);
//     testing::UnitTest::GetInstance()->listeners().Append(new vole::testing::leak_listener);
//     testing::UnitTest::GetInstance()->listeners().Append(new vole::testing::race_listener);
//     return vole::testing::verify_test_main();
//   }
#pragma once

#include <gtest/gtest.h>
#include <vole/detail/leak_scope.h>
#include <vole/detail/race_scope.h>

#include <optional>
#include <source_location>
#include <vector>

namespace vole::testing {
// Inline and named, so that files that use different frameworks can be linked together.
inline namespace with_gtest {

// Declared first in a test or fixture, checks last: when it is destroyed it waits, as
// vole::leak::find does, for the goroutines started since, and adds a failure with the report if
// any is left. Goroutines that were there before, or that a concurrent test started, are not its
// business. Parks; never throws.
class [[nodiscard]] verify_none {
 public:
  explicit verify_none(std::source_location where = std::source_location::current())
      : where_(where), scope_(std::vector<leak::option>()) {}
  template <leak::verify_option... More>
  explicit verify_none(leak::detail::located_option first, const More&... more)
      : where_(first.where), scope_(std::vector<leak::option>{first.value, more...}) {}
  ~verify_none() {
    if (const auto left = scope_.close())
      ADD_FAILURE_AT(where_.file_name(), static_cast<int>(where_.line())) << left->text();
  }
  verify_none(const verify_none&) = delete;
  verify_none& operator=(const verify_none&) = delete;

 private:
  std::source_location where_;
  leak::detail::scope scope_;
};

// RUN_ALL_TESTS(), then a look at the whole process if the tests passed. What main returns: the
// tests' status, or 1 with the report on stderr if goroutines are left. Takes every option.
template <leak::test_main_option... Options>
int verify_test_main(const Options&... options) {
  const std::vector<leak::option> all{
      options...};  // ignore_current() is evaluated before the tests
  return leak::detail::finish_test_main(RUN_ALL_TESTS(), all);
}

// verify_none around every test of the binary, fixture and all. A suite's own goroutines
// (SetUpTestSuite) belong to no test.
class leak_listener : public ::testing::EmptyTestEventListener {
 public:
  template <leak::verify_option... Options>
  explicit leak_listener(const Options&... options) : options_{options...} {}

 private:
  void OnTestStart(const ::testing::TestInfo& /*test*/) override { scope_.emplace(options_); }
  void OnTestEnd(const ::testing::TestInfo& test) override {
    if (!scope_) return;
    if (const auto left = scope_->close()) ADD_FAILURE_AT(test.file(), test.line()) << left->text();
    scope_.reset();
  }

  std::vector<leak::option> options_;
  std::optional<leak::detail::scope> scope_;
};

// Fails the test in which a race is reported, with the report. In a program without the detector it
// does nothing. verify_no_races does the same from its declaration to the end of its scope.
class race_listener : public ::testing::EmptyTestEventListener {
  void OnTestStart(const ::testing::TestInfo& /*test*/) override { scope_.emplace(); }
  void OnTestEnd(const ::testing::TestInfo& test) override {
    const auto found = scope_ ? scope_->find() : std::nullopt;
    if (found) ADD_FAILURE_AT(test.file(), test.line()) << *found;
    scope_.reset();
  }

  std::optional<race::detail::scope> scope_;
};

class [[nodiscard]] verify_no_races {
 public:
  explicit verify_no_races(std::source_location where = std::source_location::current())
      : where_(where) {}
  ~verify_no_races() {
    if (const auto found = scope_.find())
      ADD_FAILURE_AT(where_.file_name(), static_cast<int>(where_.line())) << *found;
  }
  verify_no_races(const verify_no_races&) = delete;
  verify_no_races& operator=(const verify_no_races&) = delete;

 private:
  std::source_location where_;
  race::detail::scope scope_;
};

}  // namespace with_gtest
}  // namespace vole::testing
