// SPDX-License-Identifier: Apache-2.0
// Goal: looks at a channel that take no lock (chan_core.h, "Looking without the lock") are as good
// as looks under it. Method: two real threads, met anew for each round, run the two sides of a
// litmus test; the outcome that must not be is counted.
#include <gtest/gtest.h>
#include <sched.h>
#include <vole/chan.h>
#include <vole/panic.h>
#include <vole/select.h>

#include <atomic>
#include <chrono>
#include <thread>

using vole::chan_status;

namespace {

// A round is worth something while both threads have a core. On a machine that is busy with other
// work they seldom have, and each round costs time slices: then a test makes fewer of them.
constexpr int kRounds = 30'000;
constexpr std::chrono::milliseconds kEnough{300};  // twice what they take on a quiet machine

// Lets two threads go on at the same moment, as nearly as can be.
class meeting {
 public:
  void wait() {
    const int mine = arrived_.fetch_add(1, std::memory_order_acq_rel);
    const int both = mine / 2 * 2 + 2;
    for (int i = 0; arrived_.load(std::memory_order_acquire) < both; ++i)
      if (i > 200) sched_yield();
  }

 private:
  std::atomic<int> arrived_{0};
};

// Runs left(round) and right(round) side by side, then check(round) alone, round by round.
template <class Left, class Right, class Check>
void side_by_side(Left left, Right right, Check check) {
  meeting start, end;
  std::atomic<bool> is_over = false;
  std::thread other([&] {
    for (int round = 0;; ++round) {
      start.wait();
      if (is_over.load()) return;
      right(round);
      end.wait();
    }
  });
  const auto latest = std::chrono::steady_clock::now() + kEnough;
  for (int round = 0;; ++round) {
    is_over.store(round == kRounds || std::chrono::steady_clock::now() > latest);
    start.wait();
    if (is_over.load()) break;
    left(round);
    end.wait();
    check(round);
  }
  other.join();
}

// A wake-up channel of one place: who finds it full relies on the receiver to look again.
TEST(litmus, who_finds_the_channel_full_is_seen_by_the_receiver_that_makes_room) {
  const auto wake = vole::make_chan<int>(1);
  wake.send(1);
  std::atomic<int> flag = 0;
  bool was_full = false;
  int seen = 0, lost = 0;
  side_by_side(
      [&](int) {
        flag.store(1, std::memory_order_seq_cst);
        was_full = wake.try_send(2) == chan_status::would_block;
      },
      [&](int) {
        wake.recv();
        seen = flag.load(std::memory_order_seq_cst);
      },
      [&](int) {
        lost += was_full && seen == 0;
        int rest;
        while (wake.try_recv(rest) == chan_status::ok) {
        }
        flag.store(0, std::memory_order_seq_cst);
        wake.send(1);
      });
  EXPECT_EQ(lost, 0);
}

TEST(litmus, of_two_that_send_and_then_look_at_the_other_channel_one_finds_something) {
  const auto a = vole::make_chan<int>(1);
  const auto b = vole::make_chan<int>(1);
  chan_status left{}, right{};
  int both_found_nothing = 0;
  int out = 0, other_out = 0;
  side_by_side(
      [&](int) {
        a.send(1);
        left = b.try_recv(out);
      },
      [&](int) {
        b.send(1);
        right = a.try_recv(other_out);
      },
      [&](int) {
        both_found_nothing += left == chan_status::would_block && right == chan_status::would_block;
        a.try_recv(out);
        b.try_recv(out);
      });
  EXPECT_EQ(both_found_nothing, 0);
}

TEST(litmus, of_two_that_make_room_and_then_look_for_room_one_finds_it) {
  const auto a = vole::make_chan<int>(1);
  const auto b = vole::make_chan<int>(1);
  a.send(0);
  b.send(0);
  std::size_t left = 0, right = 0;
  int both_found_none = 0;
  side_by_side(
      [&](int) {
        a.recv();
        left = vole::select(vole::on_send(b, 1), vole::on_default());
      },
      [&](int) {
        b.recv();
        right = vole::select(vole::on_send(a, 1), vole::on_default());
      },
      [&](int) {
        both_found_none += left == 1 && right == 1;
        a.try_send(0);
        b.try_send(0);
      });
  EXPECT_EQ(both_found_none, 0);
}

TEST(litmus, who_sees_the_close_sees_what_was_written_before_it) {
  auto ch = vole::make_chan<int>(1);
  int data = 0, missed = 0;
  side_by_side(
      [&](int round) {
        data = round + 1;
        ch.close();
      },
      [&](int round) {
        int out;
        chan_status status;
        while ((status = ch.try_recv(out)) == chan_status::would_block) {
        }
        missed += status != chan_status::closed || data != round + 1;
        if (ch.recv()) ++missed;
      },
      [&](int) { ch = vole::make_chan<int>(1); });
  EXPECT_EQ(missed, 0);
}

TEST(litmus, what_was_sent_before_the_close_is_received_before_it_is_seen) {
  auto ch = vole::make_chan<int>(4);
  int wrong = 0;
  side_by_side(
      [&](int round) {
        for (int i = 0; i < round % 4; ++i) ch.send(round + i);
        ch.close();
      },
      [&](int round) {
        int got = 0, out = 0;
        for (chan_status status; (status = ch.try_recv(out)) != chan_status::closed;)
          if (status == chan_status::ok) wrong += out != round + got++;
        wrong += got != round % 4;
      },
      [&](int) { ch = vole::make_chan<int>(4); });
  EXPECT_EQ(wrong, 0);
}

// Two looks are not one moment: a select with a default must look at both channels at once.
TEST(litmus, a_token_that_is_always_in_one_of_two_channels_is_always_found) {
  const auto a = vole::make_chan<int>(2);
  const auto b = vole::make_chan<int>(2);
  a.send(1);
  int missed = 0;
  side_by_side(
      [&](int) {  // puts it there before it takes it away
        b.send(1);
        a.recv();
        a.send(1);
        b.recv();
      },
      [&](int) {
        std::optional<int> got;
        switch (vole::select(vole::on_recv(a, got), vole::on_recv(b, got), vole::on_default())) {
          case 0:
            a.send(*got);
            break;
          case 1:
            b.send(*got);
            break;
          default:
            ++missed;
        }
      },
      [](int) {});
  EXPECT_EQ(missed, 0);
}

}  // namespace
