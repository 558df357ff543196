// SPDX-License-Identifier: Apache-2.0
// Leak and race checks in doctest: scope guards, a check at the end of main, listeners for every
// test.
//
//   TEST_CASE("the pool stops") {
//     vole::testing::verify_none leaks;    // fails this test if a goroutine of its outlives it
//     pool p(4);
//   }
//   REGISTER_LISTENER("leaks", 1, vole::testing::leak_listener);    // or: all tests of the binary
//   REGISTER_LISTENER("races", 1, vole::testing::race_listener);    // likewise, for races
//   int main(int argc, char** argv) {
//     doctest::Context context(argc, argv);
//     return vole::testing::verify_test_main(context);
//   }
#pragma once

#include <doctest/doctest.h>
#include <vole/detail/leak_scope.h>
#include <vole/detail/race_scope.h>

#include <optional>
#include <source_location>
#include <string>
#include <vector>

namespace vole::testing {
// Inline and named, so that files that use different frameworks can be linked together.
inline namespace with_doctest {

// Declared first in a test, checks last: when it is destroyed it waits, as vole::leak::find does,
// for the goroutines started since, and adds a failure with the report if any is left. Goroutines
// that were there before are not its business. Parks; never throws.
class [[nodiscard]] verify_none {
 public:
  explicit verify_none(std::source_location where = std::source_location::current())
      : where_(where), scope_(std::vector<leak::option>()) {}
  template <leak::verify_option... More>
  explicit verify_none(leak::detail::located_option first, const More&... more)
      : where_(first.where), scope_(std::vector<leak::option>{first.value, more...}) {}
  ~verify_none() {
    if (const auto left = scope_.close())
      DOCTEST_ADD_FAIL_CHECK_AT(where_.file_name(), static_cast<int>(where_.line()), left->text());
  }
  verify_none(const verify_none&) = delete;
  verify_none& operator=(const verify_none&) = delete;

 private:
  std::source_location where_;
  leak::detail::scope scope_;
};

// context.run(), then a look at the whole process if the tests passed. What main returns: the
// tests' status, or 1 with the report on stderr if goroutines are left. Takes every option.
template <leak::test_main_option... Options>
int verify_test_main(doctest::Context& context, const Options&... options) {
  const std::vector<leak::option> all{
      options...};  // ignore_current() is evaluated before the tests
  const int status = context.run();
  if (context.shouldExit()) return status;  // --help, --list-test-cases: no test has run
  return leak::detail::finish_test_main(status, all);
}

// Fails the running test with the reports of the races found until its scope's end. In a program
// without the detector it does nothing.
class [[nodiscard]] verify_no_races {
 public:
  explicit verify_no_races(std::source_location where = std::source_location::current())
      : where_(where) {}
  ~verify_no_races() {
    if (const auto found = scope_.find())
      DOCTEST_ADD_FAIL_CHECK_AT(where_.file_name(), static_cast<int>(where_.line()), *found);
  }
  verify_no_races(const verify_no_races&) = delete;
  verify_no_races& operator=(const verify_no_races&) = delete;

 private:
  std::source_location where_;
  race::detail::scope scope_;
};

// A listener that may still fail a test at its end.
class late_listener : public doctest::IReporter {
 public:
  void test_case_start(const doctest::TestCaseData& test) override {
    test_ = &test;
    begin();
  }
  void test_case_end(const doctest::CurrentTestCaseStats& stats) override {
    const std::optional<std::string> text = end();
    if (!text) return;
    DOCTEST_ADD_FAIL_CHECK_AT(test_->m_file.c_str(), static_cast<int>(test_->m_line), *text);
    // doctest has judged the test by now. Its listeners get the very object that it goes on with,
    // as a constant; it is none.
    auto& verdict = const_cast<doctest::CurrentTestCaseStats&>(stats);
    if (verdict.testCaseSuccess) ++tests_failed_;
    verdict.failure_flags |= doctest::TestCaseFailureReason::AssertFailure;
    verdict.testCaseSuccess = false;
    ++verdict.numAssertsCurrentTest;
    ++verdict.numAssertsFailedCurrentTest;
    ++asserts_failed_;
  }
  void test_run_end(const doctest::TestRunStats& stats) override {
    auto& totals = const_cast<doctest::TestRunStats&>(stats);  // as above; the exit status follows
    totals.numTestCasesFailed += tests_failed_;
    totals.numAsserts += asserts_failed_;
    totals.numAssertsFailed += asserts_failed_;
  }

  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_exception(const doctest::TestCaseException&) override {}
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData&) override {}
  void log_message(const doctest::MessageData&) override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}

 protected:
  virtual void begin() = 0;
  virtual std::optional<std::string> end() = 0;  // what the test fails with, if it does

 private:
  const doctest::TestCaseData* test_ = nullptr;
  unsigned tests_failed_ = 0;
  int asserts_failed_ = 0;
};

// verify_none around every test case of the binary. To give it options, derive from it.
class leak_listener : public late_listener {
 public:
  template <leak::verify_option... Options>
  explicit leak_listener(const doctest::ContextOptions& /*context*/, const Options&... options)
      : options_{options...} {}

 private:
  void begin() override { scope_.emplace(options_); }
  std::optional<std::string> end() override {
    const auto left = scope_ ? scope_->close() : std::nullopt;
    scope_.reset();
    if (!left) return std::nullopt;
    return left->text();
  }

  std::vector<leak::option> options_;
  std::optional<leak::detail::scope> scope_;
};

// verify_no_races around every test case of the binary.
class race_listener : public late_listener {
 public:
  explicit race_listener(const doctest::ContextOptions& /*context*/) {}

 private:
  void begin() override { scope_.emplace(); }
  std::optional<std::string> end() override { return scope_ ? scope_->find() : std::nullopt; }

  std::optional<race::detail::scope> scope_;
};

}  // namespace with_doctest
}  // namespace vole::testing
