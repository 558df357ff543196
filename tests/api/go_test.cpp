// SPDX-License-Identifier: Apache-2.0
// The contract of <vole/go.h>: spawning, yielding, ending, counting, blocking and tracebacks.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/go.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "support.h"

static_assert(std::is_same_v<decltype(vole::go([] {})), void>);
static_assert(std::is_same_v<decltype(vole::yield()), void>);
static_assert(std::is_same_v<decltype(vole::goexit()), void>);
static_assert(std::is_same_v<decltype(vole::max_procs()), int>);
static_assert(std::is_same_v<decltype(vole::num_cpu()), int>);
static_assert(std::is_same_v<decltype(vole::num_goroutine()), std::size_t>);
static_assert(std::is_same_v<decltype(vole::goroutine_id()), std::uint64_t>);
static_assert(std::is_same_v<decltype(vole::stack()), std::string>);
static_assert(std::is_same_v<decltype(vole::spawn::name), std::string_view>);
static_assert(std::is_same_v<decltype(vole::spawn::stack_bytes), std::size_t>);

namespace {

TEST(go, decays_and_copies_its_arguments_as_std_thread_does) {
  const auto out = vole::make_chan<std::string>();
  std::string text = "before";
  vole::go([out](std::string copy, const char* literal) { out.send(copy + literal); }, text,
           " array");
  text = "after";
  EXPECT_EQ(out.recv(), "before array");

  vole::go([out](std::unique_ptr<int> only) { out.send(std::to_string(*only)); },
           std::make_unique<int>(7));
  EXPECT_EQ(out.recv(), "7");

  int target = 0;
  vole::go(
      [out](int& seen) {
        seen = 5;
        out.send("set");
      },
      std::ref(target));
  out.recv();
  EXPECT_EQ(target, 5);
}

struct teller {
  void tell(int n) const { to.send(n); }
  vole::chan<int> to = vole::make_chan<int>();
};

TEST(go, invokes_member_functions_and_move_only_callables) {
  const teller t;
  vole::go(&teller::tell, &t, 10);
  EXPECT_EQ(t.to.recv(), 10);
  vole::go(&teller::tell, t, 11);
  EXPECT_EQ(t.to.recv(), 11);
  vole::go([to = t.to, p = std::make_unique<int>(3)]() mutable { to.send(++*p); });
  EXPECT_EQ(t.to.recv(), 4);
}

TEST(go, destroys_callable_and_arguments_when_the_goroutine_ends) {
  auto held = std::make_shared<int>(1);
  vole::go([](const std::shared_ptr<int>&) {}, held);
  vole::go([held] { vole::goexit(); });
  vole_test::until([&] { return held.use_count() == 1; });
}

int deep(int frames) {
  volatile char page[4096];
  page[0] = static_cast<char>(frames);
  return frames == 0 ? 0 : deep(frames - 1) + (page[0] == static_cast<char>(frames) ? 1 : 0);
}

TEST(go, spawn_gives_a_name_and_a_stack_of_the_size_asked_for) {
  const auto out = vole::make_chan<int>();
  vole::go(
      vole::spawn{.name = "digger", .stack_bytes = 4 << 20},
      [out](int frames) { out.send(deep(frames)); }, 500);  // 2 MB of frames at least
  EXPECT_EQ(out.recv(), 500);
}

TEST(go, yield_lets_others_run_on_one_processor) {
  const int before = vole::max_procs(1);
  std::atomic<bool> ran = false;
  vole::go([&] { ran = true; });
  vole_test::until([&] { return ran.load(); });
  vole::max_procs(before);
}

TEST(go, goexit_runs_destructors_and_passes_through_a_rethrowing_catch) {
  struct note {
    vole::chan<std::string> to;
    ~note() { to.send("destroyed"); }
  };
  const auto out = vole::make_chan<std::string>(4);
  vole::go([out] {
    const note n{out};
    try {
      vole::goexit();
    } catch (...) {
      out.send("caught");
      throw;
    }
    out.send("not reached");
  });
  EXPECT_EQ(out.recv(), "caught");
  EXPECT_EQ(out.recv(), "destroyed");
  vole_test::settle();
  EXPECT_EQ(out.len(), 0u);
}

TEST(go, max_procs_sets_when_positive_and_returns_the_previous_value) {
  const int at_first = vole::max_procs();
  EXPECT_GE(at_first, 1);
  EXPECT_EQ(vole::max_procs(3), at_first);
  EXPECT_EQ(vole::max_procs(), 3);
  EXPECT_EQ(vole::max_procs(0), 3);
  EXPECT_EQ(vole::max_procs(-1), 3);
  EXPECT_EQ(vole::max_procs(at_first), 3);
  EXPECT_GE(vole::num_cpu(), 1);
}

TEST(go, num_goroutine_counts_from_the_moment_go_returns) {
  vole_test::settle();
  const auto gate = vole::make_chan<vole::unit>();
  for (std::size_t i = 0; i < 20; ++i) {
    vole::go([gate] { gate.recv(); });
    EXPECT_EQ(vole::num_goroutine(), i + 2);
  }
  gate.close();
  vole_test::settle();
}

TEST(go, main_is_goroutine_1_and_ids_are_unique) {
  EXPECT_EQ(vole::goroutine_id(), 1u);
  const auto ids = vole::make_chan<std::uint64_t>();
  for (int i = 0; i < 2; ++i) {
    vole::go([ids] {
      const std::uint64_t first = vole::goroutine_id();
      vole::yield();
      EXPECT_EQ(vole::goroutine_id(), first);
      ids.send(first);
    });
  }
  const auto a = ids.recv();
  const auto b = ids.recv();
  EXPECT_NE(a, b);
  EXPECT_NE(a, 1u);
  EXPECT_NE(b, 1u);
}

TEST(go, lock_os_thread_keeps_the_goroutine_on_its_thread) {
  const auto done = vole::make_chan<bool>();
  for (int g = 0; g < 4; ++g) {
    vole::go([done] {
      vole::lock_os_thread();
      const auto mine = std::this_thread::get_id();
      bool stayed = true;
      for (int i = 0; i < 100; ++i) {
        vole::yield();
        stayed = stayed && std::this_thread::get_id() == mine;
      }
      vole::unlock_os_thread();
      done.send(stayed);
    });
  }
  for (int g = 0; g < 4; ++g) EXPECT_EQ(done.recv(), true);
}

TEST(go, blocking_lets_others_run_on_and_returns_what_the_function_returns) {
  const int before = vole::max_procs(1);
  std::promise<int> answer;
  vole::go([&] { answer.set_value(42); });
  EXPECT_EQ(vole::blocking([&] { return answer.get_future().get(); }), 42);
  vole::max_procs(before);

  int value = 1;
  static_assert(std::is_same_v<decltype(vole::blocking([&]() -> int& { return value; })), int&>);
  EXPECT_EQ(&vole::blocking([&]() -> int& { return value; }), &value);
  static_assert(std::is_same_v<decltype(vole::blocking([] {})), void>);
  EXPECT_THROW(vole::blocking([] { throw std::runtime_error("inside"); }), std::runtime_error);
}

TEST(go, stack_is_a_go_traceback) {
  const std::string mine = vole::stack();
  EXPECT_EQ(mine.rfind("goroutine 1 [running", 0), 0u) << mine;
  EXPECT_EQ(mine.find("goroutine ", 1), std::string::npos) << mine;

  const auto gate = vole::make_chan<vole::unit>();
  vole::go([gate] { gate.recv(); });
  vole_test::until([] { return vole_test::contains(vole::stack(true), "[chan receive"); });
  const std::string all = vole::stack(true);
  EXPECT_TRUE(vole_test::contains(all, "created by ")) << all;
  EXPECT_TRUE(vole_test::contains(all, "in goroutine 1")) << all;
  gate.close();
}

TEST(go, a_foreign_thread_may_use_every_primitive) {
  const auto to = vole::make_chan<int>();
  const auto back = vole::make_chan<int>();
  std::thread foreign([&] {
    vole::go([back] { back.send(1); });
    back.send(to.recv().value() + 1);
  });
  to.send(10);
  const int sum = back.recv().value() + back.recv().value();
  EXPECT_EQ(sum, 12);
  vole::blocking([&] { foreign.join(); });
}

TEST(go_death, std_exit_may_be_called_in_a_goroutine) {
  EXPECT_EXIT(
      {
        vole::go([] { std::exit(7); });
        vole::make_chan<int>().recv();
      },
      ::testing::ExitedWithCode(7), "");
}

TEST(go_death, goroutines_still_running_are_not_waited_for) {
  EXPECT_EXIT(
      {
        vole::go([] {
          for (;;) vole::yield();
        });
        std::exit(3);
      },
      ::testing::ExitedWithCode(3), "");
}

TEST(go_death, swallowing_goexit_is_fatal) {
  EXPECT_EXIT(
      {
        vole::go([] {
          try {
            vole::goexit();
          } catch (...) {
          }
        });
        vole::make_chan<int>().recv();
      },
      ::testing::ExitedWithCode(2), "fatal error: ");
}

}  // namespace
