// SPDX-License-Identifier: Apache-2.0
// What the census and the announcements say about goroutines.
#include <gtest/gtest.h>
#include <vole/go.h>

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "event/census.h"
#include "event/listener.h"
#include "sched/spawn.h"
#include "support.h"

namespace {

class census : public sched_test::alone {};
class announcements : public sched_test::alone {};

using sched_test::semaphore;
using sched_test::until;
using vole::event::goroutine_state;
using vole::event::goroutine_view;
using vole::event::wait_reason;

struct entry {
  std::uint64_t id = 0, parent = 0;
  goroutine_view view;
  std::string name;
};

std::vector<entry> take_census(bool with_system = false) {
  std::vector<entry> out;
  vole::event::for_each_goroutine(
      [](void* into, const goroutine_view& view) {
        static_cast<std::vector<entry>*>(into)->push_back(
            {view.self->id, view.self->parent_id, view, std::string(view.name)});
      },
      &out, with_system);
  return out;
}

std::size_t parked_in_semacquire() {
  std::size_t count = 0;
  for (const entry& e : take_census())
    count += e.view.state == goroutine_state::waiting && e.view.reason == wait_reason::semacquire;
  return count;
}

TEST_F(census, shows_each_goroutine_with_state_reason_and_registers) {
  semaphore gate, done;
  constexpr std::size_t kParked = 30;
  for (std::size_t i = 0; i < kParked; ++i) {
    vole::go(vole::spawn{.name = "parked"}, [&] {
      gate.acquire();
      done.release();
    });
  }
  until([] { return parked_in_semacquire() == kParked; });
  const std::vector<entry> all = take_census();
  ASSERT_EQ(all.size(), kParked + 1);
  EXPECT_EQ(vole::event::goroutine_count(), kParked + 1);
  EXPECT_EQ(all[0].id, 1u);
  EXPECT_TRUE(all[0].view.is_caller);
  EXPECT_EQ(all[0].view.state, goroutine_state::running);
  EXPECT_FALSE(all[0].view.has_context);
  for (std::size_t i = 1; i < all.size(); ++i) {
    const goroutine_view& v = all[i].view;
    EXPECT_GT(all[i].id, all[i - 1].id);
    EXPECT_EQ(all[i].parent, 1u);
    EXPECT_EQ(all[i].name, "parked");
    EXPECT_FALSE(v.is_caller);
    EXPECT_EQ(v.wait_object, &gate);
    EXPECT_NE(v.waiting_since_ns, 0);
    ASSERT_TRUE(v.has_context);
    EXPECT_GE(v.context.sp, v.self->stack_low);
    EXPECT_LT(v.context.sp, v.self->stack_high);
    EXPECT_NE(v.self->creation_pc, 0u);
  }
  for (std::size_t i = 0; i < kParked; ++i) gate.release();
  done.acquire_all(static_cast<int>(kParked));
}

TEST_F(census, shows_a_parked_thread_with_its_registers) {
  semaphore gate, done;
  vole::go([&] {
    entry main_entry;
    until([&] {
      main_entry = take_census().front();
      return main_entry.view.state == goroutine_state::waiting;
    });
    EXPECT_EQ(main_entry.id, 1u);
    EXPECT_TRUE(main_entry.view.has_context);
    EXPECT_GE(main_entry.view.context.sp, main_entry.view.self->stack_low);
    EXPECT_LT(main_entry.view.context.sp, main_entry.view.self->stack_high);
    EXPECT_NE(main_entry.view.thread_id, 0);
    gate.release();
    done.release();
  });
  gate.acquire();
  done.acquire();
}

TEST_F(census, keeps_its_hands_off_while_goroutines_come_and_go) {
  std::atomic<bool> is_over{false};
  semaphore done;
  constexpr int kChurners = 8;
  for (int i = 0; i < kChurners; ++i) {
    vole::go([&] {
      while (!is_over.load()) {
        semaphore own;
        vole::go([&] { own.release(); });
        vole::yield();
        own.acquire();
      }
      done.release();
    });
  }
  for (int i = 0; i < 300; ++i) {
    std::uint64_t last = 0;
    for (const entry& e : take_census()) {
      EXPECT_GT(e.id, last);
      last = e.id;
      EXPECT_NE(e.view.state, goroutine_state::dead);
    }
    EXPECT_GE(last, 1u);
  }
  is_over = true;
  done.acquire_all(kChurners);
}

TEST_F(census, leaves_out_the_runtimes_own_unless_asked) {
  semaphore gate;
  vole::sched::spawn_request request;
  request.run = [](void* gate) { static_cast<semaphore*>(gate)->acquire(); };
  request.closure = &gate;
  request.is_system = true;
  vole::event::goroutine* const system = vole::sched::spawn(request);
  EXPECT_EQ(vole::num_goroutine(), 1u);
  EXPECT_EQ(take_census().size(), 1u);
  until([&] {
    const auto all = take_census(true);
    return all.size() == 2 && all.back().view.state == goroutine_state::waiting;
  });
  EXPECT_EQ(take_census(true).back().view.self, system);
  gate.release();
  until([] { return take_census(true).size() == 1; });
}

// One line for each announcement, in the order in which they were made.
std::mutex history_lock;
std::map<std::uint64_t, std::string> history;

void note(vole::event::goroutine* who, char what) {
  const std::lock_guard guard(history_lock);
  history[who->id] += what;
}

constexpr vole::event::listener kRecorder = {
    .goroutine_created = [](vole::event::goroutine* child, std::uintptr_t) { note(child, 'c'); },
    .goroutine_adopted = [](vole::event::goroutine* self) { note(self, 'a'); },
    .goroutine_resumed = [](vole::event::goroutine* self) { note(self, '+'); },
    .goroutine_paused = [](vole::event::goroutine* self) { note(self, '-'); },
    .goroutine_parked = [](vole::event::goroutine* self, wait_reason,
                           const void*) { note(self, 'p'); },
    .goroutine_readied = [](vole::event::goroutine* self) { note(self, 'r'); },
    .goroutine_finished = [](vole::event::goroutine* self) { note(self, 'f'); },
};

TEST_F(announcements, tell_the_life_of_a_goroutine_in_order) {
  vole::event::attach(kRecorder);
  semaphore gate, done;
  std::uint64_t id = 0, thread_id = 0;
  vole::go([&] {
    id = vole::goroutine_id();
    gate.acquire();
    vole::yield();
    done.release();
  });
  until([] { return parked_in_semacquire() == 1; });
  gate.release();
  done.acquire();
  until([] { return vole::num_goroutine() == 1; });
  std::thread foreign([&] {
    thread_id = vole::goroutine_id();
    vole::go([&] { gate.release(); });
    gate.acquire();
  });
  foreign.join();
  vole::event::detach(kRecorder);

  const std::lock_guard guard(history_lock);
  // created, runs, parks, is readied, runs, yields, runs, ends
  EXPECT_EQ(history[id], "c+p-r+-+-f");
  EXPECT_TRUE(history[thread_id] == "a+pr-f" || history[thread_id] == "a+-f") << history[thread_id];
}

TEST_F(announcements, resumed_and_paused_alternate_for_each_goroutine) {
  {
    const std::lock_guard guard(history_lock);
    history.clear();
  }
  vole::event::attach(kRecorder);
  semaphore ping, pong, done;
  for (int pair = 0; pair < 10; ++pair) {
    vole::go([&] {
      for (int i = 0; i < 200; ++i) ping.acquire(), pong.release(), vole::yield();
      done.release();
    });
    vole::go([&] {
      for (int i = 0; i < 200; ++i) ping.release(), pong.acquire();
      done.release();
    });
  }
  done.acquire_all(20);
  until([] { return vole::num_goroutine() == 1; });
  vole::event::detach(kRecorder);
  const std::lock_guard guard(history_lock);
  for (const auto& [id, text] : history) {
    if (id == 1) continue;
    bool is_on = false;
    int parks = 0;
    for (const char c : text) {
      if (c == '+' || c == '-') {
        EXPECT_EQ(is_on, c == '-') << id << " " << text;
        is_on = c == '+';
      }
      parks += c == 'p' ? 1 : c == 'r' ? -1 : 0;
      EXPECT_TRUE(parks == 0 || parks == 1) << id << " " << text;
    }
    EXPECT_EQ(text.front(), 'c');
    EXPECT_EQ(text.back(), 'f');
  }
}

}  // namespace
