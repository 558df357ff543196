// SPDX-License-Identifier: Apache-2.0
// Leak and race checks in Catch2: scope guards, a check at the end of main, listeners for every
// test.
//
//   TEST_CASE("the pool stops") {
//     vole::testing::verify_none leaks;    // fails this test if a goroutine of its outlives it
//     pool p(4);
//   }
//   CATCH_REGISTER_LISTENER(vole::testing::leak_listener)    // or: all tests of the binary
//   CATCH_REGISTER_LISTENER(vole::testing::race_listener)    // likewise, for races
//   int main(int argc, char** argv) {
//     Catch::Session session;
//     if (const int status = session.applyCommandLine(argc, argv)) return status;
//     return vole::testing::verify_test_main(session);
//   }
//
// Works with Catch2 2.x and 3.x. With 2.x, a listener is registered under a name without colons
// (using vole::testing::race_listener;), and the listeners exist where Catch2's own listeners do:
// in a file that defines CATCH_CONFIG_MAIN, CATCH_CONFIG_RUNNER or
// CATCH_CONFIG_EXTERNAL_INTERFACES.
#pragma once

#include <vole/detail/leak_scope.h>
#include <vole/detail/race_scope.h>

#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_test_case_info.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
namespace vole::testing::detail {
using catch_listener = Catch::EventListenerBase;
}
#define VOLE_CATCH2_HAS_LISTENERS
#else
#include <catch2/catch.hpp>
#if defined(CATCH_IMPL) || defined(CATCH_CONFIG_EXTERNAL_INTERFACES)
namespace vole::testing::detail {
using catch_listener = Catch::TestEventListenerBase;
}
#define VOLE_CATCH2_HAS_LISTENERS
#endif
#endif

#include <optional>
#include <source_location>
#include <string>
#include <vector>

namespace vole::testing {
// Inline and named, so that files that use different frameworks can be linked together.
inline namespace with_catch2 {

// Adds a failure to the running test, at a place that is not a macro's.
inline void add_failure(const char* file, std::size_t line, std::string text) {
  Catch::AssertionHandler failure("vole::testing::verify_none", Catch::SourceLineInfo(file, line),
                                  Catch::StringRef(), Catch::ResultDisposition::ContinueOnFailure);
  failure.handleMessage(Catch::ResultWas::ExplicitFailure, std::move(text));
  failure.complete();
}

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
      add_failure(where_.file_name(), where_.line(), left->text());
  }
  verify_none(const verify_none&) = delete;
  verify_none& operator=(const verify_none&) = delete;

 private:
  std::source_location where_;
  leak::detail::scope scope_;
};

// session.run(), then a look at the whole process if the tests passed. What main returns: the
// tests' status, or 1 with the report on stderr if goroutines are left. Takes every option.
template <class Session, leak::test_main_option... Options>
int verify_test_main(Session& session, const Options&... options) {
  const std::vector<leak::option> all{
      options...};  // ignore_current() is evaluated before the tests
  return leak::detail::finish_test_main(session.run(), all);
}

// Fails the running test with the reports of the races found until its scope's end. In a program
// without the detector it does nothing.
class [[nodiscard]] verify_no_races {
 public:
  explicit verify_no_races(std::source_location where = std::source_location::current())
      : where_(where) {}
  ~verify_no_races() {
    if (const auto found = scope_.find()) add_failure(where_.file_name(), where_.line(), *found);
  }
  verify_no_races(const verify_no_races&) = delete;
  verify_no_races& operator=(const verify_no_races&) = delete;

 private:
  std::source_location where_;
  race::detail::scope scope_;
};

#if defined(VOLE_CATCH2_HAS_LISTENERS)
// verify_none around every run of every test case of the binary (Catch2 runs a test once for each
// of its leaf sections). To give it options, derive from it.
class leak_listener : public detail::catch_listener {
 public:
  using detail::catch_listener::catch_listener;

  // The outermost section is the test case itself; its end is the last moment at which a failure
  // still counts for the test.
  void sectionStarting(const Catch::SectionInfo& section) override {
    detail::catch_listener::sectionStarting(section);
    if (depth_++ == 0) scope_.emplace(options_);
  }
  void sectionEnded(const Catch::SectionStats& stats) override {
    if (--depth_ == 0 && scope_) {
      if (const auto left = scope_->close())
        add_failure(stats.sectionInfo.lineInfo.file, stats.sectionInfo.lineInfo.line, left->text());
      scope_.reset();
    }
    detail::catch_listener::sectionEnded(stats);
  }

 protected:
  std::vector<leak::option> options_;

 private:
  std::optional<leak::detail::scope> scope_;
  int depth_ = 0;
};

// verify_no_races around every run of every test case of the binary.
class race_listener : public detail::catch_listener {
 public:
  using detail::catch_listener::catch_listener;

  void sectionStarting(const Catch::SectionInfo& section) override {
    detail::catch_listener::sectionStarting(section);
    if (depth_++ == 0) scope_.emplace();
  }
  void sectionEnded(const Catch::SectionStats& stats) override {
    if (--depth_ == 0 && scope_) {
      if (const auto found = scope_->find())
        add_failure(stats.sectionInfo.lineInfo.file, stats.sectionInfo.lineInfo.line, *found);
      scope_.reset();
    }
    detail::catch_listener::sectionEnded(stats);
  }

 private:
  std::optional<race::detail::scope> scope_;
  int depth_ = 0;
};
#endif

}  // namespace with_catch2
}  // namespace vole::testing

#undef VOLE_CATCH2_HAS_LISTENERS
