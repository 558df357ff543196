// SPDX-License-Identifier: Apache-2.0
// A test, from the making of its bubble to the verdict.
#include <vole/detail/shared_state.h>
#include <vole/panic.h>
#include <vole/synctest.h>

#include <cstdint>
#include <string>
#include <utility>

#include "event/emit.h"
#include "event/traceback.h"
#include "sched/park.h"
#include "sched/spawn.h"
#include "synctest/keeper.h"

namespace vole::synctest {
namespace {

// The bubble's number stands in the caller's traceback as well, though it is no member.
class marked_caller {
 public:
  marked_caller(event::goroutine& self, std::uint32_t bubble_id) : self_(self) {
    self_.bubble_id = bubble_id;
  }
  ~marked_caller() { self_.bubble_id = 0; }
  marked_caller(const marked_caller&) = delete;
  marked_caller& operator=(const marked_caller&) = delete;

 private:
  event::goroutine& self_;
};

// The first goroutine of the bubble.
void run_body(void* argument) {
  auto& test = *static_cast<running_test*>(argument);
  struct end {
    running_test& of;
    ~end() { of.has_body_ended = true; }
  } const at_end{test};
  try {
    test.body(test.f);
  } catch (...) {
    test.failure = vole::detail::captured_failure();
    if (!test.failure) throw;  // goexit
  }
}

void start(running_test& test, std::uintptr_t creation_pc) {
  sched::spawn_request keeper;
  keeper.run = &keep;
  keeper.closure = &test;
  keeper.is_system = true;
  test.in.keeper = &sched::as_g(sched::spawn(keeper));
  sched::spawn_request body;
  body.run = &run_body;
  body.closure = &test;
  body.creation_pc = creation_pc;
  body.into = &test.in;
  sched::spawn(body);
}

// The words for the members that are left; empty: there are none.
std::string verdict(const running_test& test) {
  // relaxed: nobody is left who could change it
  if (test.in.members.load(std::memory_order_relaxed) == 0) return {};
  std::string text =
      test.has_body_ended
          ? "deadlock: main bubble goroutine has exited but blocked goroutines remain"
          : "deadlock: all goroutines in bubble are blocked";
  return text + "\n\n" + event::traceback(event::traceback_scope::bubble);
}

}  // namespace

namespace detail {

[[gnu::noinline]] void run(void (*body)(void* f), void* f) {
  sched::g& self = sched::as_g(sched::current());
  if (self.in_bubble != nullptr) throw panic("synctest.Run called from within a synctest bubble");
  running_test test{sched::make_bubble(), &self, body, f, false, {}};
  std::string left;
  {
    const marked_caller mark(self, test.in.id);
    start(test, reinterpret_cast<std::uintptr_t>(__builtin_return_address(0)));
    sched::park(
        event::wait_reason::synctest_run, &test.in,
        [](event::goroutine*, void* in) {
          sched::leave_bubble(*static_cast<sched::bubble*>(in));  // our turn
          return true;
        },
        &test.in);
    event::emit::bubble_settled(&test.in);
    left = verdict(test);
  }
  if (left.empty())
    sched::end_bubble(test.in);
  else
    sched::give_up_members(test.in);
  if (test.failure) std::rethrow_exception(std::move(test.failure));
  if (!left.empty()) throw deadlock(left);
}

}  // namespace detail

void wait() {
  sched::g& self = sched::as_g(sched::current());
  if (self.in_bubble == nullptr) throw panic("goroutine is not in a bubble");
  sched::bubble& in = *self.in_bubble;
  // relaxed: who clears it has been readied by the keeper, or is the one who asks
  if (in.is_waiting.exchange(true, std::memory_order_relaxed))
    throw panic("wait already in progress");
  sched::park(
      event::wait_reason::synctest_wait, &in,
      [](event::goroutine* who, void* where) {
        static_cast<sched::bubble*>(where)->waiter = &sched::as_g(who);
        return true;
      },
      &in);
  in.is_waiting.store(false, std::memory_order_relaxed);  // relaxed: see above
  event::emit::bubble_settled(&in);
}

void sleep(duration d) {
  vole::sleep(d);
  wait();
}

bool is_in_bubble() { return sched::as_g(sched::current()).in_bubble != nullptr; }

}  // namespace vole::synctest
