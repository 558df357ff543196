// SPDX-License-Identifier: Apache-2.0
// Goal: the parking protocol of sched/park.h loses no wake-up, wakes nobody twice, resumes nobody
// whose registers are not saved, and changes no state that a census holds. Method: a goroutine, the
// worker it leaves, wakers and a census as a machine, explored through every interleaving; once
// with an object behind a lock, once with a word that the commit may find signalled already (it
// refuses, and the park is undone). Mutants must be caught.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/explore_model.h"

namespace {

enum class mutant {
  none,
  commit_before_saving,   // a waker may resume registers that are not there yet
  waiting_after_commit,   // a waker may find the goroutine still running
  record_after_unlock,    // a waker may come between
  record_is_left,         // two wakers find the same record
  change_ignores_census,  // a state moves while it is held
  freeze_is_torn,         // a change between its load and its store is lost
  commit_is_torn,         // a signal between its load and its store is lost
  refusal_is_forgotten,   // the park is not undone
};
constexpr std::array kMutants = {mutant::commit_before_saving,  mutant::waiting_after_commit,
                                 mutant::record_after_unlock,   mutant::record_is_left,
                                 mutant::change_ignores_census, mutant::freeze_is_torn,
                                 mutant::commit_is_torn,        mutant::refusal_is_forgotten};

using byte = std::uint8_t;
enum g_state : byte { running, waiting, runnable };
enum flavour : byte { locked, word };

// Where the goroutine is, then the worker that it leaves, then a waker, then the census.
enum pc : byte {
  begin,  // of a round
  decide,
  late_record,
  off_stack,
  all_done,
  worker_idle,
  save,
  to_waiting,
  commit,
  commit_store,
  undo,
  waker_begin,
  waker_signal,
  waker_unlock,
  waker_ready,
  census_freeze,
  census_store,
  census_look,
  census_thaw,
  gone,
};

constexpr byte kNobody = 0xff, kUnset = 0, kRegistered = 1, kSignalled = 2;

struct machine {
  byte state = running, is_frozen = 0;
  byte lock_holder = kNobody;
  byte has_record = 0, signals = 0;  // locked
  byte object = kUnset;              // word
  byte is_saved = 0, queued = 0, rounds_left = 0;
  byte has_fault = 0;
  byte goroutine = begin, worker = worker_idle, census = gone, census_left = 0;
  byte seen_state = 0, seen_saved = 0, seen_object = 0;
  std::array<byte, 2> wakers{gone, gone};
};

class parking_protocol {
 public:
  using state = machine;

  parking_protocol(flavour what, mutant without) : what_(what), without_(without) {}

  static state beginning(byte rounds, byte censuses) {
    state s;
    s.rounds_left = rounds;
    for (byte i = 0; i < rounds; ++i) s.wakers[i] = waker_begin;
    s.census = censuses > 0 ? census_freeze : gone;
    s.census_left = censuses;
    return s;
  }

  std::string key(const state& s) const { return vole_test::bytes_of(s); }

  std::string fault(const state& s, bool is_stuck) const {
    switch (s.has_fault) {
      case 1:
        return "readied while it did not wait";
      case 2:
        return "resumed without its registers";
      case 3:
        return "changed while a census held it";
      default:
        return is_stuck && s.goroutine != all_done ? "asleep for ever" : "";
    }
  }

  std::vector<state> steps(const state& now) const {
    std::vector<state> all;
    const auto add = [&](auto step) {
      state next = now;
      if (step(next)) all.push_back(next);
    };
    add([&](state& s) { return step_goroutine(s); });
    add([&](state& s) { return step_worker(s); });
    add([&](state& s) { return step_resume(s); });
    for (byte i = 0; i < now.wakers.size(); ++i)
      add([&](state& s) { return step_waker(s, s.wakers[i], static_cast<byte>(i + 1)); });
    add([&](state& s) { return step_census(s); });
    return all;
  }

 private:
  // False: the party waits for the census.
  bool change(state& s, byte from, byte to) const {
    if (s.is_frozen != 0 && without_ != mutant::change_ignores_census) return false;
    if (s.is_frozen != 0) s.has_fault = 3;
    if (s.state != from) s.has_fault = 1;
    s.state = to;
    return true;
  }

  bool step_goroutine(state& s) const {
    switch (s.goroutine) {
      case begin:
        if (s.rounds_left == 0) {
          s.goroutine = all_done;
        } else if (what_ == word) {
          start_park(s);
        } else {
          if (s.lock_holder != kNobody) return false;
          s.lock_holder = 0, s.goroutine = decide;
        }
        return true;
      case decide:
        if (s.signals > 0) {
          --s.signals, --s.rounds_left;
          s.lock_holder = kNobody, s.goroutine = begin;
        } else if (without_ == mutant::record_after_unlock) {
          s.lock_holder = kNobody, s.goroutine = late_record;
        } else {
          s.has_record = 1;
          start_park(s);
        }
        return true;
      case late_record:
        s.has_record = 1;
        start_park(s);
        return true;
      default:
        return false;
    }
  }

  void start_park(state& s) const {
    s.goroutine = off_stack;
    s.worker = without_ == mutant::commit_before_saving ? commit : save;
    if (without_ == mutant::commit_before_saving) s.state = waiting;
  }

  bool step_worker(state& s) const {
    switch (s.worker) {
      case save:
        s.is_saved = 1;
        if (without_ == mutant::commit_before_saving)
          s.worker = worker_idle;
        else
          s.worker = without_ == mutant::waiting_after_commit ? commit : to_waiting;
        return true;
      case to_waiting:
        if (!change(s, running, waiting)) return false;
        s.worker = without_ == mutant::waiting_after_commit ? worker_idle : commit;
        return true;
      case commit:
        step_commit(s);
        return true;
      case commit_store:
        s.object = kRegistered;
        after_commit(s);
        return true;
      case undo:
        if (!change(s, waiting, runnable)) return false;
        ++s.queued;
        s.worker = worker_idle;
        return true;
      default:
        return false;
    }
  }

  void step_commit(state& s) const {
    if (what_ == locked) {
      s.lock_holder = kNobody;
      after_commit(s);
    } else if (s.object == kSignalled) {
      s.object = kUnset;
      s.worker = without_ == mutant::refusal_is_forgotten ? worker_idle : undo;
    } else if (without_ == mutant::commit_is_torn) {
      s.worker = commit_store;
    } else {
      s.object = kRegistered;
      after_commit(s);
    }
  }

  void after_commit(state& s) const {
    s.worker = worker_idle;
    if (without_ == mutant::commit_before_saving) s.worker = save;
    if (without_ == mutant::waiting_after_commit) s.worker = to_waiting;
  }

  // Any worker that finds it in a queue.
  bool step_resume(state& s) const {
    if (s.queued == 0 || !change(s, runnable, running)) return false;
    --s.queued;
    if (s.is_saved == 0) s.has_fault = 2;
    s.is_saved = 0;
    --s.rounds_left;
    s.goroutine = begin;
    return true;
  }

  bool step_waker(state& s, byte& at, byte who) const {
    switch (at) {
      case waker_begin:
        if (what_ == word) {
          const byte before = s.object;
          if (before == kSignalled) return false;  // one signal at a time
          s.object = before == kRegistered ? kUnset : kSignalled;
          at = before == kRegistered ? waker_ready : gone;
        } else {
          if (s.lock_holder != kNobody) return false;
          s.lock_holder = who, at = waker_signal;
        }
        return true;
      case waker_signal:
        if (s.has_record != 0) {
          s.has_record = without_ == mutant::record_is_left;
          at = waker_unlock;
        } else {
          ++s.signals;
          s.lock_holder = kNobody, at = gone;
        }
        return true;
      case waker_unlock:
        s.lock_holder = kNobody, at = waker_ready;
        return true;
      case waker_ready:
        if (!change(s, waiting, runnable)) return false;
        ++s.queued;
        at = gone;
        return true;
      default:
        return false;
    }
  }

  bool step_census(state& s) const {
    switch (s.census) {
      case census_freeze:
        if (without_ == mutant::freeze_is_torn) {
          s.seen_state = s.state, s.census = census_store;
          return true;
        }
        s.is_frozen = 1, s.seen_state = s.state, s.census = census_look;
        return true;
      case census_store:
        s.is_frozen = 1, s.state = s.seen_state, s.census = census_look;
        return true;
      case census_look:  // of a waiting one: its registers and what it waits for
        s.seen_saved = s.is_saved, s.census = census_thaw;
        return true;
      case census_thaw:
        if (s.state != s.seen_state) s.has_fault = 3;
        if (s.seen_state == waiting && s.is_saved != s.seen_saved) s.has_fault = 3;
        s.is_frozen = 0;
        s.census = --s.census_left > 0 ? census_freeze : gone;
        return true;
      default:
        return false;
    }
  }

  flavour what_;
  mutant without_;
};

vole_test::exploration explore(flavour what, mutant without, byte rounds, byte censuses) {
  return vole_test::explore(parking_protocol(what, without),
                            parking_protocol::beginning(rounds, censuses));
}

TEST(parking_model, every_wake_up_arrives_once_whatever_the_census_holds) {
  for (const flavour what : {locked, word}) {
    for (const byte rounds : {1, 2}) {
      for (const byte censuses : {0, 1, 2}) {
        const auto result = explore(what, mutant::none, rounds, censuses);
        EXPECT_EQ(result.fault, "") << "flavour " << int{what} << ", " << int{rounds} << " rounds";
        EXPECT_GT(result.states, 5u);
      }
    }
  }
}

TEST(parking_model, catches_each_mutant) {
  for (const mutant without : kMutants) {
    bool is_caught = false;
    for (const flavour what : {locked, word})
      for (const byte rounds : {1, 2})
        is_caught = is_caught || !explore(what, without, rounds, 1).fault.empty();
    EXPECT_TRUE(is_caught) << static_cast<int>(without);
  }
}

}  // namespace
