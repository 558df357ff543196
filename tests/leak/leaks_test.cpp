// SPDX-License-Identifier: Apache-2.0
// The verifier on the real runtime: a goroutine planted in each kind of wait is found, named, and
// gone once it is let go. Order comes from the census (wait until the plant is parked), never from
// a clock.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/detail/leak_scope.h>
#include <vole/go.h>
#include <vole/leak.h>
#include <vole/select.h>
#include <vole/sync.h>
#include <vole/time.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include "event/census.h"

using namespace std::chrono_literals;
namespace event = vole::event;
namespace leak = vole::leak;

namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Goroutines other than main that wait in state `words`; "" counts all that are not main.
std::size_t count_in(std::string_view words) {
  struct query {
    std::string_view words;
    std::size_t found = 0;
  } here{words};
  event::for_each_goroutine(
      [](void* argument, const event::goroutine_view& view) {
        auto& wanted = *static_cast<query*>(argument);
        if (view.self->id == 1) return;
        const bool waits = view.state == event::goroutine_state::waiting;
        if (wanted.words.empty() || (waits && event::text(view.reason) == wanted.words))
          ++wanted.found;
      },
      &here);
  return here.found;
}

void until_parked(std::string_view words, std::size_t count = 1) {
  while (count_in(words) < count) vole::yield();
}

void until_alone() {
  while (vole::num_goroutine() > 1) vole::yield();
}

}  // namespace

// ---- the plants: named functions with external linkage, so that reports can be checked ----
namespace plant {

using release = std::function<void()>;

[[gnu::noinline]] int send_on(const vole::chan<int>& ch) {
  ch.send(1);
  return 1;
}
[[gnu::noinline]] int receive_from(const vole::chan<int>& ch) { return ch.recv().value_or(2); }

[[gnu::noinline]] release chan_send() {
  auto ch = vole::make_chan<int>();
  vole::go([ch] { send_on(ch); });
  return [ch] { ch.recv(); };
}
[[gnu::noinline]] release chan_receive() {
  auto ch = vole::make_chan<int>();
  vole::go([ch] { receive_from(ch); });
  return [ch] { ch.close(); };
}
[[gnu::noinline]] release select() {
  auto a = vole::make_chan<int>();
  auto b = vole::make_chan<int>();
  vole::go([a, b] { vole::select(vole::on_recv(a), vole::on_recv(b)); });
  return [a] { a.close(); };
}
[[gnu::noinline]] release mutex() {
  static vole::mutex lock;
  lock.lock();
  vole::go([] {
    lock.lock();
    lock.unlock();
  });
  return [] { lock.unlock(); };
}
[[gnu::noinline]] release rlock() {
  static vole::shared_mutex lock;
  lock.lock();
  vole::go([] {
    lock.lock_shared();
    lock.unlock_shared();
  });
  return [] { lock.unlock(); };
}
[[gnu::noinline]] release wlock() {
  static vole::shared_mutex lock;
  lock.lock_shared();
  vole::go([] {
    lock.lock();
    lock.unlock();
  });
  return [] { lock.unlock_shared(); };
}
[[gnu::noinline]] release condition() {
  static vole::mutex lock;
  static vole::condition_variable changed;
  vole::go([] {
    std::unique_lock held(lock);
    changed.wait(held);
  });
  return [] { changed.notify_all(); };
}
[[gnu::noinline]] release wait_group() {
  static vole::wait_group group;
  group.add();
  vole::go([] { group.wait(); });
  return [] { group.done(); };
}
// It ends by itself, later than any check waits, and when told to.
[[gnu::noinline]] release sleep() {
  static std::atomic<bool> is_over;
  is_over.store(false);
  vole::go([] {
    while (!is_over.load()) vole::sleep(20ms);
  });
  return [] { is_over.store(true); };
}

}  // namespace plant

namespace {

struct kind {
  const char* state;
  const char* name;   // the planting function's
  const char* waits;  // the start of waits_for
  plant::release (*make)();
};

void PrintTo(const kind& what, std::ostream* out) { *out << what.name; }

class planted : public ::testing::TestWithParam<kind> {};

TEST_P(planted, is_found_named_and_gone_when_let_go) {
  const kind& what = GetParam();
  const plant::release let_go = what.make();
  until_parked(what.state);
  const auto found = leak::find(leak::max_wait(0ns));
  ASSERT_TRUE(found);
  ASSERT_EQ(found->goroutines.size(), 1u) << found->text();
  const leak::goroutine& g = found->goroutines.front();
  EXPECT_GT(g.id, 1u);
  EXPECT_EQ(g.parent_id, vole::goroutine_id());
  EXPECT_EQ(g.state, what.state);
  EXPECT_EQ(g.created_by, std::string("plant::") + what.name);
  EXPECT_TRUE(contains(g.top_function, "plant::")) << g.top_function;
  EXPECT_TRUE(contains(g.text, "[" + std::string(what.state) + "]:\n")) << g.text;
  EXPECT_TRUE(contains(g.text, "leaks_test.cpp:")) << g.text;
  EXPECT_TRUE(contains(g.text, "\ncreated by plant::" + std::string(what.name) + " in goroutine " +
                                   std::to_string(vole::goroutine_id()) + "\n"))
      << g.text;
  EXPECT_TRUE(g.waits_for.starts_with(what.waits)) << g.waits_for;
  EXPECT_FALSE(g.unreachable);
  EXPECT_GT(g.waited.count(), 0);
  let_go();
  EXPECT_FALSE(leak::find(leak::max_wait(60s)));
}

TEST_P(planted, is_ignored_by_each_of_its_names) {
  const kind& what = GetParam();
  const plant::release let_go = what.make();
  until_parked(what.state);
  const leak::goroutine g = leak::find(leak::max_wait(0ns)).value().goroutines.front();
  EXPECT_FALSE(leak::find(leak::max_wait(0ns), leak::ignore_top_function(g.top_function)));
  EXPECT_FALSE(leak::find(leak::max_wait(0ns), leak::ignore_any_function(g.top_function)));
  EXPECT_FALSE(leak::find(leak::max_wait(0ns), leak::ignore_created_by(g.created_by)));
  EXPECT_TRUE(leak::find(leak::max_wait(0ns), leak::ignore_top_function(g.created_by)))
      << "a creator is no frame";
  EXPECT_TRUE(leak::find(leak::max_wait(0ns), leak::ignore_any_function(g.created_by)));
  EXPECT_TRUE(leak::find(leak::max_wait(0ns), leak::ignore_created_by(g.top_function)));
  let_go();
  until_alone();
}

INSTANTIATE_TEST_SUITE_P(
    every_wait, planted,
    ::testing::Values(
        kind{"chan send", "chan_send", "channel 0x", &plant::chan_send},
        kind{"chan receive", "chan_receive", "channel 0x", &plant::chan_receive},
        kind{"select", "select", "", &plant::select},
        kind{"sync.Mutex.Lock", "mutex", "mutex plant::mutex()::lock", &plant::mutex},
        kind{"sync.RWMutex.RLock", "rlock", "shared_mutex plant::rlock()::lock", &plant::rlock},
        kind{"sync.RWMutex.Lock", "wlock", "shared_mutex plant::wlock()::lock", &plant::wlock},
        kind{"sync.Cond.Wait", "condition", "condition variable plant::condition",
             &plant::condition},
        kind{"sync.WaitGroup.Wait", "wait_group", "wait_group plant::wait_group",
             &plant::wait_group},
        kind{"sleep", "sleep", "", &plant::sleep}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(leaks, a_stack_has_its_frames_in_order) {
  const plant::release let_go = plant::chan_receive();
  until_parked("chan receive");
  const leak::goroutine g = leak::find(leak::max_wait(0ns)).value().goroutines.front();
  EXPECT_EQ(g.top_function, "plant::receive_from");
  const std::size_t inner = g.text.find("\nplant::receive_from(...)\n\t");
  const std::size_t outer = g.text.find("\nplant::chan_receive()::", inner);
  EXPECT_NE(inner, std::string::npos) << g.text;
  EXPECT_NE(outer, std::string::npos) << g.text;
  EXPECT_FALSE(contains(g.text, "vole::sched")) << g.text;
  EXPECT_FALSE(leak::find(leak::max_wait(0ns), leak::ignore_any_function("plant::receive_from")));
  EXPECT_FALSE(leak::find(leak::max_wait(0ns), leak::ignore_top_function(
                                                   "plant::receive_from(vole::chan<int> const&)")));
  EXPECT_TRUE(leak::find(leak::max_wait(0ns), leak::ignore_any_function("receive_from")))
      << "a part of a name is no name";
  let_go();
  until_alone();
}

TEST(leaks, a_name_that_leaves_nobody_out_is_told) {
  const plant::release let_go = plant::chan_receive();
  until_parked("chan receive");
  const plant::release let_other_go = plant::chan_send();
  until_parked("chan send");
  const auto found =
      leak::find(leak::max_wait(0ns), leak::ignore_any_function("plant::receive_from"),
                 leak::ignore_top_function("send_on"));
  ASSERT_TRUE(found);
  ASSERT_EQ(found->notes.size(), 1u) << found->text();
  EXPECT_TRUE(found->notes[0].starts_with("ignore_top_function(\"send_on\") left nobody out"));
  EXPECT_TRUE(found->text().ends_with(found->notes[0] + "\n")) << found->text();
  let_go();
  let_other_go();
  until_alone();
}

TEST(leaks, a_goroutine_that_ends_soon_is_none) {
  for (int i = 0; i < 20; ++i) {
    vole::go([] { vole::sleep(1ms); });
    EXPECT_FALSE(leak::find(leak::max_wait(60s)));
  }
}

TEST(leaks, the_search_lets_others_run_on_its_processor) {
  // On one processor a search that kept it would see them for ever.
  const auto result = vole::make_chan<bool>();
  vole::go([result] {
    for (int i = 0; i < 10; ++i) vole::go([] { vole::yield(); });
    result.send(leak::find(leak::max_wait(60s)).has_value());
  });
  EXPECT_EQ(result.recv(), false);
  until_alone();
}

TEST(leaks, main_is_none_whoever_asks) {
  const auto result = vole::make_chan<bool>();
  vole::go([result] { result.send(leak::find(leak::max_wait(0ns)).has_value()); });
  EXPECT_EQ(result.recv(), false);  // main waits here meanwhile
  until_alone();
}

TEST(leaks, a_goroutine_that_never_waits_is_found_with_its_stack) {
  static std::atomic<bool> is_over;
  is_over.store(false);
  vole::go([] {
    while (!is_over.load()) {
    }
  });
  std::optional<leak::report> found;
  // Its thread is asked for the stack. A busy machine may answer at a later look only, and the
  // first looks may find it before it has come to its function.
  do found = leak::find(leak::max_wait(1ms));
  while (!found || !contains(found->goroutines.front().top_function, "a_goroutine_that_never"));
  is_over.store(true);
  const leak::goroutine& g = found->goroutines.front();
  EXPECT_TRUE(g.state == "running" || g.state == "runnable") << g.state;
  EXPECT_TRUE(contains(g.created_by, "a_goroutine_that_never_waits")) << g.created_by;
  EXPECT_TRUE(contains(g.text, "leaks_test.cpp:")) << g.text;
  until_alone();
}

TEST(leaks, a_foreign_thread_is_one_only_while_it_hangs_in_a_primitive) {
  const auto gate = vole::make_chan<int>();
  std::atomic<bool> is_adopted{false};
  std::atomic<bool> is_over{false};
  std::thread hanging([&] { gate.recv(); });
  std::thread alive([&] {
    is_adopted.store(vole::goroutine_id() > 1);
    while (!is_over.load()) std::this_thread::yield();
  });
  until_parked("chan receive");
  while (!is_adopted.load()) std::this_thread::yield();
  const auto found = leak::find(leak::max_wait(0ns));
  gate.close();
  is_over.store(true);
  hanging.join();
  alive.join();
  ASSERT_TRUE(found);
  ASSERT_EQ(found->goroutines.size(), 1u) << found->text();
  EXPECT_EQ(found->goroutines.front().state, "chan receive");
  EXPECT_EQ(found->goroutines.front().created_by, "");
  EXPECT_EQ(found->goroutines.front().parent_id, 0u);
}

TEST(leaks, ten_thousand_equal_ones_are_one_paragraph) {
  constexpr std::size_t kCount = 10'000;
  const auto gate = vole::make_chan<int>();
  for (std::size_t i = 0; i < kCount; ++i) vole::go([gate] { plant::receive_from(gate); });
  until_parked("chan receive", kCount);
  const auto found = leak::find(leak::max_wait(0ns));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->goroutines.size(), kCount);
  const std::string text = found->text();
  EXPECT_TRUE(contains(text, "[10000 goroutines in state chan receive, with plant::receive_from"))
      << text.substr(0, 2000);
  EXPECT_LT(text.size(), 4000u);
  gate.close();
  until_alone();
}

TEST(leaks, a_name_given_at_spawn_is_told) {
  const auto gate = vole::make_chan<int>();
  vole::go(vole::spawn{.name = "the reader"}, [gate] { gate.recv(); });
  until_parked("chan receive");
  EXPECT_TRUE(contains(leak::find(leak::max_wait(0ns)).value().text(), ", name \"the reader\"]:"));
  gate.close();
  until_alone();
}

// A hundred tests at the same time, each third one leaking a child and a grandchild.
TEST(leaks, concurrent_scopes_are_blamed_each_for_its_own) {
  constexpr int kTests = 100;
  const auto gate = vole::make_chan<int>();
  struct outcome {
    bool leaks = false;
    std::vector<std::uint64_t> own, found;
  };
  std::vector<outcome> outcomes(kTests);
  vole::wait_group tests;
  vole::wait_group all_planted;
  all_planted.add(kTests);
  for (int i = 0; i < kTests; ++i) {
    tests.go([&, i] {
      outcome& mine = outcomes[i];
      mine.leaks = i % 3 == 0;
      leak::detail::scope scope({leak::max_wait(mine.leaks ? 10ms : 60s)});
      if (mine.leaks) {
        const auto ids = vole::make_chan<std::uint64_t>(2);
        vole::go([gate, ids] {
          vole::go([gate, ids] {
            ids.send(vole::goroutine_id());
            gate.recv();
          });
          ids.send(vole::goroutine_id());
          gate.recv();
        });
        mine.own = {ids.recv().value(), ids.recv().value()};
      } else {
        vole::go([] { vole::yield(); });
      }
      all_planted.done();
      all_planted.wait();
      if (const auto found = scope.close())
        for (const leak::goroutine& g : found->goroutines) mine.found.push_back(g.id);
    });
  }
  tests.wait();
  gate.close();
  for (outcome& one : outcomes) {
    std::ranges::sort(one.own);
    EXPECT_EQ(one.found, one.own);
  }
  until_alone();
}

}  // namespace
