// SPDX-License-Identifier: Apache-2.0
// Goal: a look at a channel without its lock (chan_core.h) answers as one under it would, and the
// lock itself (base/spin_lock.h) excludes, although its unlock is a plain store. Method: programs
// for the store buffer machine, all interleavings; and again with a step left out, which must be
// caught.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/sched/store_buffer_machine.h"

namespace {

using namespace vole_test;

constexpr int r0 = 0, r1 = 1;
constexpr int kSaysNo = 1, kHolds = 2;

bool is_kept(const std::vector<program>& programs, const law& holds,
             const machine_state& start = {}) {
  return machine(programs, start).keeps(holds);
}

enum class variant { as_it_is, no_look_at_lock, no_look_but_fence_in_unlock };

// Changes the count under the lock.
program change(variant v, int lock_word, int count_word, int to) {
  code c;
  c << lock(lock_word) << store(count_word, to) << unlock(lock_word);
  if (v == variant::no_look_but_fence_in_unlock) c << fence();
  return c;
}

// Says no when the count is `no`.
program look(variant v, int lock_word, int count_word, int no) {
  code c;
  if (v == variant::as_it_is) c << load(r0, lock_word) << jump_if(r0, 1, "properly");
  c << load(r0, count_word) << jump_if(r0, 1 - no, "yes") << mark(kSaysNo) << jump("yes");
  c << label("properly") << lock(lock_word) << load(r0, count_word) << unlock(lock_word);
  c << jump_if(r0, 1 - no, "yes") << mark(kSaysNo);
  return c << label("yes");
}

// "I store a flag and find the channel full; you receive and load the flag."
bool is_flag_seen(variant v) {
  constexpr int lock_word = 0, count = 1, flag = 2;
  code sender, receiver;
  sender << store(flag, 1) << fence() << look(v, lock_word, count, 1);
  receiver << change(v, lock_word, count, 0) << load(r1, flag);
  machine_state start;
  start.words[count] = 1;
  return is_kept(
      {sender, receiver},
      [](const machine_state& s, bool is_end) {
        return !is_end || s.threads[0].at != kSaysNo || s.threads[1].regs[r1] == 1;
      },
      start);
}

// "I send on one channel and find the other empty; you do the reverse."
bool is_one_found(variant v) {
  code left, right;
  left << change(v, 0, 1, 1) << look(v, 2, 3, 0);
  right << change(v, 2, 3, 1) << look(v, 0, 1, 0);
  return is_kept({left, right}, [](const machine_state& s, bool is_end) {
    return !is_end || s.threads[0].at != kSaysNo || s.threads[1].at != kSaysNo;
  });
}

TEST(look_model, who_finds_the_channel_full_is_seen_by_who_makes_room) {
  EXPECT_TRUE(is_flag_seen(variant::as_it_is));
  EXPECT_TRUE(is_flag_seen(variant::no_look_but_fence_in_unlock));
  EXPECT_FALSE(is_flag_seen(variant::no_look_at_lock));
}

TEST(look_model, of_two_that_send_and_look_at_the_other_channel_one_finds_something) {
  EXPECT_TRUE(is_one_found(variant::as_it_is));
  EXPECT_TRUE(is_one_found(variant::no_look_but_fence_in_unlock));
  EXPECT_FALSE(is_one_found(variant::no_look_at_lock));
}

// The channel holds one element, is closed, and only then drained: it is never open and empty.
TEST(look_model, a_channel_that_was_never_open_and_empty_is_not_found_so) {
  constexpr int lock_word = 0, count = 1, closed = 2;
  for (const bool looks_at_closed_first : {false, true}) {
    code other, looker;
    other << lock(lock_word) << store(closed, 1) << unlock(lock_word);
    other << lock(lock_word) << store(count, 0) << unlock(lock_word);
    const int first = looks_at_closed_first ? closed : count;
    const int second = looks_at_closed_first ? count : closed;
    looker << load(r0, lock_word) << jump_if(r0, 1, "properly");
    looker << load(r0, first) << jump_if(r0, 1, "properly");
    looker << load(r0, second) << jump_if(r0, 1, "properly") << mark(kSaysNo);
    looker << label("properly");
    machine_state start;
    start.words[count] = 1;
    const bool holds = is_kept(
        {other, looker}, [](const machine_state& s, bool) { return s.threads[1].at != kSaysNo; },
        start);
    EXPECT_EQ(holds, !looks_at_closed_first);
  }
}

// A token is moved to and fro between two channels, put there before it is taken away. ------------

enum class second_look { at_the_turn, none, at_the_count };

program moved(int lock_word, int count_word, int turn_word, int to, int turn) {
  code c;
  c << lock(lock_word) << store(turn_word, turn - 1) << store(count_word, to);
  return c << store(turn_word, turn) << unlock(lock_word);
}

// select_core.cpp's look at both.
bool is_token_found(second_look how) {
  constexpr int lock_a = 0, count_a = 1, turn_a = 2, lock_b = 3, count_b = 4, turn_b = 5;
  code mover, looker;
  mover << moved(lock_b, count_b, turn_b, 1, 2) << moved(lock_a, count_a, turn_a, 0, 2);
  mover << moved(lock_a, count_a, turn_a, 1, 4) << moved(lock_b, count_b, turn_b, 0, 4);
  mover << moved(lock_b, count_b, turn_b, 1, 6) << moved(lock_a, count_a, turn_a, 0, 6);
  looker << load(r0, turn_a) << load(r1, lock_a) << jump_if(r1, 1, "properly");
  looker << load(r1, count_a) << jump_if(r1, 1, "properly");
  looker << load(r1, lock_b) << jump_if(r1, 1, "properly");
  looker << load(r1, count_b) << jump_if(r1, 1, "properly");
  if (how == second_look::at_the_turn)
    looker << load(r1, turn_a) << jump_same(r1, r0, "unchanged") << jump("properly");
  if (how == second_look::at_the_count) looker << load(r1, count_a) << jump_if(r1, 1, "properly");
  looker << label("unchanged") << mark(kSaysNo) << label("properly");
  machine_state start;
  start.words[count_a] = 1;
  return is_kept(
      {mover, looker}, [](const machine_state& s, bool) { return s.threads[1].at != kSaysNo; },
      start);
}

TEST(look_model, a_token_that_is_always_in_one_of_two_channels_is_not_missed) {
  EXPECT_TRUE(is_token_found(second_look::at_the_turn));
  EXPECT_FALSE(is_token_found(second_look::none));
  EXPECT_FALSE(is_token_found(second_look::at_the_count));
}

// The spin lock. Its word: 0 free, 1 held, 2 held, and somebody sleeps. ---------------------------

enum class waiting { looks_again, sleeps_for_ever };

program holder() {
  code c;
  c << label("again") << replace(r0, 0, 0, 1) << jump_if(r0, 1, "again") << jump_if(r0, 2, "again");
  c << mark(kHolds) << mark(0);
  c << load(r1, 0) << jump_if(r1, 2, "slow") << store(0, 0) << jump("end");
  return c << label("slow") << swap(r1, 0, 0) << wake(0) << label("end");
}

program sleeper(waiting how) {
  code c;
  c << label("again") << swap(r0, 0, 2) << jump_if(r0, 0, "mine");
  c << load(r1, 0) << jump_if(r1, 0, "again") << jump_if(r1, 1, "again");
  if (how == waiting::sleeps_for_ever) c << sleep_while_same(0, r1);
  c << jump("again") << label("mine") << mark(kHolds) << mark(0);
  return c << swap(r1, 0, 0) << wake(0);
}

bool excludes(const machine_state& s, bool) {
  int holders = 0;
  for (const machine_thread& one : s.threads) holders += one.at == kHolds ? 1 : 0;
  return holders <= 1;
}

TEST(look_model, the_spin_lock_excludes_and_its_waiters_need_their_time_limit) {
  EXPECT_TRUE(is_kept({holder(), sleeper(waiting::looks_again)}, excludes));
  EXPECT_TRUE(is_kept({holder(), holder(), sleeper(waiting::looks_again)}, excludes));
  EXPECT_FALSE(is_kept({holder(), sleeper(waiting::sleeps_for_ever)}, excludes))
      << "a note that falls into the gap is lost";
}

}  // namespace
