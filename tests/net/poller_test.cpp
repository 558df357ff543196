// SPDX-License-Identifier: Apache-2.0
// The poller seen through the scheduler's door: edges, ends, records used again, and that it costs
// nobody's progress.
#include "sched/poller.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <vole/time.h>

#include <atomic>
#include <thread>
#include <vector>

#include "sched/ending/deadlock.h"
#include "sched/timer.h"
#include "tests/net/support.h"

namespace {

using namespace net_test;
using vole::sched::poll_record;
using vole::sched::poll_side;
using vole::sched::poll_status;

class poller : public alone {};

// A counter of the system's, attached.
class counter {
 public:
  counter() : fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    int error = 0;
    record_ = vole::sched::poll_attach(fd_, error);
    EXPECT_NE(record_, nullptr) << error;
  }
  ~counter() {
    vole::sched::poll_evict(*record_);
    vole::sched::poll_detach(*record_);
    close(fd_);
  }
  counter(const counter&) = delete;
  counter& operator=(const counter&) = delete;

  void add() const {
    const std::uint64_t one = 1;
    EXPECT_EQ(write(fd_, &one, sizeof one), 8);
  }
  // Waits as a user does. False: evicted or late.
  bool take() const {
    if (vole::sched::poll_prepare(*record_, poll_side::read) != poll_status::ready) return false;
    std::uint64_t value = 0;
    while (read(fd_, &value, sizeof value) != 8)
      if (vole::sched::poll_wait(*record_, poll_side::read) != poll_status::ready) return false;
    return true;
  }
  poll_record& record() const { return *record_; }

 private:
  int fd_;
  poll_record* record_;
};

TEST_F(poller, an_edge_that_came_before_the_wait_is_not_missed) {
  const counter one;
  one.add();
  EXPECT_EQ(vole::sched::poll_wait(one.record(), poll_side::read), poll_status::ready);
}

TEST_F(poller, both_sides_wait_for_themselves) {
  const counter one;
  EXPECT_EQ(vole::sched::poll_wait(one.record(), poll_side::write), poll_status::ready);
}

TEST_F(poller, a_regular_file_is_refused) {
  int error = 0;
  const int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  EXPECT_EQ(vole::sched::poll_attach(fd, error), nullptr);
  EXPECT_EQ(error, EPERM);
  close(fd);
}

TEST_F(poller, evicted_is_for_ever) {
  const counter one;
  vole::sched::poll_evict(one.record());
  EXPECT_EQ(vole::sched::poll_prepare(one.record(), poll_side::read), poll_status::evicted);
  EXPECT_EQ(vole::sched::poll_wait(one.record(), poll_side::read), poll_status::evicted);
  vole::sched::poll_set_deadline(one.record(), poll_side::read, vole::sched::kNever);
  EXPECT_EQ(vole::sched::poll_wait(one.record(), poll_side::read), poll_status::evicted);
}

TEST_F(poller, a_pair_that_wakes_each_other_loses_no_edge) {
  constexpr int kRounds = 2000;
  const counter ping, pong;
  vole::go([&] {
    for (int i = 0; i < kRounds; ++i) {
      ASSERT_TRUE(ping.take());
      pong.add();
    }
  });
  for (int i = 0; i < kRounds; ++i) {
    ping.add();
    ASSERT_TRUE(pong.take());
  }
}

TEST_F(poller, a_wait_ends_while_every_processor_sleeps) {
  const counter one;
  const auto done = vole::make_chan<bool>();
  for (int i = 0; i < 20; ++i) {
    vole::go([&, done] { done.send(one.take()); });
    until_blocked(wait_reason::io_wait);
    std::thread([&] { one.add(); }).join();  // a thread that the runtime does not know
    EXPECT_EQ(done.recv(), true);
  }
}

TEST_F(poller, an_idle_worker_that_polls_is_woken_for_other_work) {
  const counter one;
  const auto done = vole::make_chan<bool>();
  vole::go([&, done] { done.send(one.take()); });
  until_blocked(wait_reason::io_wait);
  for (int i = 0; i < 500; ++i) {
    const auto answer = vole::make_chan<int>();
    std::thread([=] { vole::go([=] { answer.send(i); }); }).join();
    EXPECT_EQ(answer.recv(), i);
  }
  one.add();
  done.recv();
}

TEST_F(poller, timers_fire_while_a_worker_polls) {
  const counter one;
  const auto done = vole::make_chan<bool>();
  vole::go([&, done] { done.send(one.take()); });
  until_blocked(wait_reason::io_wait);
  for (int i = 0; i < 20; ++i) vole::sleep(100us);
  one.add();
  EXPECT_EQ(done.recv(), true);
}

TEST_F(poller, work_of_every_kind_at_once_loses_no_wake_up) {
  constexpr int kPairs = 8, kRounds = 200;
  vole::wait_group all;
  std::vector<std::unique_ptr<counter>> counters;
  for (int i = 0; i < 2 * kPairs; ++i) counters.push_back(std::make_unique<counter>());
  for (std::size_t i = 0; i < kPairs; ++i) {
    counter& a = *counters[2 * i];
    counter& b = *counters[2 * i + 1];
    all.go([&] {
      for (int k = 0; k < kRounds; ++k) {
        a.add();
        EXPECT_TRUE(b.take());
        if (k % 16 == 0) vole::sleep(20us);
      }
    });
    all.go([&] {
      for (int k = 0; k < kRounds; ++k) {
        EXPECT_TRUE(a.take());
        if (k % 8 == 0) vole::yield();
        b.add();
      }
    });
    const auto ch = vole::make_chan<int>();
    all.go([=] {
      for (int k = 0; k < kRounds; ++k) ch.send(k);
      ch.close();
    });
    all.go([=] {
      for (const int value : ch)
        if (value % 32 == 0) vole::sleep(10us);
    });
  }
  all.wait();
}

TEST_F(poller, more_ready_descriptors_than_one_look_takes_are_all_told) {
  constexpr int kMany = 400;
  std::vector<std::unique_ptr<counter>> counters;
  for (int i = 0; i < kMany; ++i) counters.push_back(std::make_unique<counter>());
  vole::wait_group all;
  for (const auto& one : counters) all.go([&] { EXPECT_TRUE(one->take()); });
  until_blocked(wait_reason::io_wait, kMany);
  for (const auto& one : counters) one->add();
  all.wait();
}

TEST_F(poller, records_are_used_again_by_several_at_once) {
  vole::wait_group all;
  for (int lane = 0; lane < 4; ++lane) {
    all.go([] {
      for (int i = 0; i < 200; ++i) {
        const counter one;
        one.add();
        EXPECT_TRUE(one.take());
      }
    });
  }
  all.wait();
}

TEST_F(poller, max_procs_may_change_while_somebody_waits) {
  const int before = vole::max_procs();
  const counter one;
  const auto done = vole::make_chan<bool>();
  for (const int procs : {1, 4, 2, 8, 1}) {
    vole::go([&, done] { done.send(one.take()); });
    until_blocked(wait_reason::io_wait);
    vole::max_procs(procs);
    one.add();
    EXPECT_EQ(done.recv(), true);
  }
  vole::max_procs(before);
}

// A descriptor may be written by somebody outside, so there is no deadlock while one waits for it.
// The outsider bears a name of the runtime's own threads: a foreign one would forbid the verdict by
// itself. It writes when the look for a deadlock has been and gone.
TEST_F(poller, waiting_for_the_world_is_no_deadlock) {
  const counter one;
  const std::uint64_t looks = vole::sched::count_refuted_deadlocks();
  std::thread world([&] {
    prctl(PR_SET_NAME, "vole:world");
    while (vole::sched::count_refuted_deadlocks() == looks) std::this_thread::yield();
    one.add();
  });
  EXPECT_TRUE(one.take());
  world.join();
}

// The poller's waiting in the kernel is not taken for somebody who may still wake a goroutine.
TEST_F(poller, a_deadlock_is_told_after_the_network_was_used) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        const conn_pair both = connected();
        vole::go([=] { both.client.write("x"); });
        char one[1];
        both.server.read(one);
        vole::make_chan<int>().recv();
      },
      ::testing::ExitedWithCode(2), "all goroutines are asleep - deadlock!");
}

}  // namespace
