// SPDX-License-Identifier: Apache-2.0
// Exceptions belong to their goroutine, wherever and whenever it runs.
#include <vole/chan.h>
#include <vole/defer.h>
#include <vole/select.h>
#include <vole/sync.h>
#include <vole/time.h>

#include <atomic>
#include <exception>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support.h"

namespace {

using behaviour::in_goroutine;
using behaviour::until;

class exceptions : public behaviour::alone {};

// Counts how many of it live.
struct counted : std::runtime_error {
  static inline std::atomic<int> live = 0;
  counted() : runtime_error("counted") { live.fetch_add(1); }
  counted(const counted& other) : runtime_error(other) { live.fetch_add(1); }
  ~counted() override { live.fetch_sub(1); }
};

void wander(int yields = 20) {
  for (int i = 0; i < yields; ++i) vole::yield();
}

// Calls f(i) in n goroutines at once and waits for them.
template <class F>
void crowd(int n, F f) {
  vole::wait_group all;
  for (int i = 0; i < n; ++i) all.go([&f, i] { f(i); });
  all.wait();
}

TEST_F(exceptions, a_handler_may_wait_and_rethrow_wherever_it_runs_then) {
  crowd(50, [](int i) {
    const std::string text = std::to_string(i);
    try {
      try {
        throw std::runtime_error(text);
      } catch (const std::runtime_error&) {
        wander();
        throw;
      }
    } catch (const std::runtime_error& e) {
      wander();
      EXPECT_EQ(e.what(), text);
    }
  });
}

TEST_F(exceptions, handlers_within_handlers_keep_their_order_over_waits) {
  crowd(30, [](int i) {
    try {
      throw i;
    } catch (int outer) {
      wander(3);
      try {
        throw i + 1000;
      } catch (int middle) {
        wander(3);
        try {
          throw i + 2000;
        } catch (int inner) {
          wander(3);
          EXPECT_EQ(inner, i + 2000);
        }
        wander(3);
        EXPECT_EQ(middle, i + 1000);
        try {
          throw;
        } catch (int again) {
          EXPECT_EQ(again, i + 1000);
        }
      }
      wander(3);
      EXPECT_EQ(outer, i);
      try {
        throw;
      } catch (int again) {
        EXPECT_EQ(again, i);
      }
    }
    EXPECT_EQ(std::current_exception(), nullptr);
  });
}

TEST_F(exceptions, the_count_of_those_in_flight_is_the_goroutines_own) {
  crowd(40, [](int i) {
    if (i % 2 == 0) {
      for (int n = 0; n < 50; ++n) {
        EXPECT_EQ(std::uncaught_exceptions(), 0);
        vole::yield();
      }
      return;
    }
    try {
      const vole::defer in_flight([] {
        for (int n = 0; n < 50; ++n) {
          EXPECT_EQ(std::uncaught_exceptions(), 1);
          vole::yield();
        }
      });
      throw std::runtime_error("in flight");
    } catch (const std::runtime_error&) {
      EXPECT_EQ(std::uncaught_exceptions(), 0);
    }
  });
}

TEST_F(exceptions, a_destructor_may_throw_and_catch_and_wait_while_another_is_in_flight) {
  crowd(30, [](int i) {
    try {
      const vole::defer in_flight([i] {
        try {
          const vole::defer second([] {
            EXPECT_EQ(std::uncaught_exceptions(), 2);
            wander(5);
            EXPECT_EQ(std::uncaught_exceptions(), 2);
          });
          throw i;
        } catch (int inner) {
          wander(5);
          EXPECT_EQ(inner, i);
          EXPECT_EQ(std::uncaught_exceptions(), 1);
        }
      });
      throw std::to_string(i);
    } catch (const std::string& outer) {
      EXPECT_EQ(outer, std::to_string(i));
    }
  });
}

TEST_F(exceptions, a_destructor_may_meet_others_at_a_channel_while_unwinding) {
  const auto ch = vole::make_chan<int>();
  vole::wait_group receiver;
  long sum = 0;
  receiver.go([&] {
    for (const int value : ch) sum += value;
  });
  crowd(40, [&](int i) {
    try {
      const vole::defer tell([&] { ch.send(i); });
      throw std::runtime_error("unwinds");
    } catch (const std::runtime_error&) {
    }
  });
  ch.close();
  receiver.wait();
  EXPECT_EQ(sum, 40 * 39 / 2);
}

TEST_F(exceptions, a_destructor_may_take_a_contended_lock_while_unwinding) {
  vole::mutex lock;
  int count = 0;
  crowd(40, [&](int) {
    for (int n = 0; n < 20; ++n) {
      try {
        const vole::defer locked([&] {
          lock.lock();
          const int before = count;
          if (n % 5 == 0) vole::yield();
          count = before + 1;
          lock.unlock();
        });
        throw n;
      } catch (int) {
      }
    }
  });
  EXPECT_EQ(count, 800);
}

TEST_F(exceptions, an_exception_ptr_goes_through_a_channel_as_the_same_object) {
  const auto ch = vole::make_chan<std::exception_ptr>();
  std::atomic<const void*> thrown = nullptr;
  vole::go([&] {
    try {
      throw counted();
    } catch (const counted& e) {
      thrown.store(&e);
      ch.send(std::current_exception());
      wander();
    }
  });
  try {
    std::rethrow_exception(*ch.recv());
  } catch (const counted& e) {
    EXPECT_EQ(&e, thrown.load());
  }
  until([] { return counted::live.load() == 0; });
}

TEST_F(exceptions, one_exception_may_be_rethrown_by_many_at_once) {
  const std::exception_ptr shared = std::make_exception_ptr(std::runtime_error("shared"));
  std::atomic<int> caught = 0;
  crowd(100, [&](int) {
    for (int n = 0; n < 10; ++n) {
      try {
        std::rethrow_exception(shared);
      } catch (const std::runtime_error& e) {
        vole::yield();
        EXPECT_STREQ(e.what(), "shared");
        caught.fetch_add(1);
      }
    }
  });
  EXPECT_EQ(caught, 1000);
}

TEST_F(exceptions, each_object_is_destroyed_once) {
  crowd(100, [](int i) {
    try {
      try {
        throw counted();
      } catch (const counted&) {
        wander(3);
        if (i % 2 == 0) throw;
        const auto kept = std::current_exception();
        wander(3);
      }
    } catch (const counted&) {
      wander(3);
    }
  });
  EXPECT_EQ(counted::live, 0);
}

TEST_F(exceptions, a_goroutine_spawned_in_a_handler_begins_without_an_exception) {
  in_goroutine([] {
    try {
      throw std::runtime_error("the spawner's");
    } catch (const std::runtime_error& e) {
      in_goroutine([] {
        EXPECT_EQ(std::current_exception(), nullptr);
        EXPECT_EQ(std::uncaught_exceptions(), 0);
      });
      EXPECT_STREQ(e.what(), "the spawner's");
      EXPECT_NE(std::current_exception(), nullptr);
    }
  });
}

TEST_F(exceptions, a_goroutine_spawned_while_unwinding_begins_with_none_in_flight) {
  in_goroutine([] {
    try {
      const vole::defer spawning([] {
        in_goroutine([] { EXPECT_EQ(std::uncaught_exceptions(), 0); });
        EXPECT_EQ(std::uncaught_exceptions(), 1);
      });
      throw 1;
    } catch (int) {
    }
  });
}

TEST_F(exceptions, nested_ones_keep_what_they_wrap) {
  crowd(20, [](int i) {
    try {
      try {
        throw std::runtime_error(std::to_string(i));
      } catch (...) {
        wander(5);
        std::throw_with_nested(std::logic_error("outer"));
      }
    } catch (const std::logic_error& outer) {
      wander(5);
      try {
        std::rethrow_if_nested(outer);
        ADD_FAILURE() << "nothing nested";
      } catch (const std::runtime_error& inner) {
        EXPECT_EQ(inner.what(), std::to_string(i));
      }
    }
  });
}

TEST_F(exceptions, hundreds_may_wait_in_a_handler_and_leave_it_in_any_order) {
  constexpr int kGoroutines = 300;
  std::vector<vole::chan<vole::unit>> gates;
  for (int g = 0; g < kGoroutines; ++g) gates.push_back(vole::make_chan<vole::unit>());
  std::atomic<int> inside = 0;
  vole::wait_group all;
  for (int g = 0; g < kGoroutines; ++g) {
    all.go([&, g] {
      try {
        throw g;
      } catch (int mine) {
        inside.fetch_add(1);
        gates[static_cast<std::size_t>(g)].recv();
        EXPECT_EQ(mine, g);
      }
    });
  }
  until([&] { return inside.load() == kGoroutines; });
  for (int g = kGoroutines - 1; g >= 0; --g)
    gates[static_cast<std::size_t>(g * 7 % kGoroutines)].close();
  all.wait();
}

TEST_F(exceptions, what_a_constructor_had_made_is_destroyed_when_it_fails_after_a_wait) {
  struct part {
    explicit part(std::atomic<int>& live) : live_(live) { live_.fetch_add(1); }
    ~part() { live_.fetch_sub(1); }
    std::atomic<int>& live_;
  };
  struct whole {
    explicit whole(std::atomic<int>& live) : first(live), second(live) {
      vole::yield();
      throw std::runtime_error("half made");
    }
    part first, second;
  };
  std::atomic<int> live = 0;
  crowd(20, [&](int) { EXPECT_THROW(whole{live}, std::runtime_error); });
  EXPECT_EQ(live, 0);
}

TEST_F(exceptions, leave_a_loop_over_a_channel_that_stays_usable) {
  const auto ch = vole::make_chan<int>(10);
  for (int i = 0; i < 10; ++i) ch.send(i);
  in_goroutine([&] {
    try {
      for (const int value : ch)
        if (value == 4) throw value;
    } catch (int value) {
      EXPECT_EQ(value, 4);
    }
    EXPECT_EQ(ch.recv(), 5);
  });
}

TEST_F(exceptions, leave_a_select_from_its_handler_with_the_operation_done) {
  const auto ch = vole::make_chan<int>(2);
  ch.send(1);
  ch.send(2);
  in_goroutine([&] {
    EXPECT_THROW(
        vole::select(vole::on_recv(
            ch, [](std::optional<int> got) { throw std::out_of_range(std::to_string(*got)); })),
        std::out_of_range);
    EXPECT_EQ(ch.recv(), 2);
  });
}

TEST_F(exceptions, leave_blocking_on_the_goroutine_that_called_it) {
  crowd(20, [](int i) {
    try {
      vole::blocking([i] {
        if (i % 4 == 0) std::this_thread::yield();
        throw i;
      });
    } catch (int caught) {
      wander(3);
      EXPECT_EQ(caught, i);
    }
  });
}

TEST_F(exceptions, a_lock_guard_gives_the_mutex_back) {
  vole::mutex lock;
  crowd(20, [&](int) {
    try {
      const std::lock_guard hold(lock);
      vole::yield();
      throw 1;
    } catch (int) {
    }
  });
  EXPECT_TRUE(lock.try_lock());
  lock.unlock();
}

TEST_F(exceptions, a_promise_carries_one_from_a_goroutine_to_a_thread) {
  std::promise<int> promise;
  auto future = promise.get_future();
  vole::go([&] {
    try {
      wander(5);
      throw std::domain_error("from a goroutine");
    } catch (...) {
      promise.set_exception(std::current_exception());
    }
  });
  EXPECT_THROW(vole::blocking([&] { return future.get(); }), std::domain_error);
}

TEST_F(exceptions, misuse_is_caught_by_its_type_in_a_goroutine) {
  in_goroutine([] {
    const auto ch = vole::make_chan<int>();
    ch.close();
    EXPECT_THROW(ch.close(), vole::close_of_closed_channel);
    EXPECT_THROW(ch.send(1), vole::send_on_closed_channel);
    EXPECT_THROW(vole::chan<int>().close(), vole::close_of_nil_channel);
    vole::wait_group group;
    EXPECT_THROW(group.done(), vole::negative_wait_group_counter);
  });
}

TEST_F(exceptions, a_sender_that_waits_is_told_of_the_close_by_an_exception) {
  const auto ch = vole::make_chan<int>();
  std::atomic<int> told = 0;
  vole::wait_group all;
  for (int g = 0; g < 20; ++g) {
    all.go([&] {
      try {
        ch.send(1);
      } catch (const vole::panic& e) {
        vole::yield();
        EXPECT_STREQ(e.what(), "send on closed channel");
        told.fetch_add(1);
      }
    });
  }
  wander(5);
  ch.close();
  all.wait();
  EXPECT_EQ(told, 20);
}

TEST_F(exceptions, threads_and_goroutines_throw_at_the_same_time) {
  std::atomic<bool> is_over = false;
  std::thread thread([&] {
    while (!is_over.load()) {
      try {
        throw std::runtime_error("thread");
      } catch (const std::runtime_error& e) {
        vole::yield();
        EXPECT_STREQ(e.what(), "thread");
      }
    }
  });
  crowd(20, [](int i) {
    for (int n = 0; n < 20; ++n) {
      try {
        throw i;
      } catch (int caught) {
        vole::yield();
        EXPECT_EQ(caught, i);
      }
    }
  });
  is_over.store(true);
  thread.join();
}

}  // namespace
