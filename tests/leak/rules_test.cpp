// SPDX-License-Identifier: Apache-2.0
// The verifier's own rules, on a census and a clock that the test writes: who is a suspect, how
// often it looks, how long it waits, what ends the wait, who is blamed.
#include <gtest/gtest.h>
#include <vole/detail/leak_scope.h>
#include <vole/leak.h>

#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "event/emit.h"
#include "fake_census.h"

namespace {

using namespace std::chrono_literals;
namespace event = vole::event;
namespace leak = vole::leak;
using event::wait_reason;
using vole_test::fake_census;

std::vector<std::uint64_t> ids(const std::optional<leak::report>& found) {
  std::vector<std::uint64_t> all;
  if (found)
    for (const leak::goroutine& g : found->goroutines) all.push_back(g.id);
  return all;
}

TEST(rules, the_clean_case_takes_one_look_and_no_wait) {
  fake_census census;
  EXPECT_FALSE(leak::find());
  EXPECT_EQ(census.looks, 1);
  EXPECT_TRUE(census.pauses_ns.empty());
}

TEST(rules, a_leak_is_reported_after_21_looks_and_431_ms) {
  fake_census census;
  census.add(7, wait_reason::chan_send);
  EXPECT_EQ(ids(leak::find()), std::vector<std::uint64_t>{7});
  EXPECT_EQ(census.looks, 21);
  ASSERT_EQ(census.pauses_ns.size(), 20u);
  for (int i = 0; i < 17; ++i) EXPECT_EQ(census.pauses_ns[i], 1000 << i);
  for (int i = 17; i < 20; ++i) EXPECT_EQ(census.pauses_ns[i], 100'000'000);
  EXPECT_EQ(std::accumulate(census.pauses_ns.begin(), census.pauses_ns.end(), std::int64_t{0}),
            431'071'000);
}

TEST(rules, the_wait_ends_with_the_first_clean_look) {
  fake_census census;
  census.add(7, wait_reason::chan_send);
  census.at_pause = [&] {
    if (census.pauses_ns.size() == 3) census.views.clear();
  };
  EXPECT_FALSE(leak::find());
  EXPECT_EQ(census.looks, 4);
}

TEST(rules, max_wait_limits_the_sum_of_the_waits) {
  fake_census census;
  census.add(7, wait_reason::chan_send);
  EXPECT_TRUE(leak::find(leak::max_wait(5us)));
  EXPECT_EQ(census.pauses_ns, (std::vector<std::int64_t>{1000, 2000, 2000}));
  census.pauses_ns.clear();
  census.looks = 0;
  EXPECT_TRUE(leak::find(leak::max_wait(0ns)));
  EXPECT_EQ(census.looks, 1);
  census.pauses_ns.clear();
  EXPECT_TRUE(leak::find(leak::max_wait(1s)));
  EXPECT_EQ(std::accumulate(census.pauses_ns.begin(), census.pauses_ns.end(), std::int64_t{0}),
            1'000'000'000);
  EXPECT_EQ(census.pauses_ns.size(), 26u) << "the step does not grow past 100 ms";
}

TEST(rules, a_negative_wait_is_refused) {
  EXPECT_THROW(leak::max_wait(-1ns), std::invalid_argument);
}

TEST(rules, the_caller_and_main_and_the_dead_are_no_suspects) {
  fake_census census;
  census.add(1, wait_reason::chan_receive);
  census.add(7, wait_reason::none).is_caller = true;
  census.add(8, wait_reason::none).state = event::goroutine_state::dead;
  EXPECT_FALSE(leak::find());
}

TEST(rules, whoever_runs_sleeps_or_waits_for_io_is_a_suspect) {
  fake_census census;
  census.add(2, wait_reason::none);
  census.add(3, wait_reason::sleep);
  census.add(4, wait_reason::io_wait);
  census.add(5, wait_reason::none).state = event::goroutine_state::running;
  const auto found = leak::find(leak::max_wait(0ns));
  EXPECT_EQ(ids(found), (std::vector<std::uint64_t>{2, 3, 4, 5}));
  EXPECT_EQ(found.value().goroutines[0].state, "runnable");
  EXPECT_EQ(found.value().goroutines[1].state, "sleep");
  EXPECT_EQ(found.value().goroutines[3].state, "running");
}

TEST(rules, a_foreign_thread_is_a_leak_only_where_it_hangs_in_a_primitive) {
  fake_census census;
  for (const auto& [id, reason] :
       {std::pair{2u, wait_reason::none}, std::pair{3u, wait_reason::sleep},
        std::pair{4u, wait_reason::chan_receive}, std::pair{5u, wait_reason::mutex_lock}})
    census.add(id, reason).self->is_adopted = true;
  EXPECT_EQ(ids(leak::find(leak::max_wait(0ns))), (std::vector<std::uint64_t>{4, 5}));
}

TEST(rules, waits_that_nothing_can_end_are_proven) {
  fake_census census;
  census.add(2, wait_reason::chan_receive_nil);
  census.add(3, wait_reason::chan_send_nil);
  census.add(4, wait_reason::select_no_cases);
  census.add(5, wait_reason::chan_receive);
  census.add(6, wait_reason::none);
  const auto found = leak::find_unreachable();
  EXPECT_EQ(ids(found), (std::vector<std::uint64_t>{2, 3, 4}));
  for (const leak::goroutine& g : found.value().goroutines) {
    EXPECT_TRUE(g.unreachable);
    EXPECT_FALSE(g.evidence.empty());
    EXPECT_NE(g.text.find(" (leaked)]:"), std::string::npos) << g.text;
  }
  EXPECT_EQ(found.value().not_judged, 0u);
}

TEST(rules, without_a_proof_there_is_nothing_unreachable) {
  fake_census census;
  census.add(5, wait_reason::chan_receive);
  census.add(6, wait_reason::mutex_lock);
  census.add(7, wait_reason::none).reason = wait_reason::chan_receive_nil;  // it has woken
  EXPECT_FALSE(leak::find_unreachable());
}

TEST(rules, a_proven_leak_ends_the_wait_at_once) {
  fake_census census;
  census.add(2, wait_reason::chan_receive);
  census.add(3, wait_reason::select_no_cases);
  const auto found = leak::find();
  EXPECT_EQ(ids(found), std::vector<std::uint64_t>{3});
  EXPECT_EQ(found.value().not_judged, 1u);
  EXPECT_TRUE(census.pauses_ns.empty());
}

TEST(rules, a_proven_leak_that_is_ignored_ends_nothing) {
  fake_census census;
  census.add(3, wait_reason::select_no_cases);
  const leak::option known = leak::ignore_current();
  EXPECT_FALSE(leak::find(known));
}

TEST(rules, ignore_current_hides_those_of_its_time_and_no_others) {
  fake_census census;
  for (std::uint64_t id = 2; id < 7; ++id) census.add(id, wait_reason::chan_receive);
  const leak::option known = leak::ignore_current();
  EXPECT_FALSE(leak::find(known));
  census.views.clear();
  for (std::uint64_t id = 7; id < 12; ++id) census.add(id, wait_reason::chan_receive);
  EXPECT_EQ(ids(leak::find(known, leak::max_wait(0ns))).size(), 5u)
      << "five that ended must not hide five new ones";
}

TEST(rules, options_for_frameworks_do_not_reach_find) {
  const auto compiles = [](const auto&... options) { return requires { leak::find(options...); }; };
  EXPECT_TRUE(compiles(leak::max_wait(0ns)));
  EXPECT_FALSE(compiles(leak::cleanup([] {})));
  EXPECT_FALSE(compiles(leak::run_on_failure()));
  const std::vector<leak::option> at_run_time{leak::cleanup([] {})};
  EXPECT_THROW(leak::find(at_run_time), std::invalid_argument);
}

// ---- whose goroutine is it ----

class scopes : public ::testing::Test {
 protected:
  // `parent` starts a goroutine that then waits for ever.
  event::goroutine& start(std::uint64_t id, event::goroutine* parent) {
    event::goroutine* const before = event::current();
    event::goroutine& child = *census.add(id, wait_reason::chan_receive).self;
    event::set_current(parent);
    event::emit::goroutine_created(&child, 0);
    event::set_current(before);
    return child;
  }
  std::vector<leak::option> quick{leak::max_wait(0ns)};
  fake_census census;
};

TEST_F(scopes, older_goroutines_are_nobodys) {
  start(2, &census.caller);
  leak::detail::scope mine(quick);
  EXPECT_EQ(ids(mine.close()), std::vector<std::uint64_t>{});
}

TEST_F(scopes, children_and_their_children_belong_to_the_scope) {
  leak::detail::scope mine(quick);
  event::goroutine& child = start(2, &census.caller);
  start(3, &child);
  EXPECT_EQ(ids(mine.close()), (std::vector<std::uint64_t>{2, 3}));
}

TEST_F(scopes, what_follows_the_scope_is_not_its_own) {
  leak::detail::scope mine(quick);
  EXPECT_FALSE(mine.close());
  start(2, &census.caller);
  leak::detail::scope next(quick);
  start(3, &census.caller);
  EXPECT_EQ(ids(next.close()), std::vector<std::uint64_t>{3});
}

TEST_F(scopes, an_inner_scopes_goroutines_are_the_outer_ones_too) {
  leak::detail::scope outer(quick);
  {
    leak::detail::scope inner(quick);
    start(2, &census.caller);
    EXPECT_EQ(ids(inner.close()), std::vector<std::uint64_t>{2});
  }
  start(3, &census.caller);
  EXPECT_EQ(ids(outer.close()), (std::vector<std::uint64_t>{2, 3}));
}

TEST_F(scopes, concurrent_scopes_blame_each_its_own) {
  event::goroutine other{.id = 2000};
  leak::detail::scope mine(quick);
  event::set_current(&other);
  leak::detail::scope theirs(quick);
  event::set_current(&census.caller);
  start(2, &census.caller);
  start(3, &other);
  start(4, nullptr);  // a timer's: with two tests running nobody can say whose
  EXPECT_EQ(ids(mine.close()), std::vector<std::uint64_t>{2});
  event::set_current(&other);
  EXPECT_EQ(ids(theirs.close()), std::vector<std::uint64_t>{3});
  event::set_current(&census.caller);
  EXPECT_EQ(ids(leak::find(leak::max_wait(0ns))), (std::vector<std::uint64_t>{2, 3, 4}));
}

TEST_F(scopes, what_nobody_started_belongs_to_the_only_scope) {
  leak::detail::scope outer(quick);
  leak::detail::scope inner(quick);
  start(2, nullptr);
  EXPECT_EQ(ids(inner.close()), std::vector<std::uint64_t>{2});
  start(3, nullptr);
  EXPECT_EQ(ids(outer.close()), (std::vector<std::uint64_t>{2, 3}));
}

TEST_F(scopes, what_an_outsider_starts_belongs_to_nobody) {
  event::goroutine runner{.id = 2000};
  leak::detail::scope mine(quick);
  start(2, &runner);
  EXPECT_FALSE(mine.close());
}

TEST_F(scopes, a_guess_is_no_enclosing_scope) {
  leak::detail::scope mine(quick);
  event::goroutine& thread = *census.add(2, wait_reason::chan_receive).self;
  thread.is_adopted = true;
  event::emit::goroutine_adopted(&thread);  // it turns out to run a test of its own
  event::set_current(&thread);
  {
    leak::detail::scope theirs(quick);
    start(3, &thread);
    census.views.front().is_caller = true;
    EXPECT_EQ(ids(theirs.close()), std::vector<std::uint64_t>{3});
    census.views.front().is_caller = false;
  }
  event::set_current(&census.caller);
  EXPECT_FALSE(mine.close());
}

TEST_F(scopes, a_foreign_thread_that_hangs_is_the_only_scopes) {
  leak::detail::scope mine(quick);
  event::goroutine& thread = *census.add(2, wait_reason::chan_receive).self;
  thread.is_adopted = true;
  event::emit::goroutine_adopted(&thread);
  EXPECT_EQ(ids(mine.close()), std::vector<std::uint64_t>{2});
}

TEST_F(scopes, a_thread_takes_its_scope_along_when_it_becomes_a_goroutine) {
  event::set_current(nullptr);
  leak::detail::scope mine(quick);
  event::emit::goroutine_adopted(&census.caller);
  event::set_current(&census.caller);
  start(2, &census.caller);
  EXPECT_EQ(ids(mine.close()), std::vector<std::uint64_t>{2});
  start(3, &census.caller);
  EXPECT_EQ(ids(leak::find(leak::max_wait(0ns))).size(), 2u);
}

TEST_F(scopes, cleanup_runs_after_the_check_with_0) {
  int given = -1;
  int looks_before = -1;
  leak::detail::scope mine({leak::cleanup([&](int status) {
    given = status;
    looks_before = census.looks;
  })});
  EXPECT_FALSE(mine.close());
  EXPECT_EQ(given, 0);
  EXPECT_EQ(looks_before, 1);
}

// ---- the check at the end of main ----

TEST(test_main, turns_success_into_failure_where_something_is_left) {
  fake_census census;
  EXPECT_EQ(leak::detail::finish_test_main(0, {}), 0);
  census.add(2, wait_reason::select_no_cases);
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(leak::detail::finish_test_main(0, {}), 1);
  const std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(
      text.find("at the end of a successful test run: found unexpected goroutines:\n[Goroutine"
                " 2 in state select (no cases), "),
      std::string::npos)
      << text;
}

TEST(test_main, keeps_the_status_of_failed_tests_and_is_silent) {
  fake_census census;
  census.add(2, wait_reason::select_no_cases);
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(leak::detail::finish_test_main(7, {}), 7);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(census.looks, 0);
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(leak::detail::finish_test_main(7, {leak::run_on_failure()}), 7);
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("an unsuccessful test run"),
            std::string::npos);
}

TEST(test_main, cleanup_gets_the_final_status) {
  fake_census census;
  int given = -1;
  const leak::option clean = leak::cleanup([&](int status) { given = status; });
  leak::detail::finish_test_main(3, {clean});
  EXPECT_EQ(given, 3);
  census.add(2, wait_reason::select_no_cases);
  ::testing::internal::CaptureStderr();
  leak::detail::finish_test_main(0, {clean});
  ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(given, 1);
}

}  // namespace
