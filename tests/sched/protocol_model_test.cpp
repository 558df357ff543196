// SPDX-License-Identifier: Apache-2.0
// Goal: the protocols in which two sides each write a word and then read the other's lose nothing,
// also where a store may be late. Method: each as programs for the store buffer machine, all
// interleavings; and again with a step left out or moved, which must be caught, or the model proves
// nothing. The steps are those at the head of the file that each test names.
#include <gtest/gtest.h>

#include "store_buffer_machine.h"

namespace {

using namespace vole_test;

constexpr int r0 = 0, r1 = 1, r2 = 2;

bool is_kept(const std::vector<program>& programs, const law& holds,
             const machine_state& start = {}) {
  machine all(programs, start);
  return all.keeps(holds);
}

bool nothing_to_say(const machine_state&, bool) { return true; }

bool has_one_at(const machine_state& s, int mark, std::size_t limit = 1) {
  std::size_t count = 0;
  for (const machine_thread& one : s.threads) count += one.at == mark ? 1 : 0;
  return count <= limit;
}

// core/monitor.cpp: a processor is taken away from a worker that is in the program's code --------

namespace retaking {

constexpr int depth = 0, taking = 1, tick = 2;
constexpr int kNone = 0, kAttempted = 1, kDone = 2;
constexpr int kUsesProcessor = 1;

enum class variant {
  as_it_is,
  full_fences,
  no_heavy_fence,
  looks_before_it_says,
  depth_comes_late
};

// Comes to the scheduler twice; in between it is in the program's code.
program worker(variant v) {
  code c;
  for (const std::string visit : {"1", "2"}) {
    if (v != variant::depth_comes_late) c << store(depth, 1);
    if (v == variant::full_fences) c << fence();
    c << load(r0, taking);
    if (v == variant::depth_comes_late) c << store(depth, 1);
    c << jump_if(r0, kNone, "own" + visit);
    c << label("wait" + visit) << load(r0, taking) << jump_if(r0, kAttempted, "wait" + visit);
    c << jump_if(r0, kNone, "own" + visit);
    c << store(taking, kNone) << jump("without");
    c << label("own" + visit) << mark(kUsesProcessor) << store(tick, visit == "1" ? 1 : 2);
    c << mark(0) << store(depth, 0);
  }
  return c << label("without");
}

// Two attempts, the second if the first has failed.
program monitor(variant v) {
  code c;
  for (const std::string attempt : {"1", "2"}) {
    c << load(r1, tick);
    if (v == variant::looks_before_it_says) c << load(r0, depth);
    c << store(taking, kAttempted);
    if (v == variant::full_fences)
      c << fence();
    else if (v != variant::no_heavy_fence)
      c << heavy_fence();
    if (v != variant::looks_before_it_says) c << load(r0, depth);
    c << jump_if(r0, 1, "no" + attempt) << load(r2, tick) << jump_same(r1, r2, "take");
    c << label("no" + attempt) << store(taking, kNone);
  }
  // It is the next worker's now, for good.
  return c << jump("end") << label("take") << mark(kUsesProcessor) << store(taking, kDone)
           << label("end");
}

bool is_kept_with(variant v) {
  return is_kept({worker(v), monitor(v)},
                 [](const machine_state& s, bool) { return has_one_at(s, kUsesProcessor); });
}

TEST(protocol_model, a_processor_that_is_taken_away_is_nobody_elses) {
  EXPECT_TRUE(is_kept_with(variant::as_it_is));
  EXPECT_TRUE(is_kept_with(variant::full_fences));  // where the kernel has no membarrier
  EXPECT_FALSE(is_kept_with(variant::no_heavy_fence));
  EXPECT_FALSE(is_kept_with(variant::looks_before_it_says));
  EXPECT_FALSE(is_kept_with(variant::depth_comes_late));
}

}  // namespace retaking

// core/worker.cpp: who submits work, and a spinner that goes to sleep -----------------------------
// (the whole protocol, without store buffers, is in idle_model_test.cpp)

namespace sleeping {

constexpr int queue = 0, spinning = 1, idle = 2;
constexpr int kWakes = 1, kFinds = 2;

bool is_kept_with(bool has_heavy_fence, bool looks_again) {
  code submitter, searcher;
  submitter << store(queue, 1) << load(r0, spinning) << jump_if(r0, 1, "end");
  submitter << load(r0, idle) << jump_if(r0, 0, "end") << mark(kWakes) << label("end");
  searcher << add(idle, 1) << add(spinning, -1);
  if (has_heavy_fence) searcher << heavy_fence();
  if (looks_again) searcher << load(r0, queue) << jump_if(r0, 0, "end") << mark(kFinds);
  searcher << label("end");
  machine_state start;
  start.words[spinning] = 1;
  return is_kept(
      {submitter, searcher},
      [](const machine_state& s, bool is_end) {
        return !is_end || s.threads[0].at == kWakes || s.threads[1].at == kFinds;
      },
      start);
}

TEST(protocol_model, work_that_is_submitted_beside_the_last_spinner_is_found) {
  EXPECT_TRUE(is_kept_with(true, true));
  EXPECT_FALSE(is_kept_with(false, true));
  EXPECT_FALSE(is_kept_with(true, false));
}

}  // namespace sleeping

// core/park.cpp: the word that an adopted thread sleeps on ----------------------------------------

namespace adopted {

constexpr int word = 0;
constexpr int kSpinning = 1, kAsleep = 2, kWoken = 3;

bool is_kept_with(bool goes_to_sleep_by_exchange, bool wakes_by_exchange) {
  code thread, waker;
  thread << load(r0, word) << jump_if(r0, kWoken, "end");
  if (goes_to_sleep_by_exchange)
    thread << replace(r0, word, kSpinning, kAsleep) << jump_if(r0, kWoken, "end");
  else
    thread << store(word, kAsleep) << fence();
  thread << label("again") << load(r0, word) << jump_if(r0, kWoken, "end");
  thread << sleep_while_same(word, r0) << jump("again") << label("end");
  if (wakes_by_exchange)
    waker << swap(r0, word, kWoken);
  else
    waker << load(r0, word) << store(word, kWoken) << fence();
  waker << jump_if(r0, kAsleep, "wake") << jump("end");
  waker << label("wake") << wake(word) << label("end");
  machine_state start;
  start.words[word] = kSpinning;
  return is_kept({thread, waker}, nothing_to_say, start);
}

TEST(protocol_model, an_adopted_thread_is_woken) {
  EXPECT_TRUE(is_kept_with(true, true));
  EXPECT_FALSE(is_kept_with(false, true));
  EXPECT_FALSE(is_kept_with(true, false));
}

}  // namespace adopted

// timer/timer_thread.cpp: arming a timer while the thread goes to sleep ---------------------------

namespace arming {

constexpr int least = 0, sleeps_until = 2, signal = 3;  // least: one word for each of two shards
constexpr int kAwake = 0, kForEver = 2;

enum class variant {
  as_it_is,
  no_second_look,
  no_fence_of_the_thread,
  no_fence_of_who_arms,
  reads_signal_late,
  no_wake
};

program who_arms(variant v, int shard) {
  code c;
  c << store(least + shard, 1);
  if (v != variant::no_fence_of_who_arms) c << fence();
  c << load(r0, sleeps_until) << jump_if(r0, kAwake, "end");
  c << replace(r0, sleeps_until, kForEver, kAwake) << jump_if(r0, kAwake, "end");
  c << add(signal, 1);
  if (v != variant::no_wake) c << wake(signal);
  return c << label("end");
}

// Ends when it has seen both timers.
program thread(variant v) {
  code c;
  c << label("top");
  if (v != variant::reads_signal_late) c << load(r0, signal);
  c << load(r1, least) << load(r2, least + 1);
  c << jump_if(r1, 0, "rest") << jump_if(r2, 0, "rest") << jump("end");
  c << label("rest") << store(sleeps_until, kForEver);
  if (v != variant::no_fence_of_the_thread) c << fence();
  if (v != variant::no_second_look) {
    // One that was not there at the first look.
    c << load(3, least) << jump_same(r1, 3, "other") << jump("awake");
    c << label("other") << load(3, least + 1) << jump_same(r2, 3, "sleep") << jump("awake");
  }
  c << label("sleep");
  if (v == variant::reads_signal_late) c << load(r0, signal);
  c << sleep_while_same(signal, r0);
  c << label("awake") << store(sleeps_until, kAwake) << jump("top");
  return c << label("end");
}

bool is_kept_with(variant v) {
  return is_kept({thread(v), who_arms(v, 0), who_arms(v, 1)}, nothing_to_say);
}

TEST(protocol_model, the_timer_thread_does_not_sleep_through_a_timer) {
  EXPECT_TRUE(is_kept_with(variant::as_it_is));
  EXPECT_FALSE(is_kept_with(variant::no_second_look));
  EXPECT_FALSE(is_kept_with(variant::no_fence_of_the_thread));
  EXPECT_FALSE(is_kept_with(variant::no_fence_of_who_arms));
  EXPECT_FALSE(is_kept_with(variant::reads_signal_late));
  EXPECT_FALSE(is_kept_with(variant::no_wake));
}

}  // namespace arming

// timer/shard.h: cancelling a timer while it fires ------------------------------------------------

namespace cancelling {

constexpr int lock_word = 0, armed = 1, firing = 2, waiters = 3, ends = 4;
constexpr int kFires = 1, kHasCancelled = 2;

enum class variant {
  as_it_is,
  names_it_after_the_lock,
  no_fence_of_the_firer,
  reads_ends_late,
  does_not_count_itself
};

program firer(variant v) {
  code c;
  c << lock(lock_word) << load(r0, armed) << jump_if(r0, 0, "no") << store(armed, 0);
  if (v == variant::names_it_after_the_lock) c << unlock(lock_word);
  c << store(firing, 1);
  if (v != variant::names_it_after_the_lock) c << unlock(lock_word);
  c << mark(kFires) << mark(0) << store(firing, 0);
  if (v != variant::no_fence_of_the_firer) c << fence();
  c << load(r0, waiters) << jump_if(r0, 0, "end") << add(ends, 1) << wake(ends) << jump("end");
  return c << label("no") << unlock(lock_word) << label("end");
}

program canceller(variant v) {
  code c;
  c << lock(lock_word) << store(armed, 0) << unlock(lock_word);
  c << load(r0, firing) << jump_if(r0, 0, "gone");
  if (v != variant::does_not_count_itself) c << add(waiters, 1);
  c << label("again");
  if (v != variant::reads_ends_late) c << load(r1, ends);
  c << load(r0, firing) << jump_if(r0, 0, "out");
  if (v == variant::reads_ends_late) c << load(r1, ends);
  c << sleep_while_same(ends, r1) << jump("again");
  c << label("out");
  if (v != variant::does_not_count_itself) c << add(waiters, -1);
  return c << label("gone") << mark(kHasCancelled);
}

bool is_kept_with(variant v) {
  machine_state start;
  start.words[armed] = 1;
  return is_kept(
      {firer(v), canceller(v)},
      [](const machine_state& s, bool) {
        return s.threads[0].at != kFires || s.threads[1].at != kHasCancelled;
      },
      start);
}

TEST(protocol_model, cancel_returns_and_the_timer_does_not_fire_then) {
  EXPECT_TRUE(is_kept_with(variant::as_it_is));
  EXPECT_FALSE(is_kept_with(variant::names_it_after_the_lock));
  EXPECT_FALSE(is_kept_with(variant::no_fence_of_the_firer));
  EXPECT_FALSE(is_kept_with(variant::reads_ends_late));
  EXPECT_FALSE(is_kept_with(variant::does_not_count_itself));
}

}  // namespace cancelling

// ending/exit.cpp: the end of the process against a worker that begins to run a goroutine ---------

namespace freezing {

constexpr int in_user_code = 0, frozen = 1;
constexpr int kRuns = 1, kDestroys = 2;

bool is_kept_with(bool worker_fences, bool exit_fences) {
  code worker, exiting;
  worker << store(in_user_code, 1);
  if (worker_fences) worker << fence();
  worker << load(r0, frozen) << jump_if(r0, 1, "stop") << mark(kRuns) << mark(0);
  worker << label("stop") << store(in_user_code, 0);
  exiting << store(frozen, 1);
  if (exit_fences) exiting << fence();
  exiting << label("look") << load(r0, in_user_code) << jump_if(r0, 1, "look") << mark(kDestroys);
  return is_kept({worker, exiting}, [](const machine_state& s, bool) {
    return s.threads[0].at != kRuns || s.threads[1].at != kDestroys;
  });
}

TEST(protocol_model, no_goroutine_runs_beside_static_destructors) {
  EXPECT_TRUE(is_kept_with(true, true));
  EXPECT_FALSE(is_kept_with(false, true));
  EXPECT_FALSE(is_kept_with(true, false));
}

}  // namespace freezing

// goroutine/g_state.h: changes of state by plain stores, and a census that freezes ----------------

namespace freezing_a_state {

constexpr int state = 0, is_changing = 1, census_count = 2;
constexpr int kFrozen = 10;  // added to a state
constexpr int kLooks = 1, kAstonished = 2;

enum class variant {
  as_it_is,
  full_fences,
  no_heavy_fence,
  says_it_late,
  does_not_wait,
  freezes_by_a_store
};

// 0 to 1, and 1 to 2.
program owner(variant v) {
  code c;
  for (const int from : {0, 1}) {
    const std::string n = std::to_string(from);
    if (v != variant::says_it_late) c << store(is_changing, 1);
    if (v == variant::full_fences) c << fence();
    c << load(r0, census_count);
    if (v == variant::says_it_late) c << store(is_changing, 1);
    c << jump_if(r0, 0, "plain" + n) << store(is_changing, 0);
    c << label("slow" + n) << replace(r1, state, from, from + 1) << jump_if(r1, from, "done" + n);
    c << jump_if(r1, from + kFrozen, "slow" + n) << mark(kAstonished) << jump("end");
    c << label("plain" + n) << load(r1, state) << jump_if(r1, from, "store" + n);
    c << mark(kAstonished) << jump("end");
    c << label("store" + n) << store(state, from + 1) << store(is_changing, 0);
    c << label("done" + n);
  }
  return c << label("end");
}

program census(variant v) {
  code c;
  c << add(census_count, 1);
  if (v != variant::no_heavy_fence && v != variant::full_fences) c << heavy_fence();
  c << label("wait");
  if (v != variant::does_not_wait) c << load(r0, is_changing) << jump_if(r0, 1, "wait");
  c << load(r1, state) << jump_if(r1, 1, "one") << jump_if(r1, 2, "two");
  for (const int seen : {0, 1, 2}) {
    if (seen == 1) c << label("one");
    if (seen == 2) c << label("two");
    if (v == variant::freezes_by_a_store)
      c << store(state, seen + kFrozen) << fence();
    else
      c << replace(r2, state, seen, seen + kFrozen)
        << jump_if(r2, seen, "look" + std::to_string(seen)) << jump("wait");
    c << label("look" + std::to_string(seen)) << mark(kLooks) << mark(0);
    c << swap(r2, state, seen) << jump_if(r2, seen + kFrozen, "end") << mark(kAstonished);
    c << jump("end");
  }
  return c << label("end") << add(census_count, -1);
}

bool is_kept_with(variant v) {
  return is_kept({owner(v), census(v)}, [](const machine_state& s, bool is_end) {
    if (s.threads[0].at == kAstonished || s.threads[1].at == kAstonished) return false;
    if (s.threads[1].at == kLooks && s.words[state] < kFrozen) return false;
    return !is_end || s.words[state] == 2;
  });
}

TEST(protocol_model, a_frozen_goroutine_changes_no_state_and_none_is_lost) {
  EXPECT_TRUE(is_kept_with(variant::as_it_is));
  EXPECT_TRUE(is_kept_with(variant::full_fences));
  EXPECT_FALSE(is_kept_with(variant::no_heavy_fence));
  EXPECT_FALSE(is_kept_with(variant::says_it_late));
  EXPECT_FALSE(is_kept_with(variant::does_not_wait));
  EXPECT_FALSE(is_kept_with(variant::freezes_by_a_store));
}

}  // namespace freezing_a_state

}  // namespace
