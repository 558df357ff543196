// SPDX-License-Identifier: Apache-2.0
// Goal: the census says of every wait what it is for: the object, its owner, the time at which it
// ends, the descriptor. Method: goroutines in known waits, found by their names.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/net.h>
#include <vole/sync.h>
#include <vole/time.h>

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "event/census.h"

namespace {

using namespace std::chrono_literals;
using vole::event::goroutine;
using vole::event::goroutine_state;
using vole::event::goroutine_view;
using vole::event::wait_reason;

// The wait of the goroutine of that name; nothing while it does not wait for `reason`.
std::optional<goroutine_view> wait_of(std::string_view name, wait_reason reason) {
  struct search {
    std::string_view name;
    wait_reason reason;
    std::optional<goroutine_view> found;
  } looking{name, reason, {}};
  vole::event::for_each_goroutine(
      [](void* argument, const goroutine_view& view) {
        auto& self = *static_cast<search*>(argument);
        if (view.name == self.name && view.state == goroutine_state::waiting &&
            view.reason == self.reason)
          self.found = view;
      },
      &looking);
  return looking.found;
}

goroutine_view until_waiting(std::string_view name, wait_reason reason) {
  for (;;) {
    if (const auto found = wait_of(name, reason)) return *found;
    vole::yield();
  }
}

// Before what the goroutines refer to goes.
void until_alone() {
  while (vole::num_goroutine() != 1) vole::yield();
}

TEST(wait_for, a_mutex_names_its_owner) {
  vole::mutex lock;
  std::unique_lock held(lock);
  const goroutine* const me = vole::event::current();
  vole::go({.name = "second"}, [&] { const std::lock_guard mine(lock); });
  const goroutine_view second = until_waiting("second", wait_reason::mutex_lock);
  EXPECT_EQ(second.wait_object, &lock);
  EXPECT_EQ(second.waits_for.owner, me);
  EXPECT_EQ(second.waits_for.deadline_ns, 0);
  EXPECT_EQ(second.waits_for.fd, -1);
  EXPECT_GT(second.waiting_since_ns, 0);
  EXPECT_LE(second.waiting_since_ns, vole::base::monotonic_ns());
  held.unlock();
  until_alone();
}

TEST(wait_for, the_owner_is_the_next_one_after_a_hand_over) {
  vole::mutex lock;
  const auto go_on = vole::make_chan<int>();
  std::unique_lock held(lock);
  vole::go({.name = "second"}, [&] {
    const std::lock_guard mine(lock);
    go_on.recv();
  });
  const goroutine_view second = until_waiting("second", wait_reason::mutex_lock);
  held.unlock();
  until_waiting("second", wait_reason::chan_receive);
  vole::go({.name = "third"}, [&] { const std::lock_guard mine(lock); });
  EXPECT_EQ(until_waiting("third", wait_reason::mutex_lock).waits_for.owner, second.self);
  go_on.send(1);
  until_alone();
}

TEST(wait_for, a_shared_mutex_names_its_writer_to_readers_and_writers) {
  vole::shared_mutex lock;
  const goroutine* const me = vole::event::current();
  lock.lock();
  vole::go({.name = "reader"}, [&] {
    lock.lock_shared();
    lock.unlock_shared();
  });
  vole::go({.name = "writer"}, [&] {
    lock.lock();
    lock.unlock();
  });
  EXPECT_EQ(until_waiting("reader", wait_reason::rw_mutex_rlock).waits_for.owner, me);
  EXPECT_EQ(until_waiting("writer", wait_reason::mutex_lock).waits_for.owner, me);
  lock.unlock();
  until_alone();
}

TEST(wait_for, readers_have_no_single_owner) {
  vole::shared_mutex lock;
  lock.lock_shared();
  vole::go({.name = "writer"}, [&] {
    lock.lock();
    lock.unlock();
  });
  const goroutine_view writer = until_waiting("writer", wait_reason::rw_mutex_lock);
  EXPECT_EQ(writer.wait_object, &lock);
  EXPECT_EQ(writer.waits_for.owner, nullptr);
  lock.unlock_shared();
  until_alone();
}

TEST(wait_for, another_goroutine_may_unlock_a_shared_mutex) {
  vole::shared_mutex lock;
  const auto done = vole::make_chan<int>();
  lock.lock();
  vole::go([&] {
    lock.unlock();
    done.send(1);
  });
  done.recv();
  EXPECT_TRUE(lock.try_lock());
  lock.unlock();
  until_alone();
}

TEST(wait_for, a_sleeper_and_a_timed_wait_tell_when_they_end) {
  const std::int64_t before = vole::base::monotonic_ns();
  vole::go({.name = "sleeper"}, [] { vole::sleep(200ms); });
  const goroutine_view sleeper = until_waiting("sleeper", wait_reason::sleep);
  EXPECT_GE(sleeper.waits_for.deadline_ns, before + 200'000'000);
  EXPECT_LE(sleeper.waits_for.deadline_ns, vole::base::monotonic_ns() + 200'000'000);

  vole::mutex lock;
  vole::condition_variable changed;
  vole::go({.name = "timed"}, [&] {
    std::unique_lock held(lock);
    changed.wait_for(held, 1h);
  });
  vole::go({.name = "patient"}, [&] {
    std::unique_lock held(lock);
    changed.wait(held);
  });
  EXPECT_GT(until_waiting("timed", wait_reason::cond_wait).waits_for.deadline_ns,
            before + 3'600'000'000'000);
  EXPECT_EQ(until_waiting("patient", wait_reason::cond_wait).waits_for.deadline_ns, 0);
  changed.notify_all();
  until_alone();
}

TEST(wait_for, a_channel_is_named_and_ends_by_nobody_in_particular) {
  const auto c = vole::make_chan<int>();
  vole::go({.name = "receiver"}, [&] { c.recv(); });
  const goroutine_view receiver = until_waiting("receiver", wait_reason::chan_receive);
  EXPECT_NE(receiver.wait_object, nullptr);
  EXPECT_EQ(receiver.waits_for.owner, nullptr);
  EXPECT_EQ(receiver.waits_for.deadline_ns, 0);
  c.send(1);
  until_alone();
}

TEST(wait_for, one_in_accept_tells_its_descriptor) {
  auto listener = vole::net::listen("tcp", "127.0.0.1:0");
  const auto done = vole::make_chan<int>();
  vole::go({.name = "acceptor"}, [&] {
    listener.accept();
    done.send(1);
  });
  const goroutine_view acceptor = until_waiting("acceptor", wait_reason::io_wait);
  EXPECT_GE(acceptor.waits_for.fd, 0);
  const auto caller = vole::net::dial("tcp", listener.address().text());
  done.recv();
  until_alone();
}

}  // namespace
