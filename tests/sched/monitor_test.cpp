// SPDX-License-Identifier: Apache-2.0
// Goal: nothing that a goroutine does to its thread stops the others. Method: every processor is
// held by goroutines that never come to the scheduler, until others have done something. Without
// the monitor each of these tests would hang.
#include <gtest/gtest.h>
#include <unistd.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/sync.h>
#include <vole/time.h>

#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <vector>

namespace {

using namespace std::chrono_literals;

// Goroutines that compute without ever calling the runtime, until told to stop.
class hogs {
 public:
  explicit hogs(int count) {
    for (int i = 0; i < count; ++i)
      all_.go([this] {
        started_.fetch_add(1);
        while (!may_end_.load()) {
        }
      });
    count_ = count;
  }
  void stop() {
    may_end_ = true;
    all_.wait();
  }
  bool have_all_started() const { return started_.load() == count_; }

 private:
  std::atomic<int> started_{0};
  std::atomic<bool> may_end_{false};
  int count_ = 0;
  vole::wait_group all_;
};

TEST(monitor, a_ticker_ticks_beside_hogs_on_every_processor) {
  hogs busy(vole::max_procs());
  const auto done = vole::make_chan<vole::unit>();
  vole::go([done] {
    vole::ticker every{1ms};
    for (int i = 0; i < 20; ++i) every.c().recv();
    done.close();
  });
  done.recv();
  busy.stop();
}

TEST(monitor, hogs_that_wait_for_one_another_all_start) {
  hogs busy(2 * vole::max_procs() + 1);
  while (!busy.have_all_started()) vole::sleep(1ms);
  busy.stop();
}

TEST(monitor, a_system_call_stops_nobody) {
  const int count = vole::max_procs() + 1;
  std::vector<std::array<int, 2>> pipes(static_cast<std::size_t>(count));
  vole::wait_group readers;
  for (auto& ends : pipes) {
    ASSERT_EQ(pipe(ends.data()), 0);
    readers.go([&ends] {
      char byte = 0;
      EXPECT_EQ(read(ends[0], &byte, 1), 1);
      EXPECT_EQ(byte, 'x');
    });
  }
  const auto written = vole::make_chan<vole::unit>();
  vole::go([&] {
    for (auto& ends : pipes) EXPECT_EQ(write(ends[1], "x", 1), 1);
    written.close();
  });
  written.recv();
  readers.wait();
  for (auto& ends : pipes) {
    close(ends[0]);
    close(ends[1]);
  }
}

TEST(monitor, a_lock_of_std_stops_nobody) {
  std::mutex lock;
  lock.lock();  // by this thread, which waits below
  vole::wait_group waiting;
  std::atomic<int> passed{0};
  for (int i = vole::max_procs() + 1; i > 0; --i)
    waiting.go([&] {
      const std::lock_guard guard(lock);
      ++passed;
    });
  vole::wait_group others;
  for (int i = 0; i < 100; ++i) others.go([] { vole::yield(); });
  others.wait();
  EXPECT_EQ(passed, 0);
  lock.unlock();
  waiting.wait();
  EXPECT_EQ(passed, vole::max_procs() + 1);
}

TEST(monitor, blocking_gives_the_processor_to_those_who_need_it) {
  const int count = 3 * vole::max_procs();
  std::atomic<int> inside{0};
  vole::wait_group all;
  for (int i = 0; i < count; ++i)
    all.go([&] {
      vole::blocking([&] {
        ++inside;
        while (inside.load() < count) usleep(100);
      });
    });
  all.wait();
  EXPECT_EQ(inside, count);
}

// What a goroutine does once it has lost its processor.
TEST(monitor, a_goroutine_without_processor_can_do_everything) {
  const auto numbers = vole::make_chan<int>(1);
  const auto answers = vole::make_chan<int>();
  std::atomic<bool> may_go_on{false};
  vole::go([&] {
    while (!may_go_on.load()) {
    }
    for (int i = 0; i < 10; ++i) {
      vole::go([=] { answers.send(i); });
      numbers.send(i);  // parks when the buffer is full
      vole::yield();
      vole::blocking([] {});
    }
    numbers.close();
  });
  hogs busy(vole::max_procs());
  while (!busy.have_all_started()) vole::sleep(1ms);  // so each processor has changed hands
  may_go_on = true;
  int sum = 0;
  for (const int n : numbers) sum += n;
  for (int i = 0; i < 10; ++i) sum += *answers.recv();
  EXPECT_EQ(sum, 90);
  busy.stop();
}

TEST(monitor, hogs_come_and_go_in_numbers) {
  vole::wait_group all;
  std::atomic<long> sum{0};
  for (int i = 0; i < 40; ++i)
    all.go([&, i] {
      const auto until = std::chrono::steady_clock::now() + 3ms;
      while (std::chrono::steady_clock::now() < until) {
      }
      vole::yield();
      sum += i;
      const auto again = std::chrono::steady_clock::now() + 12ms;
      while (std::chrono::steady_clock::now() < again) {
      }
      sum += i;
    });
  all.wait();
  EXPECT_EQ(sum, 40 * 39);
}

}  // namespace
