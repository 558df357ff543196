// SPDX-License-Identifier: Apache-2.0
// Goal: no wait for a descriptor misses its end or its edge, and somebody polls whenever all
// processors are idle and a goroutine waits. Method: as in protocol_model_test.cpp. The steps stand
// at the heads of sched/poll/record.h and turn.cpp.
#include <gtest/gtest.h>

#include "store_buffer_machine.h"

namespace {

using namespace vole_test;

constexpr int r0 = 0, r1 = 1;

bool is_kept(const std::vector<program>& programs, const law& holds,
             const machine_state& start = {}) {
  machine all(programs, start);
  return all.keeps(holds);
}

// poll/record.h: the word of a side, its flags, who waits, and what ends the waiting --------------

namespace sides {

constexpr int word = 0, flags = 1, woken = 2;
constexpr int kNil = 0, kEdge = 1, kWaiting = 2, kWaiter = 3;

enum class variant { as_it_is, looks_at_flags_first, flag_comes_late, commits_by_a_store };

// Waits until there was an edge or the flag is set.
program waiter(variant v) {
  code c;
  c << label("again") << replace(r0, word, kEdge, kNil) << jump_if(r0, kEdge, "end");
  if (v == variant::looks_at_flags_first) c << load(r1, flags);
  c << replace(r0, word, kNil, kWaiting) << jump_if(r0, kEdge, "again");
  if (v != variant::looks_at_flags_first) c << load(r1, flags);
  c << jump_if(r1, 0, "park") << replace(r0, word, kWaiting, kNil) << jump("end");
  c << label("park");
  if (v == variant::commits_by_a_store)
    c << store(word, kWaiter) << fence();
  else
    c << replace(r0, word, kWaiting, kWaiter) << jump_if(r0, kEdge, "again")
      << jump_if(r0, kNil, "end");
  c << load(r0, woken) << jump_if(r0, 1, "end") << sleep_while_same(woken, r0);
  return c << label("end");
}

// What an edge (leaves kEdge behind) and an end (leaves kNil) have in common.
program end_wait(int left_behind) {
  code c;
  c << label("look") << load(r0, word) << jump_if(r0, kEdge, "done");
  if (left_behind == kNil) c << jump_if(r0, kNil, "done");
  for (const int seen : {kNil, kWaiting, kWaiter}) {
    if (seen == kNil && left_behind == kNil) continue;
    const std::string next = "not" + std::to_string(seen);
    c << jump_if(r0, seen, "is" + std::to_string(seen)) << jump(next);
    c << label("is" + std::to_string(seen)) << replace(r1, word, seen, left_behind);
    c << jump_if(r1, seen, seen == kWaiter ? "ready" : "done") << jump("look") << label(next);
  }
  c << jump("look");
  return c << label("ready") << store(woken, 1) << fence() << wake(woken) << label("done");
}

program ender(variant v) {
  code c;
  if (v == variant::flag_comes_late) return c << end_wait(kNil) << swap(r0, flags, 1);
  return c << swap(r0, flags, 1) << end_wait(kNil);
}

bool is_woken_by(const program& other, variant v) {
  return is_kept({waiter(v), other}, [](const machine_state&, bool) { return true; });
}

TEST(poller_model, a_wait_misses_no_end_and_no_edge) {
  EXPECT_TRUE(is_woken_by(ender(variant::as_it_is), variant::as_it_is));
  EXPECT_TRUE(is_woken_by(end_wait(kEdge), variant::as_it_is));
  for (const auto v : {variant::looks_at_flags_first, variant::flag_comes_late})
    EXPECT_FALSE(is_woken_by(ender(v), v)) << static_cast<int>(v);
  EXPECT_FALSE(is_woken_by(end_wait(kEdge), variant::commits_by_a_store));
}

TEST(poller_model, an_edge_and_an_end_at_once_wake_a_waiter_once) {
  machine all({waiter(variant::as_it_is), ender(variant::as_it_is), end_wait(kEdge)}, {});
  EXPECT_TRUE(all.keeps([](const machine_state&, bool) { return true; }));
}

}  // namespace sides

// poll/turn.cpp: W1, W2 against I1, I2 (one processor; the waiter is an adopted thread) -----------

namespace seats {

constexpr int waiters = 0, idle = 1, seat = 2;
constexpr int kStartsOne = 1;

enum class variant { as_it_is, waiter_does_not_look, worker_looks_first, counts_late };

bool is_kept_with(variant v) {
  code waiter, worker;
  if (v != variant::counts_late) waiter << add(waiters, 1);
  waiter << load(r0, seat) << jump_if(r0, 1, "end") << load(r0, idle) << jump_if(r0, 0, "end");
  if (v != variant::waiter_does_not_look) waiter << mark(kStartsOne);
  waiter << label("end");
  if (v == variant::counts_late) waiter << add(waiters, 1);
  if (v == variant::worker_looks_first) worker << load(r0, waiters);
  worker << add(idle, 1);
  if (v != variant::worker_looks_first) worker << load(r0, waiters);
  worker << jump_if(r0, 0, "end") << replace(r1, seat, 0, 1) << label("end");
  return is_kept({waiter, worker}, [](const machine_state& s, bool is_end) {
    return !is_end || s.words[seat] == 1 || s.threads[0].at == kStartsOne;
  });
}

TEST(poller_model, somebody_polls_when_all_are_idle_and_one_waits) {
  EXPECT_TRUE(is_kept_with(variant::as_it_is));
  EXPECT_FALSE(is_kept_with(variant::waiter_does_not_look));
  EXPECT_FALSE(is_kept_with(variant::worker_looks_first));
  EXPECT_FALSE(is_kept_with(variant::counts_late));
}

}  // namespace seats

// poll/turn.cpp: I3, a worker that waits in the kernel is given a processor -----------------------

namespace interrupting {

constexpr int wake_word = 0, events = 1;
constexpr int kNotWoken = 0, kWoken = 1, kInKernel = 2;

bool is_kept_with(bool waits_by_exchange, bool gives_by_exchange) {
  code worker, giver;
  if (waits_by_exchange)
    worker << replace(r0, wake_word, kNotWoken, kInKernel) << jump_if(r0, kWoken, "end");
  else
    worker << load(r0, wake_word) << jump_if(r0, kWoken, "end") << store(wake_word, kInKernel);
  // An interrupt that came before the wait ends it at once.
  worker << load(r0, events) << jump_if(r0, 1, "end") << sleep_while_same(events, r0);
  worker << label("end");
  if (gives_by_exchange)
    giver << swap(r0, wake_word, kWoken);
  else
    giver << load(r0, wake_word) << store(wake_word, kWoken) << fence();
  giver << jump_if(r0, kInKernel, "interrupt") << jump("end");
  giver << label("interrupt") << add(events, 1) << wake(events) << label("end");
  return is_kept({worker, giver}, [](const machine_state&, bool) { return true; });
}

TEST(poller_model, a_worker_in_the_kernel_hears_that_it_has_a_processor) {
  EXPECT_TRUE(is_kept_with(true, true));
  EXPECT_FALSE(is_kept_with(false, true));
  EXPECT_FALSE(is_kept_with(true, false));
}

}  // namespace interrupting

}  // namespace
