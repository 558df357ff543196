// SPDX-License-Identifier: Apache-2.0
// The contract of <vole/leak.h> and <vole/gtest.h>: what is a leak, what is ignored, who is blamed.
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/gtest.h>
#include <vole/leak.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "support.h"

using namespace std::chrono_literals;
namespace leak = vole::leak;

static_assert(std::is_same_v<decltype(leak::find()), std::optional<leak::report>>);
static_assert(std::is_same_v<decltype(leak::find_unreachable()), std::optional<leak::report>>);
static_assert(std::is_same_v<decltype(leak::report::goroutines), std::vector<leak::goroutine>>);
static_assert(std::is_same_v<decltype(leak::goroutine::id), std::uint64_t>);
static_assert(std::is_same_v<decltype(leak::goroutine::unreachable), bool>);

// Outside the anonymous namespace, so that their names in stacks are what stands here.
namespace contract {

[[gnu::noinline]] void wait_for_gate(vole::recv_chan<vole::unit> gate) { gate.recv(); }

// The sum keeps wait_for_gate's call from being its last act, so that both are on the stack.
[[gnu::noinline]] int outer(vole::recv_chan<vole::unit> gate) {
  wait_for_gate(gate);
  return vole::num_cpu();
}

[[gnu::noinline]] void start_waiter(const vole::chan<vole::unit>& gate) {
  vole::go([gate] { (void)outer(gate); });
}

}  // namespace contract

namespace {

// A goroutine that waits until the scope ends.
class waiter {
 public:
  waiter() {
    vole_test::settle();
    contract::start_waiter(gate_);
    vole_test::until([] { return vole_test::contains(vole::stack(true), "[chan receive"); });
  }
  ~waiter() {
    gate_.close();
    vole_test::settle();
  }

 private:
  vole::chan<vole::unit> gate_ = vole::make_chan<vole::unit>();
};

TEST(leak, find_is_empty_when_nothing_is_left) { EXPECT_FALSE(leak::find()); }

TEST(leak, find_waits_for_goroutines_that_are_about_to_end) {
  vole::go([] {
    for (int i = 0; i < 50; ++i) vole::yield();
  });
  EXPECT_FALSE(leak::find());
}

TEST(leak, find_tells_who_is_left_where_and_who_started_it) {
  const waiter left;
  const auto report = leak::find(leak::max_wait(1ms));
  ASSERT_TRUE(report);
  ASSERT_EQ(report->goroutines.size(), 1u);
  const leak::goroutine& g = report->goroutines.front();
  EXPECT_NE(g.id, 1u);
  EXPECT_EQ(g.state, "chan receive");
  EXPECT_TRUE(vole_test::contains(g.created_by, "contract::start_waiter")) << g.created_by;
  EXPECT_FALSE(g.top_function.empty());
  EXPECT_TRUE(vole_test::contains(g.text, "contract::wait_for_gate")) << g.text;
  EXPECT_FALSE(g.unreachable) << "the gate is in our hands";
  EXPECT_TRUE(vole_test::contains(report->text(), "contract::wait_for_gate")) << report->text();
  EXPECT_TRUE(vole_test::contains(report->text(), "chan receive")) << report->text();
}

TEST(leak, options_leave_goroutines_out_by_name) {
  const waiter left;
  const auto full_name = [](const std::string& part) {
    const auto report = leak::find(leak::max_wait(0ns));
    const leak::goroutine& g = report.value().goroutines.front();
    if (part == "top") return g.top_function;
    if (part == "creator") return g.created_by;
    // The frame's line, up to its arguments.
    const std::size_t at = g.text.find(part);
    const std::size_t start = g.text.rfind('\n', at) + 1;
    return g.text.substr(start, g.text.find('\n', at) - start);
  };
  EXPECT_FALSE(leak::find(leak::max_wait(0ns), leak::ignore_top_function(full_name("top"))));
  EXPECT_FALSE(leak::find(leak::max_wait(0ns), leak::ignore_created_by(full_name("creator"))));
  EXPECT_TRUE(leak::find(leak::max_wait(0ns), leak::ignore_top_function("someone::else")));
  EXPECT_TRUE(leak::find(leak::max_wait(0ns), leak::ignore_any_function("someone::else")));
  EXPECT_TRUE(leak::find(leak::max_wait(0ns), leak::ignore_created_by("someone::else")));
}

TEST(leak, ignore_current_leaves_out_those_that_exist_when_it_is_made) {
  const waiter old;
  const leak::option known = leak::ignore_current();
  EXPECT_FALSE(leak::find(known, leak::max_wait(0ns)));
  const auto gate = vole::make_chan<vole::unit>();
  vole::go([gate] { gate.recv(); });
  const auto report = leak::find(known, leak::max_wait(0ns));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->goroutines.size(), 1u);
  gate.close();
  EXPECT_FALSE(leak::find(known));
}

// In a process of its own, since what can never wake stays for ever.
TEST(leak_death, a_goroutine_that_can_never_wake_is_proven) {
  EXPECT_EXIT(
      {
        vole::go([] { vole::chan<int>().recv(); });
        vole_test::until([] { return vole_test::contains(vole::stack(true), "(nil chan)"); });
        const auto report = leak::find_unreachable();
        if (!report || report->goroutines.size() != 1) std::exit(10);
        std::exit(report->goroutines.front().unreachable ? 0 : 11);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(leak, a_goroutine_that_somebody_can_wake_is_not_proven) {
  const waiter left;
  const auto report = leak::find_unreachable();
  for (const leak::goroutine& g : report ? report->goroutines : std::vector<leak::goroutine>()) {
    EXPECT_FALSE(vole_test::contains(g.text, "contract::wait_for_gate")) << g.text;
  }
}

TEST(gtest_guard, passes_when_nothing_is_left) {
  const vole::testing::verify_none leaks;
  vole::go([] { vole::yield(); });
}

TEST(gtest_guard, fails_the_test_with_the_report_at_scope_end) {
  const leak::option known = leak::ignore_current();
  auto left = std::optional<waiter>();
  ::testing::TestPartResultArray results;
  {
    const ::testing::ScopedFakeTestPartResultReporter capture(
        ::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ALL_THREADS, &results);
    const vole::testing::verify_none leaks{known, leak::max_wait(1ms)};
    left.emplace();
  }
  ASSERT_EQ(results.size(), 1);
  EXPECT_TRUE(results.GetTestPartResult(0).failed());
  EXPECT_TRUE(
      vole_test::contains(results.GetTestPartResult(0).message(), "contract::wait_for_gate"))
      << results.GetTestPartResult(0).message();
}

TEST(gtest_guard, cleanup_is_called) {
  bool cleaned = false;
  {
    const vole::testing::verify_none leaks{leak::cleanup([&](auto...) { cleaned = true; })};
  }
  EXPECT_TRUE(cleaned);
}

}  // namespace
